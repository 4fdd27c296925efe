"""`work` itself runs in other processes; test_recogniser.py watches it from outside."""

from __future__ import annotations

import signal
from multiprocessing import Pipe
from types import SimpleNamespace
from typing import TYPE_CHECKING

import hearings
import pytest
from made_up_systems import write_system, write_voices

from bot import worker
from bot.errors import RecognitionFailed
from bot.worker import work
from ser_core.decode import DecodeLimits, decode
from ser_core.errors import ModelMissing, TooShort
from ser_core.speaker import Baseline, Perception, Speaker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bot.worker import Hearing


@pytest.fixture(autouse=True)
def restore_signals() -> Iterator[None]:
    """Give the signals back, which a worker leaves to the bot's process."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


def run(start: Callable[[], Hearing], *notes: tuple[bytes, Speaker | None]) -> list[object]:
    """Give everything that a worker sends until it is told to leave."""
    ours, theirs = Pipe()
    with ours, theirs:
        for note in notes:
            ours.send(note)
        ours.send(None)
        work(theirs, start)
        outcomes = []
        while ours.poll():
            outcomes.append(ours.recv())
    return outcomes


def test_the_manifest_comes_first_and_then_an_outcome_for_each_note() -> None:
    manifest, perception, error, mistake = run(
        hearings.start, (b"any", None), (b"short", None), (b"mistake", None)
    )
    assert manifest == hearings.MANIFEST
    assert isinstance(perception, Perception)
    assert perception.recognition == hearings.make_recognition()
    assert isinstance(error, TooShort)
    assert isinstance(mistake, RecognitionFailed)


def test_a_worker_listens_by_what_is_known_of_the_speaker() -> None:
    baseline = Baseline.begin(hearings.make_impression())
    _, stranger, known = run(hearings.start, (b"who", None), (b"who", Speaker(baseline)))
    assert isinstance(stranger, Perception)
    assert isinstance(known, Perception)
    assert stranger.recognition.emotion != known.recognition.emotion


def test_a_worker_that_cannot_start_says_why_and_leaves() -> None:
    (error,) = run(hearings.start_without_model)
    assert isinstance(error, ModelMissing)


def test_a_worker_leaves_the_signals_to_the_bot() -> None:
    run(hearings.start)
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN


def test_the_real_hearing_is_warm_before_the_first_note(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[tuple[bytes, DecodeLimits, Speaker | None]] = []
    model = SimpleNamespace(manifest=hearings.MANIFEST)
    perception = Perception(hearings.make_recognition(), hearings.make_impression())
    speaker = Speaker()

    def listen(
        data: bytes, with_model: object, limits: DecodeLimits, speaker: Speaker | None = None
    ) -> Perception:
        assert with_model is model
        heard.append((data, limits, speaker))
        return perception

    monkeypatch.setattr("ser_core.store.load_model", {"some/place": model}.__getitem__)
    monkeypatch.setattr("ser_core.pipeline.listen", listen)
    hearing = worker.start_hearing("some/place", 90.0)
    assert hearing.manifest == hearings.MANIFEST
    assert decode(heard[0][0]).seconds > 1.0
    assert hearing.listen(b"a note", speaker) is perception
    assert heard[1] == (b"a note", DecodeLimits(max_seconds=90.0), speaker)


def test_a_worker_listens_with_a_reference_system_that_has_a_network(
    tmp_path: Path, voice_note: bytes
) -> None:
    pytest.importorskip("torch")
    folder = write_system(tmp_path, write_voices(tmp_path), "cnn", max_epochs=1)
    hearing = worker.start_hearing(str(folder), 60.0)
    heard, impression = hearing.listen(voice_note, None)
    assert heard.model_id == hearing.manifest["id"]
    assert heard.emotion in {"happy", "sad"}
    again, _ = hearing.listen(voice_note, Speaker(Baseline.begin(impression)))
    assert again == heard  # it knows no speakers
    assert impression.source == "mfcc-sequence-1"
