"""Make the first tables: notes and their outlines, chats, people and opt-outs."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0001"
down_revision: Final = None

_ID: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    _make_notes()
    _make_outlines()
    _make_chats()
    _make_people()


def _make_notes() -> None:
    """Make the table of notes."""
    probabilities = (
        *("neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised"),
        *("female", "male"),
    )
    op.create_table(
        "notes",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("chat_id", sa.BigInteger, nullable=False),
        sa.Column("message_id", sa.BigInteger, nullable=False),
        sa.Column("thread_id", sa.BigInteger),
        sa.Column("user_id", sa.BigInteger),
        sa.Column("file_unique_id", sa.String, nullable=False, index=True),
        sa.Column("sent_at", sa.BigInteger, nullable=False, index=True),
        sa.Column("weight", sa.Double, nullable=False),
        sa.Column("model_id", sa.String, nullable=False),
        sa.Column("seconds", sa.Double, nullable=False),
        sa.Column("speech_seconds", sa.Double, nullable=False),
        sa.Column("strangeness", sa.Double, nullable=False),
        sa.Column("confidence", sa.Double, nullable=False),
        *(sa.Column(name, sa.Double, nullable=False) for name in probabilities),
        sa.UniqueConstraint("chat_id", "message_id"),
        sa.Index(None, "chat_id", "sent_at", "user_id"),
        sa.Index(None, "user_id", "sent_at"),
        sqlite_autoincrement=True,
    )


def _make_outlines() -> None:
    """Make the table of what is needed to draw a note."""
    op.create_table(
        "outlines",
        sa.Column(
            "note_id",
            _ID,
            sa.ForeignKey("notes.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("segments", sa.JSON, nullable=False),
        sa.Column("speech", sa.JSON, nullable=False),
        sa.Column("loudness", sa.JSON, nullable=False),
    )


def _make_chats() -> None:
    """Make the table of the settings of chats."""
    op.create_table(
        "chats",
        sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("language", sa.String),
        sa.Column("is_listening", sa.Boolean, nullable=False),
        sa.Column("manner", sa.String, nullable=False),
        sa.Column("has_notice", sa.Boolean, nullable=False),
        sa.Column("theme", sa.String, nullable=False),
        sa.Column("digest_at", sa.Time),
        sa.Column("digest_zone", sa.String),
        sa.Column("digest_language", sa.String),
        sa.Column("digest_sent_on", sa.Date),
    )


def _make_people() -> None:
    """Make the tables of what people chose."""
    op.create_table(
        "people",
        sa.Column("user_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("language", sa.String, nullable=False),
    )
    op.create_table(
        "opt_outs",
        sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("user_id", sa.BigInteger, primary_key=True, autoincrement=False, index=True),
    )
