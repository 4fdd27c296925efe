"""Make the tables of what Telegram handed over, and of the replicas that answer it."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0003"
down_revision: Final = "0002"

_ID: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "seen_updates",
        sa.Column("update_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False, index=True),
    )
    op.create_table(
        "inbox",
        sa.Column("update_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("chat_id", sa.BigInteger, nullable=False, index=True),
        sa.Column("user_id", sa.BigInteger),
        sa.Column("kind", sa.BigInteger, nullable=False),
        sa.Column("waits_for", sa.BigInteger, nullable=False),
        sa.Column("is_asked", sa.Boolean, nullable=False),
        sa.Column("turn", sa.BigInteger, nullable=False),
        sa.Column("received_at", sa.BigInteger, nullable=False),
        sa.Column("not_before", sa.BigInteger, nullable=False),
        sa.Column("data", sa.String, nullable=False),
        sa.Column("refusal", sa.String),
        sa.Column("tries", sa.BigInteger, nullable=False),
        sa.Column("replica_id", sa.BigInteger),
        sa.Column("answer_id", sa.BigInteger),
        sa.Column("sent_after", sa.BigInteger),
        sa.Column("told_position", sa.BigInteger),
    )
    op.create_table(
        "replicas",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("mode", sa.String, nullable=False),
        sa.Column("place", sa.String, nullable=False),
        sa.Column("beats", sa.BigInteger, nullable=False),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sqlite_autoincrement=True,
    )
