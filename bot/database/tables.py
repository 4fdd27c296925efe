"""The tables of notes, chats and people, column by column."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Time,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

if TYPE_CHECKING:
    from sqlalchemy import Dialect

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)

COUNTED: Final = BigInteger().with_variant(Integer, "sqlite")
"""The kind of an id that the database counts up; SQLite does so only with exactly INTEGER."""


def count_microseconds(time: datetime) -> int:
    """Give the whole microseconds from 1970 until an aware time.

    Raises:
        TypeError: if the time has no zone.
    """
    return (time - _EPOCH) // _MICROSECOND


class UtcTime(TypeDecorator[datetime]):
    """Keep an aware time as whole microseconds since 1970, with which both databases compute."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002  the same in all
        """Give the microseconds."""
        return None if value is None else count_microseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  the same in all
        """Give the time, in UTC."""
        return None if value is None else _EPOCH + value * _MICROSECOND


class Base(DeclarativeBase):
    """Hold what all tables have in common."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012  SQLAlchemy reads it from the class
        bool: Boolean,
        date: Date,
        datetime: UtcTime,
        float: Double,
        int: BigInteger,  # Telegram's numbers need up to 52 bits
        str: String,
        time: Time,
    }


class NoteRow(Base):
    """Hold what was heard in one voice note, without its audio.

    The rows are short, for a mood is summed over many; what only a picture needs has its own table.
    """

    __tablename__ = "notes"
    __table_args__ = (
        UniqueConstraint("chat_id", "message_id"),
        Index(None, "chat_id", "sent_at", "user_id"),
        Index(None, "user_id", "sent_at"),
        # A button names its note by id; an id that came again would open somebody else's.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(COUNTED, primary_key=True)
    chat_id: Mapped[int]
    message_id: Mapped[int]
    thread_id: Mapped[int | None]
    user_id: Mapped[int | None]
    file_unique_id: Mapped[str] = mapped_column(index=True)
    sent_at: Mapped[datetime] = mapped_column(index=True)
    weight: Mapped[float]
    took_seconds: Mapped[float | None]
    """How long its sender waited until it was heard."""

    model_id: Mapped[str]
    seconds: Mapped[float]
    speech_seconds: Mapped[float]
    strangeness: Mapped[float]
    confidence: Mapped[float]
    """The highest probability, which SQLite and PostgreSQL would compute by different functions."""

    neutral: Mapped[float]
    calm: Mapped[float]
    happy: Mapped[float]
    sad: Mapped[float]
    angry: Mapped[float]
    fearful: Mapped[float]
    disgust: Mapped[float]
    surprised: Mapped[float]

    female: Mapped[float]
    male: Mapped[float]


class OutlineRow(Base):
    """Hold what is needed to draw one note."""

    __tablename__ = "outlines"

    note_id: Mapped[int] = mapped_column(
        ForeignKey(NoteRow.id, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    segments: Mapped[list[Any]] = mapped_column(JSON)
    speech: Mapped[list[Any]] = mapped_column(JSON)
    loudness: Mapped[list[float]] = mapped_column(JSON)


class ChatRow(Base):
    """Hold the settings of one chat."""

    __tablename__ = "chats"

    chat_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    language: Mapped[str | None]
    is_listening: Mapped[bool] = mapped_column(default=False)
    manner: Mapped[Literal["reaction", "reply", "silent"]] = mapped_column(
        String, default="reaction"
    )
    has_notice: Mapped[bool] = mapped_column(default=False)
    theme: Mapped[Literal["light", "dark"]] = mapped_column(String, default="light")
    digest_at: Mapped[time | None]
    digest_zone: Mapped[str | None]
    digest_language: Mapped[str | None]
    digest_sent_on: Mapped[date | None]


class PersonRow(Base):
    """Hold what one person chose for themselves."""

    __tablename__ = "people"

    user_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    language: Mapped[str]


class OptOutRow(Base):
    """Say that one person is not to be analysed in one chat."""

    __tablename__ = "opt_outs"

    chat_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, index=True)
