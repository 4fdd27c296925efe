"""Retrained models: kept, listed, made the champion, and cleared away."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from bot.database.learning_tables import BundleRow, ModelRow, PromotionRow
from bot.database.upsert import upsert

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, slots=True)
class StoredModel:
    """Hold what is told of a retrained model; ``made_by`` is None if that person is forgotten.

    ``report`` is what `Comparison.parse` reads.
    """

    id: str
    made_at: datetime
    made_by: int | None
    report: dict[str, Any]
    n_lessons: int


@dataclass(frozen=True, slots=True)
class Promotion:
    """Say that a model went live; None is the one that ships, or nobody who is known."""

    model_id: str | None
    promoted_by: int | None
    promoted_at: datetime


async def keep_model(session: AsyncSession, model: StoredModel, bundle: bytes) -> None:
    """Keep a model and its packed bundle; one with the same id is replaced."""
    values = {field.name: getattr(model, field.name) for field in fields(model)}
    key = {"id": values.pop("id")}
    await session.execute(upsert(session, ModelRow, key, values))
    await session.execute(upsert(session, BundleRow, {"model_id": model.id}, {"data": bundle}))


async def list_models(session: AsyncSession) -> list[StoredModel]:
    """Give all models, the newest first."""
    columns = ModelRow.__table__.columns
    newest = select(*columns).order_by(ModelRow.made_at.desc(), ModelRow.id.desc())
    return [StoredModel(**row) for row in (await session.execute(newest)).mappings()]


async def find_model(session: AsyncSession, model_id: str) -> StoredModel | None:
    """Give the model with an id."""
    found = await session.execute(
        select(*ModelRow.__table__.columns).where(ModelRow.id == model_id)
    )
    row = found.mappings().one_or_none()
    return None if row is None else StoredModel(**row)


async def read_bundle(session: AsyncSession, model_id: str) -> bytes | None:
    """Give the packed bundle of a model."""
    data: bytes | None = await session.scalar(
        select(BundleRow.data).where(BundleRow.model_id == model_id)
    )
    return data


async def read_champion(session: AsyncSession) -> str | None:
    """Give the id of the model that is to answer; None is the one that ships."""
    latest = select(PromotionRow.model_id).order_by(PromotionRow.id.desc()).limit(1)
    model_id: str | None = await session.scalar(latest)
    return model_id


async def promote(session: AsyncSession, model_id: str | None, *, promoted_by: int | None) -> None:
    """Make a model the champion; None is the one that ships."""
    promotion = Promotion(model_id, promoted_by, datetime.now(UTC))
    session.add(PromotionRow(**{name: getattr(promotion, name) for name in Promotion.__slots__}))
    await session.flush()


async def list_promotions(session: AsyncSession) -> list[Promotion]:
    """Give all promotions, the newest first."""
    rows = await session.scalars(select(PromotionRow).order_by(PromotionRow.id.desc()))
    return [Promotion(row.model_id, row.promoted_by, row.promoted_at) for row in rows]


async def prune_models(session: AsyncSession, *, keep: int) -> list[str]:
    """Delete all models but the newest, the champion and the one before it; give their ids."""
    live = dict.fromkeys(promotion.model_id for promotion in await list_promotions(session))
    needed = set(list(live)[:2])
    older = (await list_models(session))[keep:]
    ids = [model.id for model in older if model.id not in needed]
    await session.execute(delete(ModelRow).where(ModelRow.id.in_(ids)))
    return ids
