"""What was learnt from one person, and what they did as an admin: told, and wiped away."""

from __future__ import annotations

import asyncio
from dataclasses import fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import delete, or_, select, update

from bot.database.learning import unlearn
from bot.database.learning_tables import (
    BaselineRow,
    ConsentRow,
    ImpressionRow,
    LessonRow,
    ModelRow,
    OpinionRow,
    PromotionRow,
    RetrainingRow,
)
from bot.database.tables import NoteRow
from ser_core.speaker import Baseline, Impression

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.database.tables import Base


async def export_traces(session: AsyncSession, user_id: int) -> dict[str, Any]:
    """Give what was learnt from a person, and what they did as an admin, ready for JSON."""
    consents = await _read(session, ConsentRow, ConsentRow.user_id == user_id)
    baselines = await _read(session, BaselineRow, BaselineRow.user_id == user_id)
    lessons = await _read(session, LessonRow, LessonRow.user_id == user_id)
    models = await _read(session, ModelRow, ModelRow.made_by == user_id)
    return {
        "consent": next(iter(consents), None),
        "baseline": next(iter(await asyncio.to_thread(_open, baselines, Baseline)), None),
        "lessons": await asyncio.to_thread(_open, lessons, Impression),
        "models": [{name: row[name] for name in ("id", "made_at")} for row in models],
        "promotions": await _read(session, PromotionRow, PromotionRow.promoted_by == user_id),
        "retrainings": await _read(session, RetrainingRow, RetrainingRow.started_by == user_id),
    }


async def export_note_traces(session: AsyncSession, user_id: int) -> dict[int, dict[str, Any]]:
    """Give what stands beside each note of a person or in their chat, by the note's id."""
    theirs = or_(NoteRow.user_id == user_id, NoteRow.chat_id == user_id)
    ids = select(NoteRow.id).where(theirs)
    notes = await session.execute(select(NoteRow.id, NoteRow.took_seconds).where(theirs))
    opinions = await _read(session, OpinionRow, OpinionRow.note_id.in_(ids))
    left = await _read(session, ImpressionRow, ImpressionRow.note_id.in_(ids))
    impressions = await asyncio.to_thread(_open, left, Impression)
    said = {row.pop("note_id"): row for row in opinions}
    heard = {row.pop("note_id"): row for row in impressions}
    return {
        note_id: {
            "took_seconds": took_seconds,
            "opinion": said.get(note_id),
            "impression": heard.get(note_id),
        }
        for note_id, took_seconds in notes
    }


async def wipe_traces(session: AsyncSession, user_id: int) -> None:
    """Delete what was learnt from a person, and their name from what they did as an admin.

    Models stay, made and promoted by nobody who is known; a retraining of theirs is broken off.
    """
    await unlearn(session, user_id)
    await session.execute(delete(RetrainingRow).where(RetrainingRow.started_by == user_id))
    made = update(ModelRow).where(ModelRow.made_by == user_id)
    await session.execute(made.values(made_by=None))
    promoted = update(PromotionRow).where(PromotionRow.promoted_by == user_id)
    await session.execute(promoted.values(promoted_by=None))


async def _read(
    session: AsyncSession, table: type[Base], condition: ColumnElement[bool]
) -> list[dict[str, Any]]:
    """Give the rows of a table that meet a condition, in the order of its key; times as text."""
    key = table.__table__.primary_key
    rows = await session.execute(select(*table.__table__.columns).where(condition).order_by(*key))
    return [
        {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in row.items()
        }
        for row in rows.mappings()
    ]


def _open(rows: list[dict[str, Any]], kind: type[Baseline | Impression]) -> list[dict[str, Any]]:
    """Give rows with what their bytes hold in place of these, as text and numbers."""
    opened = []
    for row in rows:
        held = kind.from_bytes(row["data"])
        values = {field.name: _list_numbers(getattr(held, field.name)) for field in fields(kind)}
        opened.append({name: row[name] for name in row if name != "data"} | values)
    return opened


def _list_numbers(value: object) -> object:
    """Give an array as lists, with as many digits as single precision has; all else as it is."""
    if not isinstance(value, np.ndarray):
        return value
    numbers = np.array([float(f"{number:.7g}") for number in value.flat])
    return numbers.reshape(value.shape).tolist()
