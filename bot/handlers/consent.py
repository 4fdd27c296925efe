"""/consent and /baseline: what people let the bot learn from their voices, and how it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram.constants import ChatType

from bot.database.learning import (
    change_consent,
    count_baseline,
    count_lessons,
    keep_impression,
    read_consent,
    reset_baseline,
)
from bot.handlers.messages import Handler, find_asker, on_button, on_command
from bot.presses import settle
from bot.replies import consent, data

if TYPE_CHECKING:
    from telegram import CallbackQuery, Message

    from bot.database import Database
    from bot.impressions import Impressions


def make_handlers(database: Database, impressions: Impressions) -> list[Handler]:
    """Give the handlers."""

    async def tell_consent(message: Message) -> None:
        if message.chat.type != ChatType.PRIVATE:
            await message.reply_html(data.refuse_in_public("consent"))
            return
        async with database.begin() as session:
            is_given = bool(await read_consent(session, find_asker(message)))
        buttons = consent.offer_withdrawal() if is_given else consent.offer_consent()
        await message.reply_html(consent.tell_consent(is_given=is_given), reply_markup=buttons)

    async def choose(query: CallbackQuery, choice: str) -> None:
        user_id = query.from_user.id
        if choice == consent.YES:
            await settle(query, await _begin(database, impressions, user_id))
        else:
            await settle(query, await _end(database, impressions, user_id))

    async def tell_baseline(message: Message) -> None:
        if message.chat.type == ChatType.PRIVATE:
            await _tell_baseline(database, message)
        else:
            await message.reply_html(data.refuse_in_public("baseline"))

    async def reset(query: CallbackQuery, _choice: str) -> None:
        async with database.begin() as session:
            await reset_baseline(session, query.from_user.id)
        await database.purge()
        await settle(query, consent.confirm_reset())

    return [
        on_command("consent", tell_consent),
        on_button(consent.CONSENT, choose),
        on_command("baseline", tell_baseline),
        on_button(consent.BASELINE, reset),
    ]


async def _begin(database: Database, impressions: Impressions, user_id: int) -> str:
    """Keep a consent, and what waited in memory for it; give what there is to say."""
    waiting = impressions.find_all(user_id)
    async with database.begin() as session:
        await change_consent(session, user_id, is_given=True)
        for note_id, impression in waiting.items():
            await keep_impression(session, note_id, user_id, impression)
        n_notes = await count_baseline(session, user_id)
    impressions.drop(waiting)  # not before they are kept
    return consent.confirm_consent(n_notes)


async def _end(database: Database, impressions: Impressions, user_id: int) -> str:
    """Delete all that was learnt of a voice; give what there is to say."""
    impressions.forget(user_id)
    async with database.begin() as session:
        was_given = await read_consent(session, user_id)
        n_notes = await count_baseline(session, user_id)
        n_lessons = await count_lessons(session, user_id)
        await change_consent(session, user_id, is_given=False)
    await database.purge()  # also if the bot went down here before, and nothing is given any more
    if not was_given:
        return consent.confirm_refusal()
    return consent.confirm_withdrawal(n_notes=n_notes, n_lessons=n_lessons)


async def _tell_baseline(database: Database, message: Message) -> None:
    """Tell from how many notes a voice is known, or how to have it known."""
    user_id = find_asker(message)
    async with database.begin() as session:
        is_given = await read_consent(session, user_id)
        n_notes = await count_baseline(session, user_id)
    if is_given:
        buttons = consent.offer_reset() if n_notes else None
        await message.reply_html(consent.tell_baseline(n_notes), reply_markup=buttons)
    else:
        await message.reply_html(consent.tell_no_baseline())
