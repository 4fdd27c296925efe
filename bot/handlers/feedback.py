"""The buttons under an answer that say whether it was right, and what it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram import Message
from telegram.constants import ParseMode

from bot.database.learning import change_consent, give_opinion, read_consent, read_opinion
from bot.handlers.own_notes import find_own, on_own_button
from bot.presses import answer_press, change_buttons, find_pressed
from bot.replies import consent, data, feedback, notes
from ser_core.emotions import EMOTIONS, GENDERS

if TYPE_CHECKING:
    from telegram import CallbackQuery

    from bot.database import Database
    from bot.database.learning import Opinion
    from bot.database.notes import Note
    from bot.handlers.messages import Handler


def make_handlers(database: Database) -> list[Handler]:
    """Give the handlers."""

    async def press(query: CallbackQuery, note_id: int, word: str) -> None:
        note = await find_own(database, query, note_id)
        if note is None or note.user_id is None:  # the second is a forward: somebody else's voice
            await answer_press(query, data.explain_missing_note())
        elif labels := _read_labels(note, word):
            await _take_opinion(database, query, note_id, note, labels)
        else:
            await answer_press(query)
            async with database.begin() as session:
                opinion = await read_opinion(session, note_id)
            if word == feedback.CHOOSE:
                await change_buttons(query, feedback.offer_choice(note_id, opinion))
            else:
                await _show(query, note_id, note, opinion)

    return [on_own_button(feedback.FEEDBACK, press)]


def _read_labels(note: Note, word: str) -> dict[str, str]:
    """Give what a word says of a note; nothing where it is none that says something.

    Who finds an answer right agrees with its emotion, and with the gender if it named one.
    """
    if word == feedback.RIGHT:
        recognition = note.recognition
        if recognition.gender_confidence < notes.GENDER_SURE_FROM:
            return {"emotion": recognition.emotion}
        return {"emotion": recognition.emotion, "gender": recognition.gender}
    if word in EMOTIONS:
        return {"emotion": word}
    return {"gender": word} if word in GENDERS else {}


async def _take_opinion(
    database: Database, query: CallbackQuery, note_id: int, note: Note, labels: dict[str, str]
) -> None:
    """Keep what somebody says of their note, show that, and ask once whether it may be learnt."""
    user_id = query.from_user.id
    async with database.begin() as session:
        opinion = await give_opinion(session, note_id, **labels)
        was_never_asked = opinion is not None and await read_consent(session, user_id) is None
    if opinion is None:  # the note was deleted a moment ago
        await answer_press(query, data.explain_missing_note())
        return
    await answer_press(query, feedback.thank())
    await _show(query, note_id, note, opinion)
    if was_never_asked:
        text, buttons = consent.ask_for_consent(), consent.offer_consent()
        await query.get_bot().send_message(user_id, text, ParseMode.HTML, reply_markup=buttons)
        async with database.begin() as session:  # now that they were; the answer is handled later
            if await read_consent(session, user_id) is None:
                await change_consent(session, user_id, is_given=False)


async def _show(query: CallbackQuery, note_id: int, note: Note, opinion: Opinion | None) -> None:
    """Put the usual buttons under an answer, which may be a picture with the details by now."""
    row, pressed = feedback.offer(note_id, note.recognition, opinion), find_pressed(query)
    is_picture = isinstance(pressed, Message) and bool(pressed.photo)
    offer = data.offer_deletion if is_picture else data.offer_details
    await change_buttons(query, offer(note_id, row))
