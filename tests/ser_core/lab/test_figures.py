from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from quick_systems import GENDERED, QUICK

from ser_core.corpora import Clip, Skipped
from ser_core.emotions import EMOTIONS
from ser_core.evaluation.metrics import accuracy
from ser_core.lab.attempt import Attempt, Kept
from ser_core.lab.bench import Course, Plan
from ser_core.lab.figures import gather_figures
from ser_core.lab.folds import part_clips

if TYPE_CHECKING:
    from ser_core.lab.folds import Part

LABELS = ("happy", "sad", "angry")
CLIPS = tuple(
    Clip(Path(f"{n}.wav"), LABELS[n % 3], ("female", "male")[n % 2], f"emodb/{n % 4}", "", "emodb")
    for n in range(24)
)


def make_attempt(part: Part, *, right: bool, tells_gender: bool = False) -> Attempt:
    """Give an attempt that is always right, or says that everybody is calm."""
    tested = [CLIPS[number] for number in part.fold.test]
    heard = [str(clip.emotion) if right else "calm" for clip in tested]
    emotions = np.eye(len(EMOTIONS))[[EMOTIONS.index(each) for each in heard]]
    genders = np.tile([1.0, 0.0], (len(tested), 1)) if tells_gender else None
    kept = Kept("estimator", 77) if part.number == 0 else None
    return Attempt(emotions, genders, 2.0 + part.number, (2.0, float("nan"), 1.0), kept)


@pytest.fixture
def course() -> Course:
    """Give a course of four speakers, with four folds and three splits."""
    skipped = tuple(Skipped(Path("home/x.wav"), "silent") for _ in range(2))
    parts = part_clips(CLIPS, n_splits=3)
    return Course(CLIPS, skipped, parts, {}, {}, {})


def gather(course: Course, *, right: bool = True) -> dict[str, Any]:
    attempts = {
        "quick": [make_attempt(part, right=right) for part in course.parts],
        "gendered": [make_attempt(part, right=True, tells_gender=True) for part in course.parts],
    }
    plan = Plan((QUICK, GENDERED), seed=5)
    return gather_figures("emodb", course, plan, attempts, {"quick": 3.0, "gendered": 4.0})


def test_the_corpus_is_described_without_places(course: Course) -> None:
    figures = gather(course)
    assert {name: figures[name] for name in figures if name != "systems"} == {
        "corpus": "emodb",
        "clips": 24,
        "speakers": 4,
        "chance": 1 / 3,
        "seed": 5,
        "skipped": {"silent": 2},
    }
    assert "home" not in json.dumps(figures, allow_nan=False)


def test_a_system_has_what_is_published_on_this_corpus_and_what_it_costs(course: Course) -> None:
    found = gather(course)["systems"]["quick"]
    assert found["published"] == [{"corpus": "emodb", "accuracy": 0.9, "what": "guessed"}]
    assert found["fit_seconds"] == pytest.approx(np.mean([2, 3, 4, 5, 2, 3, 4]))
    assert (found["size_bytes"], found["milliseconds"]) == (77, 3.0)
    assert found["losses"] == [2.0, 1.0]


def test_folds_of_unseen_speakers_are_judged_together(course: Course) -> None:
    found = gather(course)["systems"]["quick"]["protocols"]["unseen-speakers"]
    assert (found["accuracy"], found["uar"], found["macro_f1"]) == (1, 1, 1)
    (evaluation,) = found["evaluations"]
    assert (evaluation["clips"], evaluation["folds"], evaluation["speakers"]) == (24, 4, 4)
    assert evaluation["accuracy_by_fold"] == [1, 1, 1, 1]
    assert found["deviation"] == {}


def test_splits_are_judged_one_by_one(course: Course) -> None:
    found = gather(course)["systems"]["quick"]["protocols"]["random-split"]
    assert [each["clips"] for each in found["evaluations"]] == [6, 6, 6]
    assert found["deviation"] == {"accuracy": 0, "uar": 0, "macro_f1": 0, "ece": 0}


def test_predictions_stand_beside_the_labels_of_their_clips(course: Course) -> None:
    # Parts test other clips than their order says: whoever mixed them up would not be right.
    shuffled = course.parts[::-1]
    backwards = Course(course.clips, (), shuffled, {}, {}, {})
    protocols = gather(backwards)["systems"]["quick"]["protocols"]
    assert protocols["unseen-speakers"]["accuracy"] == 1
    wrong = gather(course, right=False)["systems"]["quick"]["protocols"]["unseen-speakers"]
    assert wrong["accuracy"] == pytest.approx(1 / 3)  # all are as probable among the corpus's own
    assert wrong["evaluations"][0]["with_all_emotions"]["accuracy"] == 0


def test_means_and_deviations_are_those_of_the_splits(course: Course) -> None:
    attempts = [make_attempt(part, right=part.number != 2) for part in course.parts]
    plan = SimpleNamespace(systems=(QUICK,), protocols=("random-split",), seed=0)
    figures = gather_figures("emodb", course, plan, {"quick": attempts}, {"quick": 1.0})  # type: ignore[arg-type]
    found = figures["systems"]["quick"]["protocols"]["random-split"]
    shares = [each["accuracy"] for each in found["evaluations"]]
    assert shares[:2] == [1, 1]
    assert found["accuracy"] == pytest.approx(np.mean(shares))
    assert found["deviation"]["accuracy"] == pytest.approx(np.std(shares, ddof=1))


def test_genders_have_figures_only_where_they_are_told(course: Course) -> None:
    systems = gather(course)["systems"]
    assert systems["quick"]["protocols"]["unseen-speakers"]["gender"] is None
    truths = np.array([n % 2 for n in range(24)])
    assert systems["gendered"]["protocols"]["unseen-speakers"]["gender"] == accuracy(
        truths, np.zeros_like(truths)
    )
    assert systems["gendered"]["protocols"]["random-split"]["deviation"]["gender"] >= 0
