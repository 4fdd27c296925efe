"""What was heard in voice notes: kept, found, deleted, and summed over time."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import BigInteger, bindparam, delete, func, select, type_coerce

from bot.database.learning_tables import LessonRow
from bot.database.tables import NoteRow, OutlineRow, count_microseconds
from bot.database.upsert import find_kind, prepare_upsert
from bot.sums import Slice, Sums
from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.recognition import Recognition, Segment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, CursorResult, Row, RowMapping, Select
    from sqlalchemy.ext.asyncio import AsyncSession

_EMOTION_COLUMNS: Final = tuple(getattr(NoteRow, emotion) for emotion in EMOTIONS)
_GENDER_COLUMNS: Final = tuple(getattr(NoteRow, gender) for gender in GENDERS)


def _select_notes(*conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Give the statement that reads notes with their outlines, in the order of sending."""
    outline = (OutlineRow.segments, OutlineRow.speech, OutlineRow.loudness)
    return (
        select(*NoteRow.__table__.columns, *outline)
        .join_from(NoteRow, OutlineRow)
        .where(*conditions)
        .order_by(NoteRow.sent_at, NoteRow.id)
    )


_RECALL: Final = _select_notes(
    NoteRow.file_unique_id == bindparam("file"), NoteRow.model_id == bindparam("model")
).limit(1)


@dataclass(frozen=True, slots=True)
class Note:
    """Hold one voice note that was recognised.

    ``user_id`` is who speaks in it; None if it is nobody's, such as a forward or a channel's.
    ``weight`` is how much it counts in a mood.
    """

    chat_id: int
    message_id: int
    thread_id: int | None
    user_id: int | None
    file_unique_id: str
    sent_at: datetime
    weight: float
    recognition: Recognition


async def keep_note(session: AsyncSession, note: Note, took_seconds: float | None = None) -> int:
    """Keep a note and give its id; an earlier one of the same message is replaced.

    ``took_seconds`` is how long its sender waited until it was heard; None leaves that as it was.
    """
    key = {"chat_id": note.chat_id, "message_id": note.message_id}
    values = {
        "thread_id": note.thread_id,
        "user_id": note.user_id,
        "file_unique_id": note.file_unique_id,
        "sent_at": note.sent_at,
        "weight": note.weight,
        **_list_numbers(note.recognition),
        **({} if took_seconds is None else {"took_seconds": took_seconds}),
    }
    kind = find_kind(session)
    writing = prepare_upsert(kind, NoteRow, tuple(key), tuple(values), returning="id")
    note_id: int = (await session.execute(writing, {**key, **values})).scalar_one()
    outline = _list_outline(note.recognition)
    drawing = prepare_upsert(kind, OutlineRow, ("note_id",), tuple(outline))
    await session.execute(drawing, {"note_id": note_id, **outline})
    return note_id


async def find_note(session: AsyncSession, note_id: int) -> Note | None:
    """Give the note with an id."""
    found = await read_notes(session, NoteRow.id == note_id)
    return found[0][1] if found else None


async def find_recognition(
    session: AsyncSession, file_unique_id: str, model_id: str
) -> Recognition | None:
    """Give what a model heard in a file, whoever sent it and wherever."""
    rows = await session.execute(_RECALL, {"file": file_unique_id, "model": model_id})
    row = rows.mappings().first()
    return None if row is None else _build_note(row).recognition


async def read_notes(
    session: AsyncSession, *conditions: ColumnElement[bool]
) -> list[tuple[int, Note]]:
    """Give the notes that meet all conditions, each with its id, in the order of sending."""
    rows = await session.execute(_select_notes(*conditions))
    return [(row["id"], _build_note(row)) for row in rows.mappings()]


async def delete_note(session: AsyncSession, note_id: int) -> None:
    """Delete one note, if it is there, and what was learnt from it."""
    await delete_notes(session, NoteRow.id == note_id)
    await session.execute(delete(LessonRow).where(LessonRow.note_id == note_id))


async def delete_older(session: AsyncSession, before: datetime) -> int:
    """Delete all notes that were sent before a time; give how many."""
    return await delete_notes(session, NoteRow.sent_at < before)


async def delete_notes(session: AsyncSession, *conditions: ColumnElement[bool]) -> int:
    """Delete the notes that meet all conditions; give how many.

    Outlines, opinions and impressions go with them by the foreign key; lessons stay.
    """
    deleted = await session.execute(delete(NoteRow).where(*conditions))
    return cast("CursorResult[Any]", deleted).rowcount


