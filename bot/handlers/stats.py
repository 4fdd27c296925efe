"""/stats for admins: how much the bot is used, how fast it answers, how often people agree."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from telegram.constants import ParseMode

from bot.database.chats import read_chat
from bot.database.line import read_backlog
from bot.database.statistics import read_statistics
from bot.handlers.admins import on_admin_command
from bot.pictures import Key
from bot.replies.stats import Now, label_stats, tell_stats

if TYPE_CHECKING:
    from collections.abc import Collection

    from telegram import Message

    from bot.database import Database
    from bot.handlers.messages import Handler
    from bot.pictures import Pictures
    from bot.recogniser import Recogniser

_N_DAYS: Final = 30


def make_handlers(
    database: Database,
    recogniser: Recogniser,
    pictures: Pictures,
    admin_ids: Collection[int],
) -> list[Handler]:
    """Give the handlers."""

    async def stats(message: Message) -> None:
        async with database.begin() as session:
            theme = (await read_chat(session, message.chat_id)).theme
            until = datetime.now(UTC)
            statistics = await read_statistics(session, until=until, n_days=_N_DAYS)
            backlog = await read_backlog(session)
        picture = await pictures.draw_stats(
            Key(message.chat_id, None), statistics, theme=theme, labels=label_stats(statistics)
        )
        now = Now(
            n_waiting=backlog.n_waiting,
            n_working=backlog.n_working,
            n_workers=len(recogniser.process_ids),
            model_id=str(recogniser.manifest.get("id")),
        )
        await message.reply_photo(
            picture, caption=tell_stats(statistics, now), parse_mode=ParseMode.HTML
        )

    return [on_admin_command("stats", admin_ids, stats)]
