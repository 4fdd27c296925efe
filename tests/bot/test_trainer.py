"""What only a Trainer alone shows; test_retraining.py talks to the whole bot."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import hearings
import retrainings
from databases import make_note
from telegram import Chat, Message, User
from telegram.error import Forbidden

from bot import trainer as trainer_module
from bot.champions import Champions
from bot.database import learning
from bot.database.chats import change_chat
from bot.database.models import list_models, promote, read_champion
from bot.database.notes import keep_note
from bot.database.retrainings import beat, begin_retraining, find_running
from bot.recogniser import Recogniser
from bot.trainer import Trainer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    import pytest
    from sqlalchemy.ext.asyncio import AsyncSession
    from telegram import Bot

    from bot.database import Database
    from bot.pictures import Pictures
    from ser_core.speaker import Lesson

ADA = User(4_001, "Ada", is_bot=False)
CHAT = Chat(4_001, Chat.PRIVATE)


class Phone:
    """Stand in for Telegram: take what the bot says, or refuse it."""

    def __init__(self, *refused: str) -> None:
        """Keep which ways of saying something are refused."""
        self.said: list[tuple[str, str]] = []
        self._refused = refused

    async def send_message(self, *, text: str, **_options: object) -> Message:
        """Take a message."""
        return self._take("send", text)

    async def edit_message_text(self, text: str, *_where: object, **_options: object) -> Message:
        """Take another text of a message."""
        return self._take("edit", text)

    async def send_photo(self, *, caption: str, **_options: object) -> Message:
        """Take a picture."""
        return self._take("photo", caption)

    def _take(self, way: str, text: str) -> Message:
        if way in self._refused:
            raise Forbidden(way)
        self.said.append((way, text))
        return self.make_message(len(self.said))

    def make_message(self, number: int = 1_000) -> Message:
        """Give a message that Ada wrote, or that stands in her chat."""
        message = Message(number, datetime.now(UTC), CHAT, from_user=ADA, text="/retrain")
        message.set_bot(cast("Bot", self))
        return message


class Painter:
    """Stand in for the pictures."""

    def __init__(self, *, is_broken: bool = False) -> None:
        """Keep whether drawing fails."""
        self._is_broken = is_broken

    async def draw_comparison(self, *_arguments: object, **_options: object) -> bytes:
        """Give a picture."""
        if self._is_broken:
            message = "no paper"
            raise ValueError(message)
        return b"picture"


@asynccontextmanager
async def run_trainer(
    database: Database,
    command: list[str],
    *,
    is_broken: bool = False,
    corpora: str = "",
    keep_models: int = 3,
) -> AsyncIterator[tuple[Trainer, Champions]]:
    """Run a trainer, and what promotes for it."""
    recogniser = Recogniser(partial(hearings.start, "default"), workers=1)
    champions = Champions(database, recogniser, hearings.start, shipped="default")
    pictures = cast("Pictures", Painter(is_broken=is_broken))
    trainer = Trainer(
        database, champions, pictures, corpora=corpora, keep_models=keep_models, command=command
    )
    try:
        await champions.open()
        yield trainer, champions
    finally:
        await trainer.close()
        await recogniser.close()
        await champions.close()


async def retrain(trainer: Trainer, phone: Phone, *, is_dry: bool = False) -> str:
    """Retrain to the end; give the last text that was said."""
    await trainer.begin(phone.make_message(), is_dry=is_dry)
    await finish(trainer)
    return next(text for way, text in reversed(phone.said) if way != "photo")


async def finish(trainer: Trainer) -> None:
    """Wait until nothing is retrained any more."""
    running: set[asyncio.Task[None]] = trainer._running
    for task in list(running):
        await task


async def teach(database: Database, *user_ids: int) -> None:
    """Have people who consent say of a note each what it was."""
    for number, user_id in enumerate(user_ids):
        note = make_note(chat_id=user_id, user_id=user_id, message_id=number)
        async with database.begin() as session:
            await learning.change_consent(session, user_id, is_given=True)
            note_id = await keep_note(session, note)
            impression = hearings.make_impression(bytes([number]))
            await learning.keep_impression(session, note_id, user_id, impression)
            await learning.give_opinion(session, note_id, emotion="sad")


async def test_the_process_learns_what_people_said_but_not_who_they_are(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await teach(database, 5_000_000_001, 5_000_000_002, 5_000_000_001)
    written: list[str] = []
    write = trainer_module.write_lessons

    def write_lessons(path: Path, people: Sequence[int], lessons: Sequence[Lesson]) -> None:
        write(path, people, lessons)
        written.extend(path.read_text().splitlines())

    monkeypatch.setattr(trainer_module, "write_lessons", write_lessons)
    async with run_trainer(database, retrainings.make_command(tmp_path)) as (trainer, _):
        text = await retrain(trainer, Phone())
    first, other, again = (json.loads(line)["person"] for line in written)
    assert first == again != other
    assert "5000000001" not in "".join(written)
    assert "3 lessons of 2 people" in text


async def test_a_promoted_model_is_the_champion_of_the_next_retraining(
    database: Database, tmp_path: Path
) -> None:
    async with run_trainer(database, retrainings.make_command(tmp_path, "first")) as (trainer, _):
        await retrain(trainer, Phone())
        retrainings.change_plan(tmp_path, id="second")
        await retrain(trainer, Phone())
        options = retrainings.read_options(tmp_path)
        assert options["champion"].endswith("/champion")
        assert options["origin"] == "default"
        async with database.begin() as session:
            assert await read_champion(session) == "second"
            stored = await list_models(session)
    assert [model.id for model in stored] == ["second", "first"]
    assert stored[0].made_by == ADA.id


async def test_old_models_are_cleared_away(database: Database, tmp_path: Path) -> None:
    command = retrainings.make_command(tmp_path)
    async with run_trainer(database, command, keep_models=1) as (trainer, _):
        for name in ("first", "second", "third"):
            retrainings.change_plan(tmp_path, id=name)
            await retrain(trainer, Phone(), is_dry=True)
        async with database.begin() as session:
            assert [model.id for model in await list_models(session)] == ["third"]


async def test_a_challenger_of_another_champion_is_not_promoted_unasked(
    database: Database, tmp_path: Path
) -> None:
    await retrainings.keep(database, tmp_path / "kept", "other")
    hold = tmp_path / "go"
    command = retrainings.make_command(tmp_path, hold=hold)
    async with run_trainer(database, command) as (trainer, champions):
        phone = Phone()
        await trainer.begin(phone.make_message(), is_dry=False)
        await asyncio.to_thread(hearings.wait_for, tmp_path / "options.json")
        async with database.begin() as session:
            await promote(session, "other", promoted_by=1)  # as another replica does
        hold.touch()
        await finish(trainer)
        assert "changed meanwhile" in phone.said[-2][1]
        assert await champions.find() == "other"


async def test_what_a_message_cannot_show_is_done_all_the_same(
    database: Database, tmp_path: Path
) -> None:
    command = retrainings.make_command(tmp_path)
    async with run_trainer(database, command) as (trainer, champions):
        phone = Phone("send", "edit", "photo")
        await trainer.begin(phone.make_message(), is_dry=False)
        await finish(trainer)
        assert champions.live == "challenger-1"
        assert phone.said == []


async def test_a_result_is_sent_anew_where_its_message_cannot_be_edited(
    database: Database, tmp_path: Path
) -> None:
    async with run_trainer(database, retrainings.make_command(tmp_path)) as (trainer, _):
        phone = Phone("edit")
        await trainer.begin(phone.make_message(), is_dry=False)
        await finish(trainer)
    assert [way for way, _ in phone.said] == ["send", "send", "photo"]


async def test_a_picture_that_cannot_be_drawn_takes_nothing_from_the_result(
    database: Database, tmp_path: Path
) -> None:
    command = retrainings.make_command(tmp_path)
    async with run_trainer(database, command, is_broken=True) as (trainer, champions):
        phone = Phone()
        assert "answers from now on" in await retrain(trainer, phone)
        assert champions.live == "challenger-1"
        assert "photo" not in dict(phone.said)


async def test_a_challenger_that_cannot_be_used_leaves_the_champion(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trainer_module, "pack_model", lambda _folder: b"no parcel")
    async with run_trainer(database, retrainings.make_command(tmp_path)) as (trainer, champions):
        text = await retrain(trainer, Phone())
        assert "The retraining failed" in text
        assert "damaged" in text
        assert champions.live is None
        assert "challenger-1" in champions.reasons


async def test_more_speech_shows_in_the_progress(database: Database, tmp_path: Path) -> None:
    command = retrainings.make_command(tmp_path)
    async with run_trainer(database, command, corpora="/more") as (trainer, _):
        await retrain(trainer, Phone())
    assert retrainings.read_options(tmp_path)["corpora"] == "/more"


async def test_a_retraining_that_ends_while_another_is_asked_for_makes_room(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: list[object] = [None]
    begin = begin_retraining

    async def be_refused_once(session: AsyncSession, **what: Any) -> object:  # noqa: ANN401  passed on
        return answers.pop() if answers else await begin(session, **what)

    monkeypatch.setattr(trainer_module.retrainings, "begin_retraining", be_refused_once)
    async with run_trainer(database, retrainings.make_command(tmp_path)) as (trainer, _):
        assert "answers from now on" in await retrain(trainer, Phone())


async def lose(database: Database, *, message_id: int | None) -> None:
    """Leave a retraining behind whose bot was killed an hour ago."""
    then = datetime.now(UTC) - timedelta(hours=1)
    async with database.begin() as session:
        retraining = await begin_retraining(
            session,
            started_by=ADA.id,
            started_name="Ada",
            chat_id=CHAT.id,
            is_dry=False,
            now=then,
        )
        assert retraining is not None
        await beat(session, retraining.id, now=then, message_id=message_id)


async def test_a_lost_retraining_is_told_once_in_the_language_of_its_chat(
    database: Database, tmp_path: Path
) -> None:
    await lose(database, message_id=7)
    async with database.begin() as session:
        await change_chat(session, CHAT.id, language="de")
    async with run_trainer(database, retrainings.make_command(tmp_path)) as (trainer, _):
        phone = Phone()
        for _ in range(2):
            await trainer.tell_lost(cast("Bot", phone))
    assert [way for way, _ in phone.said] == ["edit"]
    async with database.begin() as session:
        assert await find_running(session) is None


async def test_a_lost_retraining_without_a_message_is_only_closed(
    database: Database, tmp_path: Path
) -> None:
    await lose(database, message_id=None)
    async with run_trainer(database, retrainings.make_command(tmp_path)) as (trainer, _):
        phone = Phone()
        await trainer.tell_lost(cast("Bot", phone))
        assert phone.said == []
        assert "answers from now on" in await retrain(trainer, phone)


async def test_a_lost_retraining_whose_message_is_gone_does_not_matter(
    database: Database, tmp_path: Path
) -> None:
    await lose(database, message_id=7)
    async with run_trainer(database, retrainings.make_command(tmp_path)) as (trainer, _):
        await trainer.tell_lost(cast("Bot", Phone("edit")))
