"""`work` itself runs in other processes; test_recogniser.py watches it from outside."""

from __future__ import annotations

import os
import signal
from multiprocessing import Pipe
from types import SimpleNamespace
from typing import TYPE_CHECKING

import hearings
import pytest

from bot import worker
from bot.errors import RecognitionFailed
from bot.worker import work
from ser_core.decode import DecodeLimits, decode
from ser_core.errors import ModelMissing, TooShort

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.worker import Hearing
    from ser_core.recognition import Recognition


@pytest.fixture(autouse=True)
def restore_signals() -> Iterator[None]:
    """Give the signals back, which a worker leaves to the bot's process."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


def run(start: Callable[[], Hearing], *notes: bytes) -> list[object]:
    """Give everything that a worker sends until it is told to leave."""
    ours, theirs = Pipe()
    with ours, theirs:
        for note in (*notes, None):
            ours.send(note)
        work(theirs, start)
        outcomes = []
        while ours.poll():
            outcomes.append(ours.recv())
    return outcomes


def test_the_manifest_comes_first_and_then_an_outcome_for_each_note() -> None:
    manifest, recognition, error, mistake = run(hearings.start, b"any", b"short", b"mistake")
    assert manifest == hearings.MANIFEST
    assert recognition == hearings.make_recognition()
    assert isinstance(error, TooShort)
    assert isinstance(mistake, RecognitionFailed)


def test_a_worker_that_cannot_start_says_why_and_leaves() -> None:
    (error,) = run(hearings.start_without_model)
    assert isinstance(error, ModelMissing)


def test_a_worker_leaves_the_signals_to_the_bot() -> None:
    run(hearings.start)
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN


def test_the_real_hearing_is_warm_before_the_first_note(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[tuple[bytes, DecodeLimits]] = []
    model = SimpleNamespace(manifest=hearings.MANIFEST)

    def recognise(data: bytes, with_model: object, limits: DecodeLimits) -> Recognition:
        assert with_model is model
        heard.append((data, limits))
        return hearings.make_recognition()

    monkeypatch.setattr("ser_core.store.load_model", {"some/place": model}.__getitem__)
    monkeypatch.setattr("ser_core.pipeline.recognise", recognise)
    hearing = worker.start_hearing("some/place", 90.0)
    assert hearing.manifest == hearings.MANIFEST
    assert decode(heard[0][0]).seconds > 1.0
    assert hearing.listen(b"a note") == hearings.make_recognition()
    assert heard[1] == (b"a note", DecodeLimits(max_seconds=90.0))


def test_a_worker_ends_itself_when_its_parent_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[object] = []
    parent = SimpleNamespace(join=lambda: steps.append("parent ended"))
    monkeypatch.setattr(worker, "parent_process", lambda: parent)
    monkeypatch.setattr(os, "_exit", steps.append)
    worker._follow_parent()
    assert steps == ["parent ended", 1]
