"""Whether the confidence in answers can be trusted, and whether what is strange is noticed."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import joblib
import numpy as np
from threadpoolctl import threadpool_limits

from ser_core.corpora import CORPORA
from ser_core.errors import AudioError
from ser_core.evaluation import metrics
from ser_core.evaluation.selective import answer_from, risk_area, risk_coverage, separation
from ser_core.evaluation.unseen import judge_left_out
from ser_core.pipeline import recognise
from ser_core.recognition import SURE_FROM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ser_core.corpora import Clip
    from ser_core.evaluation.study import Study
    from ser_core.recognition import Recognition
    from ser_core.store import Model

MOST_CLIPS: Final = 300
"""So many clips of everyday speech show how the shipped model takes it."""

PLAIN_EMOTIONS: Final = ("neutral", "calm")
"""What everyday speech may be called."""


def measure_confidence(study: Study) -> dict[str, Any]:
    """Give how far confidence can be trusted on unseen speakers and on unseen corpora.

    All eight emotions can be answered, as in a chat.
    """
    held_out, left_out = study.held_out, judge_left_out(study)
    figures: dict[str, Any] = {
        "sure_from": SURE_FROM,
        "unseen speakers": _measure(study.judgements.labels.emotions, held_out.emotions),
    }
    if left_out:
        truths = [study.judgements.labels.emotions[study.corpora == name] for name in left_out]
        emotions = [found.emotions for found in left_out.values()]
        figures["unseen corpora"] = _measure(np.concatenate(truths), np.concatenate(emotions))
        medians = {"unseen speakers": held_out, **left_out}
        figures["strangeness"] = {
            "median": {name: float(np.median(each.strangeness)) for name, each in medians.items()},
            "separation": {
                name: separation(held_out.strangeness, found.strangeness)
                for name, found in left_out.items()
            },
        }
    figures["everyday speech"] = {
        name: _measure_everyday(study, clips)
        for name, corpus in CORPORA.items()
        if not corpus.emotions and (clips := study.read(name))
    }
    return figures


def _measure(truths: NDArray[np.intp], emotions: NDArray[np.float64]) -> dict[str, Any]:
    """Give the figures and the curves of probabilities beside the truths."""
    return {
        "clips": int(truths.size),
        "accuracy": metrics.accuracy(truths, emotions.argmax(axis=1)),
        "ece": metrics.expected_calibration_error(truths, emotions),
        "reliability": [found._asdict() for found in metrics.reliability_bins(truths, emotions)],
        "risk_coverage": [point._asdict() for point in risk_coverage(truths, emotions)],
        "risk_area": risk_area(truths, emotions),
        "sure": answer_from(truths, emotions, SURE_FROM)._asdict(),
    }


def _measure_everyday(study: Study, clips: Sequence[Clip]) -> dict[str, Any]:
    """Give what the shipped model hears in some clips of everyday speech."""
    random = np.random.default_rng(study.how.seed)
    size = min(MOST_CLIPS, len(clips))
    chosen = [clips[number] for number in sorted(random.choice(len(clips), size, replace=False))]
    answers = joblib.Parallel(study.how.jobs, batch_size=16)(
        joblib.delayed(_hear)(clip, study.model) for clip in chosen
    )
    heard: list[Recognition] = [answer for answer in answers if answer is not None]
    sure = [each.emotion for each in heard if each.is_sure]
    return {
        "clips": size,
        "recognised": len(heard),
        "sure": len(sure),
        "sure_and_emotional": sum(emotion not in PLAIN_EMOTIONS for emotion in sure),
        "sure_of": Counter(sure),
    }


def _hear(clip: Clip, model: Model) -> Recognition | None:
    """Recognise one file, or give nothing where it is refused."""
    try:
        with threadpool_limits(1):  # the networks are so small that threads wait for each other
            return recognise(clip.path.read_bytes(), model)
    except AudioError:
        return None
