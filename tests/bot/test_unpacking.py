from __future__ import annotations

import pickle
from dataclasses import replace
from typing import TYPE_CHECKING

import hearings
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bot.errors
import ser_core.errors
from bot.unpacking import unpack
from ser_core.errors import SerError, TooShort
from ser_core.speaker import Perception

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Call:
    """Be a pickle that calls something."""

    def __init__(self, function: object, *arguments: object) -> None:
        self.call = function, arguments

    def __reduce__(self) -> tuple[object, ...]:
        return self.call


def list_errors(kind: type[SerError] = SerError) -> Iterator[type[SerError]]:
    for each in kind.__subclasses__():
        yield from list_errors(each)
        if each.__module__ in {bot.errors.__name__, ser_core.errors.__name__}:
            yield each


def test_what_is_heard_arrives_whole() -> None:
    impression = hearings.make_impression(b"a note")
    recognition = replace(hearings.make_recognition(), speech=((0.1, 2.0),), loudness=(0.5, 1.0))
    arrived = unpack(pickle.dumps(Perception(recognition, impression)))
    assert isinstance(arrived, Perception)
    assert arrived.recognition == recognition
    assert arrived.impression.source == impression.source
    assert np.array_equal(arrived.impression.vector, impression.vector)
    assert arrived.impression.vector.flags.writeable


@pytest.mark.parametrize("protocol", range(3, pickle.HIGHEST_PROTOCOL + 1))
def test_arrays_arrive_in_every_protocol_since_the_third(protocol: int) -> None:
    arrived = unpack(pickle.dumps([np.arange(5.0), np.float32(2)], protocol))
    assert np.array_equal(np.hstack(arrived), [0, 1, 2, 3, 4, 2])


@pytest.mark.parametrize("kind", sorted(list_errors(), key=str), ids=lambda kind: kind.__name__)
def test_every_error_of_ours_arrives(kind: type[SerError]) -> None:
    error = kind.__new__(kind)
    error.__dict__["value"] = 7
    arrived = unpack(pickle.dumps(error))
    assert type(arrived) is kind
    assert vars(arrived) == {"value": 7}


def test_plain_values_arrive() -> None:
    assert unpack(pickle.dumps(hearings.MANIFEST)) == hearings.MANIFEST


def test_nothing_is_called_that_an_answer_names(tmp_path: Path) -> None:
    made = tmp_path / "made"
    for call in (
        Call(made.mkdir),
        Call(eval, f"open({str(made)!r}, 'w')"),
        Call(getattr, 1, "real"),
    ):
        assert pickle.loads(pickle.dumps(Call(len, "ab"))) == 2  # noqa: S301  what a pickle can do
        with pytest.raises(ValueError, match="an answer names"):
            unpack(pickle.dumps(call))
    assert not made.exists()


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("ser_core.speaker", "np"),
        ("ser_core.speaker", "np.load"),
        ("ser_core.speaker", "dataclass"),
        ("ser_core.speaker", "Impression.__init__"),
        ("ser_core.errors", "__builtins__"),
        ("bot.errors", "SerError.__reduce__"),
        ("numpy", "load"),
    ],
)
def test_what_our_modules_have_from_elsewhere_is_not_ours(module: str, name: str) -> None:
    with pytest.raises(ValueError, match="an answer names"):
        unpack(f"c{module}\n{name}\n.".encode())


def test_what_is_cut_off_is_refused() -> None:
    whole = pickle.dumps(TooShort(0.1, 0.5))
    with pytest.raises(ValueError, match="Error"):
        unpack(whole[:-5])


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_a_value_or_refused(data: bytes) -> None:
    try:
        unpack(data)
    except ValueError:
        return
