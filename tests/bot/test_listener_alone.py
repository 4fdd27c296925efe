"""The listener with a bot's side of the sandbox, but without the bot around it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

import pytest
import pytest_asyncio
from hearings import MANIFEST, make_impression, make_recognition
from jobs import PaperJob, open_desk
from structlog.testing import capture_logs
from telegram.error import Forbidden, NetworkError, TimedOut

from bot import answer, lost_answer
from bot.database import Database
from bot.database.chats import read_chat
from bot.database.inbox import Limits
from bot.errors import JobTaken, Stopping, WorkerDied
from bot.impressions import Impressions
from bot.job import bind_job
from bot.listener import Listener
from bot.metrics import Metrics
from bot.numbering import Numbering
from bot.recording import find_recording
from bot.terms import Terms
from ser_core.speaker import Perception

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from jobs import Desk
    from telegram import Message

    from bot.recogniser import Recogniser
    from bot.recording import Recording

TERMS = Terms(Limits(per_user=5, per_chat=20, total=1000), max_minutes=60)


class Ear:
    """Pretend to be the recogniser: hear anger, unless something is to go wrong."""

    def __init__(self) -> None:
        self.manifest = MANIFEST
        self.error: BaseException | None = None
        self.is_deaf = False
        self.began = asyncio.Event()

    async def recognise(self, data: bytes, _speaker: object) -> Perception:
        """Listen."""
        self.began.set()
        if self.is_deaf:
            await asyncio.Event().wait()
        if self.error is not None:
            raise self.error
        return Perception(make_recognition(), make_impression(data))


class Scene:
    """Hold a listener, and what it works with."""

    def __init__(self, desk: Desk, database: Database) -> None:
        self.desk = desk
        self.database = database
        self.ear = Ear()
        self.metrics = Metrics()
        self.job = PaperJob()

    async def answer(self) -> None:
        """Have a new note answered."""
        bind_job(self.job)
        note = await self.desk.take_note()
        await self._make_listener().answer(note, self._find(note))

    async def see(self) -> list[str]:
        """Give what the bot has said."""
        return [one["text"] for one in await self.desk.see_answers()]

    def read_metrics(self) -> list[str]:
        """Give the metrics of notes that are not zero."""
        lines = self.metrics.render().decode().splitlines()
        return [one for one in lines if one.startswith("ser_note") and not one.endswith(" 0.0")]

    def _make_listener(self) -> Listener:
        recogniser = cast("Recogniser", self.ear)
        parts = (recogniser, self.database, Impressions(), Numbering(), TERMS, self.metrics)
        return Listener(*parts)

    def _find(self, note: Message) -> Recording:
        recording = find_recording(note)
        assert recording is not None
        return recording


@pytest_asyncio.fixture
async def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    monkeypatch.setattr(answer, "_PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(lost_answer, "_PAUSES_SECONDS", (0.0,))
    monkeypatch.setattr(lost_answer, "_SPAN", 4)
    database = await Database.open(f"sqlite:///{tmp_path}/ser.sqlite3")
    async with open_desk() as desk:
        yield Scene(desk, database)
    await database.close()


async def test_a_note_is_answered_and_counted_with_the_time_of_each_stage(scene: Scene) -> None:
    with capture_logs() as lines:
        await scene.answer()
    assert "Angry" in (await scene.see())[0]
    counted = scene.read_metrics()
    assert 'ser_notes_total{outcome="recognised"} 1.0' in counted
    for stage in ("waiting", "downloading", "listening", "answering", "whole"):
        assert f'ser_note_stage_seconds_count{{stage="{stage}"}} 1.0' in counted
    (told,) = (line for line in lines if line["event"] == "note answered")
    assert (told["outcome"], told["tries"]) == ("recognised", 1)
    assert 0 <= told["took_seconds"] < 30


async def test_a_note_that_failed_is_explained_and_counted_by_its_error(scene: Scene) -> None:
    scene.ear.error = WorkerDied(-9)
    await scene.answer()
    assert "stumbled" in (await scene.see())[0]
    assert 'ser_notes_total{outcome="WorkerDied"} 1.0' in scene.read_metrics()


@pytest.mark.parametrize("error", [TimedOut(), ConnectionError(), JobTaken(1)], ids=repr)
async def test_what_passes_and_what_is_anothers_is_not_explained(
    scene: Scene, error: Exception
) -> None:
    scene.ear.error = error
    with pytest.raises(type(error)):
        await scene.answer()
    assert ["Listening" in text for text in await scene.see()] == [True]
    assert not [line for line in scene.read_metrics() if "outcome" in line]


async def test_whoever_waits_is_told_when_the_bot_stops(scene: Scene) -> None:
    scene.ear.error = Stopping()
    with pytest.raises(Stopping):
        await scene.answer()
    (text,) = await scene.see()
    assert "being restarted" in text


async def test_whoever_waits_is_told_when_the_bot_can_wait_no_longer(scene: Scene) -> None:
    scene.ear.is_deaf = True
    answering = asyncio.create_task(scene.answer())
    await scene.ear.began.wait()
    answering.cancel()
    with pytest.raises(asyncio.CancelledError):
        await answering
    (text,) = await scene.see()
    assert "being restarted" in text


async def test_a_note_that_is_tried_again_is_answered_in_the_same_message(scene: Scene) -> None:
    scene.ear.error = Stopping()
    note = await scene.desk.take_note()
    recording = scene._find(note)
    for error in (Stopping(), None):
        bind_job(scene.job)
        scene.ear.error = error
        try:
            await scene._make_listener().answer(note, recording)
        except Stopping:
            scene.job = scene.job.pass_on()
    (text,) = await scene.see()
    assert "Angry" in text


async def test_a_chat_that_does_not_want_the_bot_is_counted_and_told_nothing(
    scene: Scene,
) -> None:
    scene.ear.error = Forbidden("bot was blocked by the user")
    with pytest.raises(Forbidden):
        await scene.answer()
    assert 'ser_notes_total{outcome="Forbidden"} 1.0' in scene.read_metrics()


# The notice


async def has_notice(scene: Scene) -> bool:
    async with scene.database.begin() as session:
        return (await read_chat(session, scene.desk.person.chat_id)).has_notice


@pytest.mark.parametrize("error", [None, WorkerDied(-9)], ids=repr)
async def test_a_chat_has_seen_the_notice_once_an_answer_was_accepted(
    scene: Scene, error: WorkerDied | None
) -> None:
    scene.ear.error = error
    await scene.answer()
    assert "not what a person feels" in (await scene.see())[0]
    assert await has_notice(scene)


async def test_a_chat_has_not_seen_the_notice_that_was_not_accepted(scene: Scene) -> None:
    scene.desk.spoil("sendmessage", "server_error", times=None)
    with pytest.raises(NetworkError):
        await scene.answer()
    assert not await has_notice(scene)
