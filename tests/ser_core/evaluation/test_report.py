from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from ser_core.corpora import Skipped
from ser_core.emotions import EMOTIONS
from ser_core.errors import CorpusError
from ser_core.evaluation.report import Evaluation, render

HAPPY, SAD, ANGRY = (EMOTIONS.index(emotion) for emotion in ("happy", "sad", "angry"))


def make_evaluation(**changes: object) -> Evaluation:
    """Give six clips of three speakers: happy is always right, sad once in three."""
    heard = [HAPPY, HAPPY, HAPPY, SAD, ANGRY, HAPPY]
    emotions = np.full((6, 8), 0.05)
    emotions[np.arange(6), heard] = 0.65
    values: dict[str, Any] = {
        "corpus": "mine",
        "protocol": "unseen-speakers",
        "predictor": "functionals",
        "truths": np.array([HAPPY] * 3 + [SAD] * 3),
        "emotions": emotions,
        "gender_truths": np.array([0, 0, 0, 0, 1, 1]),
        "genders": np.array([[0.9, 0.1]] * 5 + [[0.2, 0.8]]),
        "speakers": ("mine/a", "mine/a", "mine/b", "mine/b", "mine/c", "mine/c"),
        "folds": np.array([0, 0, 1, 1, 2, 2]),
    }
    return Evaluation(**(values | changes))


def test_the_figures_are_among_the_emotions_that_the_corpus_has() -> None:
    figures = make_evaluation().as_dict()
    # Angry is no answer here: among happy and sad, that clip is a tie, which the first label wins.
    assert figures["emotions"] == ["happy", "sad"]
    assert figures["chance"] == 0.5
    assert figures["accuracy"] == pytest.approx(4 / 6)
    assert figures["recall"] == {"happy": 1.0, "sad": pytest.approx(1 / 3)}
    assert figures["uar"] == pytest.approx((1 + 1 / 3) / 2)
    assert figures["confusion"] == [[3, 0], [2, 1]]


def test_the_figures_among_all_emotions_stand_beside() -> None:
    emotions = np.zeros((6, 8))
    emotions[:, ANGRY], emotions[:3, HAPPY], emotions[3:, SAD] = 0.6, 0.4, 0.4
    figures = make_evaluation(emotions=emotions).as_dict()
    assert figures["accuracy"] == 1
    assert figures["with_all_emotions"]["accuracy"] == 0
    assert figures["with_all_emotions"].keys() == {"accuracy", "uar", "macro_f1", "ece"}


def test_the_counts_are_told() -> None:
    figures = make_evaluation().as_dict()
    assert (figures["clips"], figures["speakers"], figures["folds"]) == (6, 3, 3)


def test_gender_is_measured_where_it_is_known() -> None:
    gender = make_evaluation(gender_truths=np.array([0, 0, -1, -1, 1, 1])).as_dict()["gender"]
    assert gender == {"clips": 4, "accuracy": 0.75, "recall": {"female": 1.0, "male": 0.5}}


def test_the_uar_of_each_gender_and_their_gap_are_told() -> None:
    by_gender = make_evaluation().as_dict()["by_gender"]
    assert by_gender == {"uar": {"female": 1.0, "male": 0.0}, "gap": 1.0}


def test_without_genders_there_are_no_figures_of_them() -> None:
    figures = make_evaluation(gender_truths=np.full(6, -1)).as_dict()
    assert figures["gender"] is None
    assert figures["by_gender"] == {"uar": {}, "gap": None}


def test_folds_and_speakers_have_their_own_accuracy() -> None:
    figures = make_evaluation().as_dict()
    assert figures["accuracy_by_fold"] == [1.0, 1.0, 0.0]
    assert figures["speaker_spread"] == {"lowest": 0.0, "median": 1.0, "highest": 1.0}


def test_the_reliability_bins_hold_every_clip() -> None:
    bins = make_evaluation().as_dict()["reliability"]
    assert sum(found["n_clips"] for found in bins) == 6


def test_skipped_files_are_named() -> None:
    skipped = (Skipped(Path("a.wav"), "silent"),)
    assert make_evaluation(skipped=skipped).as_dict()["skipped"] == [
        {"file": "a.wav", "reason": "silent"}
    ]


def test_the_figures_are_json() -> None:
    figures = make_evaluation().as_dict()
    assert json.loads(json.dumps(figures, allow_nan=False)) == figures


def test_an_evaluation_of_nothing_is_refused() -> None:
    with pytest.raises(CorpusError, match="mine has no clip"):
        make_evaluation(truths=np.array([], dtype=np.intp))


def show(evaluation: Evaluation) -> str:
    console = Console(file=io.StringIO(), width=120)
    with console.capture() as capture:
        console.print(render(evaluation))
    return capture.get()


def test_the_tables_show_the_figures() -> None:
    shown = show(make_evaluation(skipped=(Skipped(Path("a.wav"), "no [word] of ours"),)))
    assert "mine · unseen-speakers · functionals: 6 clips, 3 speakers" in shown
    assert "among its own 2 emotions │ 66.7 %   │ 66.7 %" in shown
    assert "among all 8 emotions" in shown
    assert "UAR, female speakers" in shown
    assert "accuracy of gender" in shown
    assert "skipped: no [word] of ours" in shown


def test_the_tables_leave_out_genders_that_are_not_known() -> None:
    assert "gender" not in show(make_evaluation(gender_truths=np.full(6, -1)))
