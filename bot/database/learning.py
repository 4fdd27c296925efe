"""What people let the bot learn: their consent and opinions, and what their notes left behind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import delete, func, select, update

from bot.database.learning_tables import (
    BaselineRow,
    ConsentRow,
    ImpressionRow,
    LessonRow,
    OpinionRow,
)
from bot.database.notes import find_note
from bot.database.tables import NoteRow
from bot.database.upsert import insert_new, upsert
from ser_core.speaker import MOST_LESSONS, Baseline, Impression, Lesson, Speaker

if TYPE_CHECKING:
    from sqlalchemy import CursorResult
    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.database.notes import Note


@dataclass(frozen=True, slots=True)
class Opinion:
    """Hold what its sender says that a note sounds like; None where nothing was said."""

    emotion: str | None
    gender: str | None


# Consent


async def read_consent(session: AsyncSession, user_id: int) -> bool | None:
    """Tell whether a person lets the bot learn from them; None if they were never asked."""
    of_them = ConsentRow.user_id == user_id
    answer: bool | None = await session.scalar(select(ConsentRow.is_given).where(of_them))
    return answer


async def change_consent(session: AsyncSession, user_id: int, *, is_given: bool) -> None:
    """Keep what a person answered; of who says no, nothing that was learnt is left."""
    values = {"is_given": is_given, "changed_at": datetime.now(UTC)}
    await session.execute(upsert(session, ConsentRow, {"user_id": user_id}, values))
    if not is_given:
        await unlearn(session, user_id)


async def unlearn(session: AsyncSession, user_id: int) -> None:
    """Delete all that was learnt from a person; what they said of their notes stays with those."""
    await reset_baseline(session, user_id)
    await session.execute(delete(LessonRow).where(LessonRow.user_id == user_id))


async def _hold_person(session: AsyncSession, user_id: int | None) -> bool:
    """Tell whether a person consents, and let no other transaction learn from them until the end.

    The change, which changes nothing, locks the row in PostgreSQL and the whole file in SQLite.
    """
    same = update(ConsentRow).values(is_given=ConsentRow.is_given)
    of_them = same.where(ConsentRow.user_id == user_id).returning(ConsentRow.is_given)
    return bool(await session.scalar(of_them))


async def _hold_note(session: AsyncSession, note_id: int) -> Note | None:
    """Give a note, and let nobody delete it until the end of the transaction."""
    row = select(NoteRow.id).where(NoteRow.id == note_id)
    await session.execute(row.with_for_update(read=True, key_share=True))
    return await find_note(session, note_id)


# What notes left behind


async def keep_impression(
    session: AsyncSession, note_id: int, user_id: int, impression: Impression
) -> None:
    """Learn from a person's note, once, if they consent and the note is still there.

    The impression is kept and added to the baseline; if the note has an opinion already, that
    makes a lesson.
    """
    if not await _hold_person(session, user_id):
        return
    note = await _hold_note(session, note_id)
    if note is None or note.user_id != user_id:
        return
    values = {"note_id": note_id, "data": impression.to_bytes()}
    insert = insert_new(session, ImpressionRow, values, unique=["note_id"])
    if await session.scalar(insert.returning(ImpressionRow.note_id)) is not None:
        await _add_to_baseline(session, user_id, impression)
        await _teach(session, note_id, note)


async def _add_to_baseline(session: AsyncSession, user_id: int, impression: Impression) -> None:
    """Add an impression to the baseline of a person who is held."""
    earlier = await _read_baseline(session, user_id)
    baseline = earlier.add(impression) if earlier else Baseline.begin(impression)
    values = {"n_clips": baseline.n_clips, "data": baseline.to_bytes()}
    await session.execute(upsert(session, BaselineRow, {"user_id": user_id}, values))


async def _read_baseline(session: AsyncSession, user_id: int) -> Baseline | None:
    """Give a person's baseline, if there is one."""
    of_them = BaselineRow.user_id == user_id
    data = await session.scalar(select(BaselineRow.data).where(of_them))
    return None if data is None else Baseline.from_bytes(data)


async def count_baseline(session: AsyncSession, user_id: int) -> int:
    """Give how many notes a person's baseline knows."""
    of_them = BaselineRow.user_id == user_id
    return await session.scalar(select(BaselineRow.n_clips).where(of_them)) or 0


