from __future__ import annotations

from typing import Any

import pytest
from made_up_results import make_results

from ser_core.evaluation.goals import ANCHORED_FIGURES, ANCHORS, GOALS, Goal


def find(what: str) -> Goal:
    (goal,) = (goal for goal in GOALS if what in goal.what)
    return goal


@pytest.fixture
def results() -> dict[str, Any]:
    return make_results()


@pytest.mark.parametrize("goal", GOALS, ids=lambda goal: goal.what)
def test_a_goal_is_measured_in_the_results(goal: Goal, results: dict[str, Any]) -> None:
    share, _ = goal.measure(results)
    assert -1 <= share <= 1


@pytest.mark.parametrize("goal", GOALS, ids=lambda goal: goal.what)
def test_a_goal_without_results_is_not_measured(goal: Goal) -> None:
    with pytest.raises(KeyError):
        goal.measure({})


@pytest.mark.parametrize("goal", GOALS, ids=lambda goal: goal.what)
def test_an_aim_is_harder_than_a_must(goal: Goal) -> None:
    assert goal.is_reached(goal.aim, goal.must)
    assert not goal.is_reached(goal.must, goal.aim)
    assert goal.is_reached(goal.must, goal.must)


def test_the_worst_corpus_counts(results: dict[str, Any]) -> None:
    corpora = results["unseen-speakers"]["corpora"]
    corpora["nemo"]["gender"]["accuracy"] = 0.5
    corpora["emodb"]["by_gender"]["gap"] = 0.4
    results["unseen-corpora"]["corpora"]["emovo"]["ece"] = 0.9
    assert find("gender").measure(results) == (0.5, "nemo")
    assert find("between the sexes").measure(results) == (0.4, "emodb")
    assert find("ECE, worst unseen").measure(results) == (0.9, "emovo")


def test_what_is_lost_is_lost_where_most_is(results: dict[str, Any]) -> None:
    conditions = results["robustness"]["conditions"]
    conditions["noise, 10 dB"]["crema-d"]["uar"] = 0.3
    share, corpus = find("10 dB noise").measure(results)
    assert (share, corpus) == (pytest.approx(0.35), "crema-d")


def test_sixteen_clips_are_asked_for(results: dict[str, Any]) -> None:
    curve = results["earlier-clips"]["corpora"]["ravdess"]
    curve[-1]["accuracy"] = 0.99
    assert find("16 earlier clips").measure(results) == (0.99, "")
    curve.pop()
    with pytest.raises(KeyError):
        find("16 earlier clips").measure(results)


def test_anchors_are_shares_of_corpora_that_are_compared() -> None:
    assert ANCHORS.keys() == ANCHORED_FIGURES.keys()
    assert all(0 < anchor.share < 1 for anchors in ANCHORS.values() for anchor in anchors)
