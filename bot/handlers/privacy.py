"""/privacy, /export and /forget: what is kept, and what people can do about it."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

from telegram import InputFile
from telegram.constants import ChatType

from bot.database.line import forget_jobs
from bot.database.people import export_person, forget_person
from bot.handlers.messages import Handler, find_asker, on_button, on_command
from bot.job import find_job
from bot.presses import settle
from bot.replies import data

if TYPE_CHECKING:
    from telegram import CallbackQuery, Message

    from bot.database import Database
    from bot.impressions import Impressions
    from bot.pictures import Pictures


def make_handlers(
    database: Database, pictures: Pictures, impressions: Impressions, *, retention_days: int
) -> list[Handler]:
    """Give the handlers."""

    async def privacy(message: Message) -> None:
        await message.reply_html(data.tell_privacy(retention_days=retention_days))

    async def export(message: Message) -> None:
        if message.chat.type != ChatType.PRIVATE:
            await message.reply_html(data.refuse_in_public("export"))
            return
        async with database.begin() as session:
            held = await export_person(session, find_asker(message))
        # Vectors are long: indented, or written on the event loop, they would hold up everybody.
        content = await asyncio.to_thread(json.dumps, held, ensure_ascii=False)
        file = InputFile(content.encode(), "my-data.json")
        await message.reply_document(file, data.present_export())

    async def ask_to_forget(message: Message) -> None:
        if message.chat.type == ChatType.PRIVATE:
            await message.reply_html(data.ask_to_forget(), reply_markup=data.offer_to_forget())
        else:
            await message.reply_html(data.refuse_in_public("forget"))

    async def forget(query: CallbackQuery, choice: str) -> None:
        text = data.confirm_keeping()
        if choice == "yes":
            job = find_job()
            job.is_forgotten = True
            impressions.forget(query.from_user.id)
            async with database.begin() as session:
                await forget_jobs(session, query.from_user.id, but=job.update_id)
                n_notes = await forget_person(session, query.from_user.id)
            await database.purge()
            pictures.forget(chat_id=query.from_user.id, user_id=query.from_user.id)
            text = data.confirm_forgetting(n_notes)
        await settle(query, text)

    return [
        on_command("privacy", privacy),
        on_command("export", export),
        on_command("forget", ask_to_forget),
        on_button(data.FORGET, forget),
    ]
