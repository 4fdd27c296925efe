"""The tables of what Telegram handed over, and of the replicas that answer it."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003  SQLAlchemy reads it from the class

from sqlalchemy.orm import Mapped, mapped_column

from bot.database.tables import COUNTED, Base


class SeenRow(Base):
    """Say that an update was handed over, so that the same one is not answered twice."""

    __tablename__ = "seen_updates"

    update_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seen_at: Mapped[datetime] = mapped_column(index=True)


class JobRow(Base):
    """Hold one update until it is handled.

    ``kind`` and ``waits_for`` are sums of the kinds in `bot.database.inbox`. ``turn`` counts as
    start-time fair queueing does. ``replica_id`` is who has it in hand; no key refers to it, for
    a replica that is gone is found by that. ``answer_id`` is the message that answers it, and
    ``sent_after`` says that one is on its way: its number is a higher one.
    """

    __tablename__ = "inbox"

    update_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    chat_id: Mapped[int] = mapped_column(index=True)
    user_id: Mapped[int | None]
    kind: Mapped[int]
    waits_for: Mapped[int]
    is_asked: Mapped[bool]
    turn: Mapped[int]
    received_at: Mapped[datetime]
    not_before: Mapped[datetime]
    data: Mapped[str]
    refusal: Mapped[str | None]
    tries: Mapped[int] = mapped_column(default=0)
    replica_id: Mapped[int | None]
    answer_id: Mapped[int | None]
    sent_after: Mapped[int | None]
    told_position: Mapped[int | None]


class ReplicaRow(Base):
    """Hold one running copy of the bot; ``beats`` grows as long as it lives."""

    __tablename__ = "replicas"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(COUNTED, primary_key=True)
    mode: Mapped[str]
    place: Mapped[str]
    beats: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime]
