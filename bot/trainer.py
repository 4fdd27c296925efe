"""A retraining, from the admin's word to the new champion; one message shows how far it is."""

from __future__ import annotations

import asyncio
import hashlib
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from shutil import rmtree
from typing import TYPE_CHECKING, Final, NamedTuple, cast

import structlog
from telegram.constants import ParseMode
from telegram.error import TelegramError

from bot.board import Board
from bot.comparison import Comparison
from bot.database import retrainings
from bot.database.chats import read_chat
from bot.database.learning import read_all_lessons
from bot.database.models import StoredModel, keep_model, prune_models
from bot.database.people import read_language
from bot.languages import choose, speak
from bot.pictures import Key
from bot.progress import Progress
from bot.replies import retraining as words
from bot.replies.comparison import label_comparison
from bot.retraining_process import COMMAND, Order, fit_challenger
from bot.workplaces import make_workplace
from ser_core.errors import SetupError
from ser_core.lessons import write_lessons
from ser_core.parcel import pack_model

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from telegram import Bot, InlineKeyboardMarkup, Message, User

    from bot.champions import Champions
    from bot.database import Database
    from bot.database.retrainings import Retraining
    from bot.pictures import Pictures
    from bot.retraining_process import Challenger

_log = structlog.get_logger(__name__)

_BEAT_SECONDS: Final = 2.0
"""How often a retraining says that it is alive, asks whether it is cancelled, and is shown."""


class _End(NamedTuple):
    """Say how a retraining ended."""

    outcome: str
    text: str
    buttons: InlineKeyboardMarkup | None = None
    comparison: Comparison | None = None


