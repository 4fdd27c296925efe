"""Make the tables of what the bot learns from people, and of its models."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0002"
down_revision: Final = "0001"

_ID: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables, and a place for how long an answer took."""
    op.add_column("notes", sa.Column("took_seconds", sa.Double))
    _make_consents()
    _make_opinions()
    _make_lessons()
    _make_models()
    _make_retrainings()


def _make_consents() -> None:
    """Make the table of who lets the bot learn from them."""
    op.create_table(
        "consents",
        sa.Column("user_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("is_given", sa.Boolean, nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
    )


def _make_opinions() -> None:
    """Make the tables of what people say of their notes, and of what notes left behind."""
    op.create_table(
        "opinions",
        _refer_to_note(),
        sa.Column("emotion", sa.String),
        sa.Column("gender", sa.String),
        sa.Column("is_right", sa.Boolean),
        sa.Column("said_at", sa.BigInteger, nullable=False, index=True),
    )
    op.create_table(
        "impressions", _refer_to_note(), sa.Column("data", sa.LargeBinary, nullable=False)
    )


def _make_lessons() -> None:
    """Make the tables of lessons and baselines."""
    op.create_table(
        "lessons",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("note_id", sa.BigInteger, nullable=False, unique=True),
        sa.Column("user_id", sa.BigInteger, nullable=False, index=True),
        sa.Column("emotion", sa.String),
        sa.Column("gender", sa.String),
        sa.Column("told_emotions", sa.JSON, nullable=False),
        sa.Column("told_genders", sa.JSON, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.Column("said_at", sa.BigInteger, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "baselines",
        sa.Column("user_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("n_clips", sa.BigInteger, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )


def _make_models() -> None:
    """Make the tables of retrained models and of which of them went live."""
    op.create_table(
        "models",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("made_by", sa.BigInteger),
        sa.Column("report", sa.JSON, nullable=False),
        sa.Column("n_lessons", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "bundles",
        sa.Column(
            "model_id",
            sa.String,
            sa.ForeignKey("models.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "promotions",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("model_id", sa.String),
        sa.Column("promoted_by", sa.BigInteger),
        sa.Column("promoted_at", sa.BigInteger, nullable=False),
        sqlite_autoincrement=True,
    )


def _make_retrainings() -> None:
    """Make the table of retrainings."""
    op.create_table(
        "retrainings",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("slot", sa.BigInteger, unique=True),
        sa.Column("started_by", sa.BigInteger, nullable=False),
        sa.Column("started_name", sa.String, nullable=False),
        sa.Column("chat_id", sa.BigInteger, nullable=False),
        sa.Column("message_id", sa.BigInteger),
        sa.Column("is_dry", sa.Boolean, nullable=False),
        sa.Column("is_cancelled", sa.Boolean, nullable=False),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("beat_at", sa.BigInteger, nullable=False),
        sa.Column("outcome", sa.String),
        sqlite_autoincrement=True,
    )


def _refer_to_note() -> sa.Column[int]:
    """Give the key of a table that has one row for a note, and goes with it."""
    note = sa.ForeignKey("notes.id", ondelete="CASCADE")
    return sa.Column("note_id", _ID, note, primary_key=True, autoincrement=False)
