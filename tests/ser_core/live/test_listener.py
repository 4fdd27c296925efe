from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from heard import hear
from sounds import noise, tone

from ser_core.errors import NoSpeech, TooShort
from ser_core.live import listener
from ser_core.live.listener import listen, measure_level
from ser_core.live.source import Part
from ser_core.speaker import Perception

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ser_core.live.listener import Answer, Moment
    from ser_core.store import Model
    from ser_core.waveform import Waveform


class Parts:
    """Give parts that were made before, whatever is asked for."""

    name = "a test"

    def __init__(self, parts: Iterable[Part]) -> None:
        self._parts = iter(parts)

    def take(self, seconds: float) -> Part | None:
        """Give the next part."""
        assert seconds == listener.TICK_SECONDS
        return next(self._parts, None)


@pytest.fixture
def waveforms(monkeypatch: pytest.MonkeyPatch) -> list[Waveform]:
    """Give the waveforms that are recognised; in those of even samples nobody speaks."""
    seen: list[Waveform] = []

    def recognise(waveform: Waveform, model: object) -> Perception:
        assert model == "a model"
        seen.append(waveform)
        if not waveform.samples.any():
            raise NoSpeech(waveform.seconds, 0.0)
        return Perception(hear((0, 1, "sad", 0.8), seconds=waveform.seconds), None)  # type: ignore[arg-type]  # nobody asks

    monkeypatch.setattr(listener, "listen_to_waveform", recognise)
    return seen


def play(parts: Iterable[Part], *, every: float = 1.0, window: float = 4.0) -> Iterator[Moment]:
    model: Model = "a model"  # type: ignore[assignment]  # it is only handed on
    return listen(Parts(parts), model, window_seconds=window, every_seconds=every)


def answers(moments: Iterable[Moment]) -> list[Answer]:
    return [each.answer for each in moments if each.answer is not None]


def cut(seconds: float, *, tick: float = 0.1) -> list[Part]:
    return [Part(noise(tick)) for _ in range(round(seconds / tick))]


@pytest.mark.usefixtures("waveforms")
def test_there_is_a_moment_for_each_part_and_an_answer_when_it_is_due() -> None:
    moments = list(play(cut(3.0)))
    assert [each.seconds for each in moments] == pytest.approx(np.arange(1, 31) / 10)
    assert [each.seconds for each in moments if each.answer] == [1.0, 2.0, 3.0]


def test_an_answer_is_about_the_last_seconds(waveforms: list[Waveform]) -> None:
    found = answers(play(cut(6.0), window=4.0))
    assert [(each.start, each.end) for each in found] == [
        *((0.0, 1.0), (0.0, 2.0), (0.0, 3.0), (0.0, 4.0)),
        *((1.0, 5.0), (2.0, 6.0)),
    ]
    assert [each.seconds for each in waveforms] == [1, 2, 3, 4, 4, 4]


@pytest.mark.usefixtures("waveforms")
def test_where_nobody_speaks_the_answer_says_so() -> None:
    silence = [Part(np.zeros(16_000, np.float32))]
    (answer,) = answers(play(silence))
    assert answer.recognition is None
    (answer,) = answers(play([Part(noise(1.0))]))
    assert answer.recognition is not None


@pytest.mark.usefixtures("waveforms")
def test_who_is_late_hears_the_newest_sound_next_and_says_what_was_skipped() -> None:
    late = [Part(noise(1.0)), Part(noise(3.5)), Part(noise(0.5))]
    found = answers(play(late, window=2.0))
    assert [(each.start, each.end, each.skipped_seconds) for each in found] == [
        (0.0, 1.0, 0.0),
        (2.5, 4.5, 2.0),
        (3.0, 5.0, 0.0),
    ]


def test_no_window_reaches_over_what_was_lost(waveforms: list[Waveform]) -> None:
    found = answers(play([Part(noise(1.0)), Part(noise(1.0), n_lost=32_000)]))
    assert [(each.start, each.end) for each in found] == [(0.0, 1.0), (3.0, 4.0)]
    assert waveforms[1].seconds == 1.0


@pytest.mark.usefixtures("waveforms")
def test_the_last_answer_is_about_the_end() -> None:
    found = answers(play(cut(1.3)))
    assert [each.end for each in found] == pytest.approx([1.0, 1.3])


@pytest.mark.usefixtures("waveforms")
def test_no_answer_is_about_less_than_can_be_judged() -> None:
    found = answers(play(cut(1.0), every=0.2))
    assert [each.end for each in found] == pytest.approx([0.5, 0.7, 0.9, 1.0])


def test_sound_that_was_too_short_for_any_answer_is_an_error(waveforms: list[Waveform]) -> None:
    with pytest.raises(TooShort):
        list(play(cut(0.4)))
    assert waveforms == []


def test_the_level_is_that_of_a_sine() -> None:
    assert measure_level(tone(200, peak=1.0)) == pytest.approx(0, abs=0.01)
    assert measure_level(tone(200, peak=0.1)) == pytest.approx(-20, abs=0.01)
    assert measure_level(np.zeros(9, np.float32)) == measure_level(np.empty(0, np.float32)) == -90
