"""The button under a note that waits: whoever sent the note may take it out of the line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.database.line import cancel_job
from bot.handlers.messages import Handler, on_button, read_id
from bot.presses import answer_press, settle
from bot.replies import notes

if TYPE_CHECKING:
    from telegram import CallbackQuery

    from bot.database import Database


def make_handlers(database: Database) -> list[Handler]:
    """Give the handlers."""

    async def cancel(query: CallbackQuery, update_id: str) -> None:
        async with database.begin() as session:
            outcome = await cancel_job(session, read_id(update_id), query.from_user.id)
        match outcome:
            case "cancelled":
                await settle(query, notes.confirm_cancelling())
            case "working":
                await answer_press(query, notes.refuse_cancelling())
            case "gone":
                await answer_press(query, notes.explain_nothing_to_cancel())

    return [on_button(notes.CANCEL, cancel)]