async def sum_notes(
    session: AsyncSession,
    chat_id: int | None,
    *,
    since: datetime,
    until: datetime,
    n_slices: int,
    user_id: int | None = None,
) -> Sums:
    """Give the sums of the notes of a chat, or of one person in it, or of a person anywhere.

    The database adds up, in one statement; what comes back has a row for each slice at most.

    Raises:
        ValueError: if neither a chat nor a person is named.
    """
    conditions = [NoteRow.sent_at >= since, NoteRow.sent_at < until]
    if chat_id is None and user_id is None:
        message = "sums of everybody's notes in all chats are nobody's business"
        raise ValueError(message)
    if chat_id is not None:
        conditions.append(NoteRow.chat_id == chat_id)
    if user_id is not None:
        conditions.append(NoteRow.user_id == user_id)
    n_speakers = select(func.count(NoteRow.user_id.distinct())).where(*conditions)
    number = _number_slice(since, until, n_slices)
    rows = await session.execute(
        select(
            number.label("number"),
            func.count().label("n_notes"),
            func.sum(NoteRow.weight).label("weight"),
            func.sum(NoteRow.speech_seconds).label("speech_seconds"),
            func.sum(NoteRow.weight * NoteRow.confidence).label("confidence_sum"),
            n_speakers.correlate(None).scalar_subquery().label("n_speakers"),
            *(func.sum(NoteRow.weight * column) for column in _EMOTION_COLUMNS),
        )
        .where(*conditions)
        .group_by(number)
    )
    return _build_sums(rows.all(), since, until, n_slices)


def _number_slice(since: datetime, until: datetime, n_slices: int) -> ColumnElement[int]:
    """Give the number of the slice that a note is in, reckoned in whole microseconds."""
    start, end = count_microseconds(since), count_microseconds(until)
    return (type_coerce(NoteRow.sent_at, BigInteger) - start) * n_slices // (end - start)


def _build_sums(rows: Sequence[Row[Any]], since: datetime, until: datetime, n_slices: int) -> Sums:
    """Put the summed slices in their places, and empty ones between them."""
    summed = {row.number: row for row in rows}
    slices = []
    for number in range(n_slices):
        start = since + (until - since) * number / n_slices
        row = summed.get(number)
        emotions = tuple(row[-len(EMOTIONS) :]) if row else (0.0,) * len(EMOTIONS)
        slices.append(Slice(start, row.n_notes if row else 0, row.weight if row else 0.0, emotions))
    return Sums(
        since=since,
        until=until,
        slices=tuple(slices),
        n_notes=sum(row.n_notes for row in rows),
        n_speakers=rows[0].n_speakers if rows else 0,
        speech_seconds=sum(row.speech_seconds for row in rows),
        confidence_sum=sum(row.confidence_sum for row in rows),
    )


def _list_numbers(recognition: Recognition) -> dict[str, Any]:
    """Give what stands beside the note itself, by column."""
    return {
        "model_id": recognition.model_id,
        "seconds": recognition.seconds,
        "speech_seconds": recognition.speech_seconds,
        "strangeness": recognition.strangeness,
        "confidence": recognition.emotion_confidence,
        **dict(zip(EMOTIONS, recognition.emotions, strict=True)),
        **dict(zip(GENDERS, recognition.genders, strict=True)),
    }


def _list_outline(recognition: Recognition) -> dict[str, list[Any]]:
    """Give what only a picture needs, by column."""
    return {
        "segments": [[part.start, part.end, part.emotions] for part in recognition.segments],
        "speech": list(recognition.speech),
        "loudness": list(recognition.loudness),
    }


def _build_note(row: RowMapping) -> Note:
    """Give the note of a row, which holds its outline, too."""
    recognition = Recognition(
        emotions=tuple(row[emotion] for emotion in EMOTIONS),
        genders=tuple(row[gender] for gender in GENDERS),
        seconds=row["seconds"],
        speech_seconds=row["speech_seconds"],
        segments=tuple(Segment(start, end, tuple(each)) for start, end, each in row["segments"]),
        model_id=row["model_id"],
        strangeness=row["strangeness"],
        speech=tuple((start, end) for start, end in row["speech"]),
        loudness=tuple(row["loudness"]),
    )
    columns = (field.name for field in fields(Note) if field.name != "recognition")
    return Note(recognition=recognition, **{name: row[name] for name in columns})