async def reset_baseline(session: AsyncSession, user_id: int) -> None:
    """Delete a person's baseline and impressions; lessons stay."""
    notes = select(NoteRow.id).where(NoteRow.user_id == user_id)
    await session.execute(delete(ImpressionRow).where(ImpressionRow.note_id.in_(notes)))
    await session.execute(delete(BaselineRow).where(BaselineRow.user_id == user_id))


# Opinions and lessons


async def give_opinion(
    session: AsyncSession, note_id: int, *, emotion: str | None = None, gender: str | None = None
) -> Opinion | None:
    """Keep what a note's sender says of it, beside what they said before; None if it is gone.

    If they consent, and the note left an impression, that makes a lesson.
    """
    user_id = await session.scalar(select(NoteRow.user_id).where(NoteRow.id == note_id))
    consents = await _hold_person(session, user_id)
    note = await _hold_note(session, note_id)
    if note is None:
        return None
    values: dict[str, Any] = {"said_at": datetime.now(UTC)}
    if emotion is not None:
        values |= {"emotion": emotion, "is_right": emotion == note.recognition.emotion}
    if gender is not None:
        values["gender"] = gender
    await session.execute(upsert(session, OpinionRow, {"note_id": note_id}, values))
    if consents:
        await _teach(session, note_id, note)
    return await read_opinion(session, note_id)


async def read_opinion(session: AsyncSession, note_id: int) -> Opinion | None:
    """Give what was said of a note."""
    said = select(OpinionRow.emotion, OpinionRow.gender).where(OpinionRow.note_id == note_id)
    row = (await session.execute(said)).one_or_none()
    return None if row is None else Opinion(row.emotion, row.gender)


async def _teach(session: AsyncSession, note_id: int, note: Note) -> None:
    """Make a lesson of a note, as far as there are an opinion and an impression, or change it."""
    columns = (OpinionRow.emotion, OpinionRow.gender, OpinionRow.said_at)
    opinion = await session.execute(select(*columns).where(OpinionRow.note_id == note_id))
    said = opinion.mappings().one_or_none()
    if said is None:
        return
    change = update(LessonRow).where(LessonRow.note_id == note_id).values(**said)
    if cast("CursorResult[Any]", await session.execute(change)).rowcount:
        return
    left = select(ImpressionRow.data).where(ImpressionRow.note_id == note_id)
    data = await session.scalar(left)
    if data is not None:
        told = {
            "told_emotions": list(note.recognition.emotions),
            "told_genders": list(note.recognition.genders),
        }
        lesson = LessonRow(note_id=note_id, user_id=note.user_id, data=data, **told, **said)
        session.add(lesson)
        await session.flush()


async def count_lessons(session: AsyncSession, user_id: int) -> int:
    """Give how many lessons there are of a person."""
    number = select(func.count()).where(LessonRow.user_id == user_id)
    return await session.scalar(number) or 0


async def read_speaker(session: AsyncSession, user_id: int) -> Speaker | None:
    """Give what is known of a person, with their latest lessons; None if they do not consent."""
    if not await read_consent(session, user_id):
        return None
    latest = select(LessonRow).where(LessonRow.user_id == user_id)
    order = (LessonRow.said_at.desc(), LessonRow.id.desc())
    rows = await session.scalars(latest.order_by(*order).limit(MOST_LESSONS))
    lessons = tuple(reversed([_build_lesson(row) for row in rows]))
    return Speaker(await _read_baseline(session, user_id), lessons)


async def read_all_lessons(session: AsyncSession) -> list[tuple[int, Lesson]]:
    """Give the lessons of all who consent, each with whose it is, in the order of time."""
    given = select(ConsentRow.user_id).where(ConsentRow.is_given)
    theirs = select(LessonRow).where(LessonRow.user_id.in_(given))
    rows = await session.scalars(theirs.order_by(LessonRow.said_at, LessonRow.id))
    return [(row.user_id, _build_lesson(row)) for row in rows]


def _build_lesson(row: LessonRow) -> Lesson:
    """Give the lesson of a row."""
    return Lesson(
        Impression.from_bytes(row.data),
        row.emotion,
        row.gender,
        tuple(row.told_emotions),
        tuple(row.told_genders),
    )
