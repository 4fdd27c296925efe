from __future__ import annotations

from dataclasses import replace

import pytest
from courses import QUICK

from ser_core.errors import BadSetting
from ser_core.lab.candidates import list_candidates
from ser_core.systems.mlp_300 import SYSTEM


def test_every_combination_is_a_candidate() -> None:
    lines = ["alpha=0.01, 0.1", "hidden_layer_sizes=300,300x150"]
    assert list_candidates(SYSTEM, lines) == (
        {"alpha": 0.01, "hidden_layer_sizes": 300},
        {"alpha": 0.01, "hidden_layer_sizes": (300, 150)},
        {"alpha": 0.1, "hidden_layer_sizes": 300},
        {"alpha": 0.1, "hidden_layer_sizes": (300, 150)},
    )


def test_a_value_written_twice_is_tried_once() -> None:
    found = list_candidates(SYSTEM, ["alpha=0.01,0.010", "alpha=0.1"])
    assert found == ({"alpha": 0.01}, {"alpha": 0.1})


def test_an_mlp_has_a_grid_of_its_own() -> None:
    found = list_candidates(SYSTEM, [])
    assert len(found) == 30
    assert set(found[0]) == {"alpha", "hidden_layer_sizes", "learning_rate_init"}


def test_others_are_asked_for_theirs_and_say_what_there_is() -> None:
    with pytest.raises(
        BadSetting, match=r"--grid.*quick has no grid.*there are ccp_alpha, class_weight"
    ):
        list_candidates(QUICK, [])


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("alfa=0.1", "there are activation, alpha"),
        ("alpha=0.1,-1", r"'alpha=-1'.*\[0.0, inf\)"),
        ("alpha=0.1,", "'alpha='"),
        ("alpha", "NAME=VALUE"),
    ],
)
def test_what_cannot_be_tried_is_refused(line: str, complaint: str) -> None:
    with pytest.raises(BadSetting, match=complaint):
        list_candidates(SYSTEM, [line])


def test_a_system_without_vectors_is_refused() -> None:
    with pytest.raises(BadSetting, match="learns from recordings"):
        list_candidates(replace(QUICK, feature_set=None), [])
