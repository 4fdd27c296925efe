"""PURE  Predictions beside the labels of clips."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.evaluation.report import Evaluation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ser_core.corpora import Clip


def judge(
    clips: Sequence[Clip],
    emotions: NDArray[np.float64],
    genders: NDArray[np.float64],
    *,
    protocol: str,
    predictor: str,
) -> Evaluation:
    """Put predictions beside the clips' labels, all in fold 0.

    ``emotions`` has shape ``(n_clips, 8)``, ``genders`` ``(n_clips, 2)``.
    """
    return Evaluation(
        corpus=" + ".join(sorted({clip.corpus for clip in clips})),
        protocol=protocol,
        predictor=predictor,
        truths=np.array([EMOTIONS.index(str(clip.emotion)) for clip in clips], np.intp),
        emotions=emotions,
        gender_truths=np.array(
            [GENDERS.index(clip.gender) if clip.gender else -1 for clip in clips], np.intp
        ),
        genders=genders,
        speakers=tuple(clip.speaker for clip in clips),
        folds=np.zeros(len(clips), np.intp),
    )
