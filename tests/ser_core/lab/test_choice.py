from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import pytest

from ser_core.errors import ExtraMissing, UnknownSystem
from ser_core.lab.choice import choose_systems
from ser_core.systems import mlp_300, table

FINE = mlp_300.SYSTEM
OTHER = replace(FINE, name="other")
DEMANDING = replace(FINE, name="demanding", extra="nosuchmodule")


@pytest.fixture(autouse=True)
def _systems(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put three systems into the table, one of which cannot run."""
    systems = {each.name: each for each in (FINE, DEMANDING, OTHER)}
    monkeypatch.setattr(table, "SYSTEMS", MappingProxyType(systems))


def test_all_that_can_run_are_tried_and_the_others_are_named() -> None:
    choice = choose_systems([])
    assert choice.systems == (FINE, OTHER)
    ((system, error),) = choice.left_out
    assert system is DEMANDING
    assert "pip install 'speech-emotion-recogniser[nosuchmodule]'" in str(error)


def test_those_that_were_named_are_tried_in_the_order_of_the_table() -> None:
    assert choose_systems(["other", "mlp-300", "other"]) == ((FINE, OTHER), ())


def test_a_system_that_was_named_and_cannot_run_is_an_error() -> None:
    with pytest.raises(ExtraMissing, match=r"nosuchmodule is not installed.*pip install"):
        choose_systems(["mlp-300", "demanding"])


def test_an_unknown_system_is_told_with_the_right_ones() -> None:
    with pytest.raises(UnknownSystem, match="there are mlp-300, demanding, other"):
        choose_systems(["mlp-3000"])


def test_an_extra_that_brings_several_modules_needs_all(monkeypatch: pytest.MonkeyPatch) -> None:
    deep = replace(FINE, name="deep", extra="training")
    monkeypatch.setattr(table, "SYSTEMS", {"deep": deep})
    monkeypatch.setattr("ser_core.lab.choice.find_spec", lambda name: name != "skorch" or None)
    with pytest.raises(ExtraMissing, match=r"skorch is not installed.*\[training\]"):
        choose_systems(["deep"])