class Trainer:
    """Have a challenger fitted, one at a time in all replicas, and promote it if it is no worse."""

    def __init__(
        self,
        database: Database,
        champions: Champions,
        pictures: Pictures,
        *,
        corpora: str = "",
        keep_models: int = 3,
        command: Sequence[str] = COMMAND,
    ) -> None:
        """Keep what to work with; ``corpora`` is the folder of more labelled speech, if any."""
        self._database = database
        self._champions = champions
        self._pictures = pictures
        self._corpora = corpora
        self._keep_models = keep_models
        self._command = command
        self._running: set[asyncio.Task[None]] = set()

    async def begin(self, asked: Message, *, is_dry: bool) -> None:
        """Begin a retraining, or say who began the one that runs."""
        user, now = cast("User", asked.from_user), datetime.now(UTC)  # an admin wrote it
        async with self._database.begin() as session:
            retraining = await retrainings.begin_retraining(
                session,
                started_by=user.id,
                started_name=user.full_name,
                chat_id=asked.chat_id,
                is_dry=is_dry,
                now=now,
            )
            other = await retrainings.find_running(session)
        if retraining is not None:
            task = asyncio.create_task(self._retrain(retraining, Board(asked)))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        elif other is not None:
            seconds = (now - other.started_at).total_seconds()
            await asked.reply_html(words.tell_running(other.started_name, seconds))
        else:  # it ended just now
            await self.begin(asked, is_dry=is_dry)

    async def cancel(self, asked: Message) -> None:
        """End the retraining that runs, on whichever replica."""
        async with self._database.begin() as session:
            cancelled = await retrainings.cancel_running(session)
        text = words.confirm_cancelling() if cancelled else words.tell_nothing_running()
        await asked.reply_html(text)

    async def tell_lost(self, bot: Bot) -> None:
        """Close the retrainings whose bot is gone, and say so where they were asked for."""
        async with self._database.begin() as session:
            lost = await retrainings.take_lost(session, now=datetime.now(UTC))
        for retraining in lost:
            _log.warning("retraining lost", started_at=retraining.started_at)
            if retraining.message_id is not None:
                await self._tell_lost(bot, retraining, retraining.message_id)

    async def close(self) -> None:
        """End the retraining that runs here; who asked for it is told."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _retrain(self, retraining: Retraining, board: Board) -> None:
        """Retrain from beginning to end, and say how it ended."""
        try:
            end = await self._attempt(retraining, board)
        except asyncio.CancelledError:  # the bot stops
            end = _End("interrupted", words.tell_interrupted())
        except SetupError as error:
            _log.exception("retraining failed", details=getattr(error, "details", ""))
            end = _End("failed", words.tell_failed(str(error)))
        except Exception:  # noqa: BLE001  whatever it is, the slot must be free again
            _log.exception("retraining failed")
            end = _End("failed", words.tell_failed())
        async with self._database.begin() as session:
            await retrainings.end_retraining(session, retraining.id, end.outcome)
        _log.info("retraining ended", outcome=end.outcome)
        try:
            await board.settle(end.text, end.buttons)
            if end.comparison is not None:
                await self._send_picture(board.asked, end.comparison)
        except Exception:  # noqa: BLE001  all is done, and /models tells it, too
            _log.exception("retraining not told")

    async def _attempt(self, retraining: Retraining, board: Board) -> _End:
        """Fit a challenger, compare it with the champion, and promote it if that is right."""
        live, named = self._champions.live, await self._champions.find()
        with _open_workplace() as workplace:
            order = await self._gather(live, workplace)
            challenger = await self._fit(order, workplace, retraining, board)
            if challenger is None:
                return _End("cancelled", words.tell_cancelled())
            comparison = Comparison.parse(challenger.report)
            await self._keep(challenger, comparison, retraining)
        buttons: InlineKeyboardMarkup | None
        buttons = words.offer_promotion(challenger.id, is_good=comparison.passes)
        is_same = await self._champions.find() == named
        verdict = _decide(comparison, is_dry=retraining.is_dry, is_same=is_same)
        if verdict == "promoted":
            await self._champions.promote(challenger.id, promoted_by=retraining.started_by)
            buttons = None
        async with self._database.begin() as session:
            await prune_models(session, keep=self._keep_models)
        return _End(verdict, words.tell_result(comparison, verdict), buttons, comparison)

    async def _gather(self, champion: str | None, workplace: Path) -> Order:
        """Put what the process starts from into a folder; people are numbered, not named."""
        place = await self._champions.unpack(champion, workplace / "champion")
        async with self._database.begin() as session:
            told = await read_all_lessons(session)
        path = workplace / "lessons.jsonl"
        people = [_number(user_id) for user_id, _ in told]
        await asyncio.to_thread(write_lessons, path, people, [lesson for _, lesson in told])
        return Order(place, self._champions.shipped, path, self._corpora)

    async def _fit(
        self, order: Order, workplace: Path, retraining: Retraining, board: Board
    ) -> Challenger | None:
        """Give the challenger; None if somebody cancels."""
        progress = Progress(is_measuring=bool(self._corpora))
        started = time.monotonic()

        def tell(line: bytes) -> None:
            nonlocal progress
            progress = progress.read_next(line)

        fitting = asyncio.create_task(fit_challenger(order, workplace, tell, self._command))
        try:
            while not fitting.done():
                left = progress.estimate_left(time.monotonic() - started)
                board.show(words.show_progress(progress, left, is_dry=retraining.is_dry))
                if not await self._beat(retraining, board):
                    return None
                await asyncio.wait({fitting}, timeout=_BEAT_SECONDS)
            return await fitting if await self._beat(retraining, board) else None
        finally:
            fitting.cancel()
            await asyncio.wait({fitting})

    async def _beat(self, retraining: Retraining, board: Board) -> bool:
        """Tell that a retraining is alive; tell whether it is to go on."""
        message_id = board.shown.message_id if board.shown else None
        now = datetime.now(UTC)
        async with self._database.begin() as session:
            return await retrainings.beat(session, retraining.id, now=now, message_id=message_id)

    async def _keep(
        self, challenger: Challenger, comparison: Comparison, retraining: Retraining
    ) -> None:
        """Keep a challenger, whatever becomes of it."""
        bundle = await asyncio.to_thread(pack_model, challenger.folder)
        made_at, made_by = datetime.now(UTC), retraining.started_by
        model = StoredModel(
            challenger.id, made_at, made_by, challenger.report, comparison.n_lessons
        )
        async with self._database.begin() as session:
            await keep_model(session, model, bundle)

    async def _send_picture(self, asked: Message, comparison: Comparison) -> None:
        """Send the picture of a comparison."""
        async with self._database.begin() as session:
            theme = (await read_chat(session, asked.chat_id)).theme
        key, labels = Key(asked.chat_id, None), label_comparison(comparison)
        picture = await self._pictures.draw_comparison(key, comparison, theme=theme, labels=labels)
        caption = words.caption_comparison(comparison)
        await asked.reply_photo(picture, caption=caption, parse_mode=ParseMode.HTML)

    async def _tell_lost(self, bot: Bot, retraining: Retraining, message_id: int) -> None:
        """Say that a retraining is lost, in the message that showed it."""
        chat_id = retraining.chat_id
        async with self._database.begin() as session:
            chosen = (await read_chat(session, chat_id)).language
            speak(choose(chosen or await read_language(session, retraining.started_by)))
        text = words.tell_interrupted()
        with suppress(TelegramError):  # the message is gone, or the bot is
            await bot.edit_message_text(text, chat_id, message_id, parse_mode=ParseMode.HTML)


@contextmanager
def _open_workplace() -> Iterator[Path]:
    """Give a folder that is there as long as the block runs: it holds what people said."""
    workplace = make_workplace()
    try:
        yield workplace
    finally:
        rmtree(workplace)


def _number(user_id: int) -> int:
    """Give a number in place of Telegram's, the same in every retraining."""
    return int.from_bytes(hashlib.sha256(str(user_id).encode()).digest()[:6])


def _decide(comparison: Comparison, *, is_dry: bool, is_same: bool) -> words.Verdict:
    """Say what becomes of a challenger; ``is_same`` tells whether the champion is as before."""
    if is_dry:
        return "good" if comparison.passes else "bad"
    if not comparison.passes:
        return "refused"
    return "promoted" if is_same else "overtaken"
