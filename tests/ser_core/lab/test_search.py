from __future__ import annotations

import time
from dataclasses import replace
from multiprocessing import get_context
from typing import TYPE_CHECKING

import courses
import numpy as np
import pytest
from courses import GRID, QUICK, make_course, search_slowly

from ser_core.lab import search as module
from ser_core.lab.ledger import Ledger
from ser_core.lab.search import Search, search

if TYPE_CHECKING:
    from pathlib import Path

CANDIDATES = (
    {"max_depth": 1},
    {"min_impurity_decrease": 0.9},
    {"max_depth": 4},
    {"min_impurity_decrease": 0.8},
    {"max_depth": 3},
)
GOOD = [{"max_depth": 3}, {"max_depth": 4}]
ONE = ({"max_depth": 3},)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """Give an empty ledger."""
    return Ledger(tmp_path / "ledger")


def test_the_best_candidate_comes_first(ledger: Ledger) -> None:
    ranked = search(Search(QUICK, make_course(), CANDIDATES), ledger)
    assert len(ranked) == len(CANDIDATES)
    assert {each.round for each in ranked} == {1}
    assert [each.uar for each in ranked] == sorted((each.uar for each in ranked), reverse=True)
    assert sorted((each.settings for each in ranked[:2]), key=str) == GOOD
    assert ranked[0].uar > 0.8 > ranked[-1].uar
    assert ranked[-1].uar == pytest.approx(1 / 3)
    assert ranked[0].seconds > 0
    assert 0 < ranked[0].spread < 0.5


def test_figures_are_plain_values(ledger: Ledger) -> None:
    (best,) = search(Search(QUICK, make_course(), ONE), ledger)
    found = best.as_dict()
    assert found["settings"] == {"max_depth": 3}
    assert np.mean(found["uar_by_fold"]) == pytest.approx(found["uar"])
    assert found["clips"] == round(108 * 4 / 5)
    assert found["failure"] == ""


def test_halving_lets_the_best_third_learn_from_more(ledger: Ledger) -> None:
    ranked = search(Search(QUICK, make_course(), CANDIDATES, "halving"), ledger)
    assert [each.round for each in ranked] == [2, 2, 1, 1, 1]
    assert [each.n_clips for each in ranked][:3] == [86, 86, 29]
    assert sorted((each.settings for each in ranked[:2]), key=str) == GOOD
    assert sorted((each.settings for each in ranked), key=str) == sorted(CANDIDATES, key=str)


def test_the_last_round_measures_what_a_grid_does(ledger: Ledger) -> None:
    course = make_course()
    halved = search(Search(QUICK, course, CANDIDATES, "halving"), ledger)
    whole = search(Search(QUICK, course, CANDIDATES), ledger)
    (best,) = (each for each in whole if each.settings == halved[0].settings)
    assert best.scores == halved[0].scores  # seconds too: nothing was learnt again


def test_progress_counts_the_fits_of_all_rounds(ledger: Ledger) -> None:
    told: list[tuple[int, int, float | None]] = []
    asked = Search(QUICK, make_course(), CANDIDATES, "halving")
    search(asked, ledger, lambda *each: told.append(each))
    assert {total for _, total, _ in told} == {5 * 7}
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)
    assert told[-1] == (35, 35, 0)


def test_a_candidate_that_cannot_learn_comes_last_with_its_reason(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    candidates = ({"monotonic_cst": [1]}, *ONE)  # one for each column would do
    ranked = search(Search(QUICK, make_course(), candidates), ledger)
    assert ranked[-1].settings == {"monotonic_cst": [1]}
    assert "monotonic_cst" in ranked[-1].failure
    assert not ranked[0].failure
    monkeypatch.setattr(module, "try_fold", None)  # that it cannot learn is kept as well
    assert search(Search(QUICK, make_course(), candidates), ledger) == ranked


@pytest.mark.parametrize("change", ["seed", "clips", "version"])
def test_what_may_change_the_figures_is_measured_again(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    course = make_course()
    search(Search(QUICK, course, ONE), ledger)
    monkeypatch.setattr(module, "score_fold", float)
    system = replace(QUICK, version=2) if change == "version" else QUICK
    if change == "clips":
        course = replace(course, fingerprints={"quick": "others"})
    asked = Search(system, course, ONE, seed=int(change == "seed"))
    with pytest.raises(TypeError, match="keyword arguments"):
        search(asked, ledger)


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_search_that_is_killed_loses_only_the_fit_in_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, fits = tmp_path / "ledger", tmp_path / "fits"
    monkeypatch.setattr(courses, "FITS", fits)
    # A copy of this process: another one would first import for seconds.
    searching = get_context("fork").Process(target=search_slowly, args=(tmp_path,))
    searching.start()
    try:
        while len(list(kept.glob("*.joblib"))) < 5:
            assert searching.is_alive()
            time.sleep(0.01)
    finally:
        searching.kill()
        searching.join()
    n_fits, n_kept = len(fits.read_text().split()), len(list(kept.glob("*.joblib")))
    n_tasks = len(GRID) * 5
    assert n_kept < n_tasks
    resumed = search_slowly(tmp_path)
    n_again = len(fits.read_text().split()) - n_fits
    assert n_again == n_tasks - n_kept
    assert n_fits + n_again <= n_tasks + 1
    assert search_slowly(tmp_path / "other") == resumed
