"""The tables of what the bot learns from people, and of its models, column by column."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003  SQLAlchemy reads it from the class
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from bot.database.tables import COUNTED, Base, NoteRow


class ConsentRow(Base):
    """Say whether one person lets the bot learn from them; who was never asked has no row."""

    __tablename__ = "consents"

    user_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    is_given: Mapped[bool]
    changed_at: Mapped[datetime]


class OpinionRow(Base):
    """Hold what the sender of one note says that it sounds like."""

    __tablename__ = "opinions"

    note_id: Mapped[int] = mapped_column(
        ForeignKey(NoteRow.id, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    emotion: Mapped[str | None]
    gender: Mapped[str | None]
    is_right: Mapped[bool | None]
    """Whether the bot had named that emotion; None where no emotion was said."""

    said_at: Mapped[datetime] = mapped_column(index=True)


class ImpressionRow(Base):
    """Hold what one note left behind, in the bytes of `Impression`."""

    __tablename__ = "impressions"

    note_id: Mapped[int] = mapped_column(
        ForeignKey(NoteRow.id, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    data: Mapped[bytes] = mapped_column(LargeBinary)


class LessonRow(Base):
    """Hold a note that left an impression and has an opinion; it outlives the note."""

    __tablename__ = "lessons"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(COUNTED, primary_key=True)
    note_id: Mapped[int] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(index=True)
    emotion: Mapped[str | None]
    gender: Mapped[str | None]
    told_emotions: Mapped[list[float]] = mapped_column(JSON)
    told_genders: Mapped[list[float]] = mapped_column(JSON)
    data: Mapped[bytes] = mapped_column(LargeBinary)
    said_at: Mapped[datetime]


class BaselineRow(Base):
    """Hold how one person usually sounds, in the bytes of `Baseline`."""

    __tablename__ = "baselines"

    user_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    n_clips: Mapped[int]
    data: Mapped[bytes] = mapped_column(LargeBinary)


class ModelRow(Base):
    """Hold what is told of one retrained model; it is large, and has a table of its own."""

    __tablename__ = "models"

    id: Mapped[str] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]
    made_by: Mapped[int | None]
    report: Mapped[dict[str, Any]] = mapped_column(JSON)
    n_lessons: Mapped[int]


class BundleRow(Base):
    """Hold the packed folder of one retrained model."""

    __tablename__ = "bundles"

    model_id: Mapped[str] = mapped_column(
        ForeignKey(ModelRow.id, ondelete="CASCADE"), primary_key=True
    )
    data: Mapped[bytes] = mapped_column(LargeBinary)


class PromotionRow(Base):
    """Say that a model went live; None is the one that ships. The latest is the champion."""

    __tablename__ = "promotions"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(COUNTED, primary_key=True)
    model_id: Mapped[str | None]
    promoted_by: Mapped[int | None]
    promoted_at: Mapped[datetime]


class RetrainingRow(Base):
    """Hold one retraining; ``slot`` is 1 while it runs, and unique, so one runs at a time."""

    __tablename__ = "retrainings"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(COUNTED, primary_key=True)
    slot: Mapped[int | None] = mapped_column(unique=True)
    started_by: Mapped[int]
    started_name: Mapped[str]
    chat_id: Mapped[int]
    message_id: Mapped[int | None]
    is_dry: Mapped[bool]
    is_cancelled: Mapped[bool]
    started_at: Mapped[datetime]
    beat_at: Mapped[datetime]
    outcome: Mapped[str | None]
