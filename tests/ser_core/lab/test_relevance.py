from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from courses import CHROMA, MEL, MFCC, QUICK, make_course

from ser_core.features import FEATURE_SETS
from ser_core.features.functionals import GROUPS
from ser_core.lab import relevance as module
from ser_core.lab.ledger import Ledger
from ser_core.lab.relevance import Question, group_columns, measure_relevance, shuffle_columns

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = FEATURE_SETS["classic180"].columns


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """Give an empty ledger."""
    return Ledger(tmp_path / "ledger")


def ask(n_repetitions: int = 2, n_columns: int = 3) -> Question:
    return Question(QUICK, make_course(n_each=4), n_repetitions, n_columns)


def test_what_tells_the_emotions_is_found(ledger: Ledger) -> None:
    found = measure_relevance(ask(), ledger)
    assert found.uar > 0.8
    best, *others = found.groups
    assert (best.name, best.n_columns) == ("mfcc", 40)
    assert best.mean > 0.3
    assert best.std > 0
    assert {each.name: each.n_columns for each in others} == {"chroma": 12, "mel": 128}
    assert all(abs(each.mean) < 0.1 for each in others)
    assert len(found.columns) == 3
    assert found.columns[0].name == COLUMNS[MFCC]
    assert found.columns[0].mean > 0.3
    assert found.columns[0].n_columns == 1


def test_nobody_needs_to_look_at_single_columns(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "glance", None)
    assert measure_relevance(ask(n_columns=0), ledger).columns == ()


def test_more_columns_than_there_are_means_all(ledger: Ledger) -> None:
    found = measure_relevance(ask(n_repetitions=1, n_columns=1000), ledger)
    assert len(found.columns) == len(COLUMNS)
    assert len({each.name for each in found.columns}) == len(COLUMNS)


def test_it_goes_on_fold_by_fold_where_it_was_stopped(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[int, int]] = []

    def stop(done: int, total: int, _: float | None) -> None:
        told.append((done, total))
        if len(told) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        measure_relevance(ask(), ledger, stop)
    assert told == [(0, 10), (1, 10), (2, 10)]
    told.clear()
    stopped = measure_relevance(ask(), ledger, lambda *each: told.append(each[:2]))
    assert told[0] == (2, 10)
    assert told[-1] == (10, 10)
    monkeypatch.setattr(module, "fit_system", None)
    assert measure_relevance(ask(), ledger) == stopped


def test_another_question_is_not_answered_from_what_is_kept(ledger: Ledger) -> None:
    one = measure_relevance(ask(n_columns=0), ledger)
    other = measure_relevance(replace(ask(n_columns=0), seed=1), ledger)
    assert one.groups != other.groups


def test_figures_are_plain_values(ledger: Ledger) -> None:
    found = measure_relevance(ask(n_columns=1), ledger).as_dict()
    assert found["columns"][0].keys() == {"name", "n_columns", "mean", "std"}


def test_functionals_have_groups_of_their_own() -> None:
    found = group_columns("functionals")
    assert list(found) == list(GROUPS)
    columns = FEATURE_SETS["functionals"].columns
    for name, places in found.items():
        assert tuple(columns[place] for place in places) == GROUPS[name].columns


def test_elsewhere_columns_that_begin_alike_are_a_group() -> None:
    found = group_columns("classic180")
    assert {name: len(places) for name, places in found.items()} == {
        "mfcc": 40,
        "chroma": 12,
        "mel": 128,
    }
    for name, place in (("mfcc", MFCC), ("chroma", CHROMA), ("mel", MEL)):
        assert place in found[name]


def test_columns_change_places_together_and_others_stay() -> None:
    values = np.arange(40, dtype=np.float32).reshape(8, 5)
    shuffled = shuffle_columns(values, (1, 3), (0, 1))
    assert np.array_equal(shuffled[:, [0, 2, 4]], values[:, [0, 2, 4]])
    assert not np.array_equal(shuffled[:, 1], values[:, 1])
    assert np.array_equal(shuffled[:, 3] - shuffled[:, 1], np.full(8, 2))
    assert sorted(shuffled[:, 1]) == sorted(values[:, 1])
    assert values[0, 1] == 1  # what it was given is left alone
