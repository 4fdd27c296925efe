from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from databases import NOON
from sqlalchemy import func, select

from bot.database.learning_tables import BundleRow
from bot.database.models import (
    Promotion,
    StoredModel,
    find_model,
    keep_model,
    list_models,
    list_promotions,
    promote,
    prune_models,
    read_bundle,
    read_champion,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.database import Database

ADA = 5_000_000_001
MODEL = StoredModel("a", NOON, ADA, {"groups": [{"accuracy": [0.5, 1 / 3]}]}, 7)


async def keep(database: Database, ids: str) -> None:
    """Keep models, each an hour after the one before it."""
    async with database.begin() as session:
        for number, model_id in enumerate(ids):
            model = replace(MODEL, id=model_id, made_at=NOON + timedelta(hours=number))
            await keep_model(session, model, model_id.encode())


async def test_a_model_comes_back_as_it_was_with_its_bundle(database: Database) -> None:
    bundle = bytes(range(256)) * 4096
    async with database.begin() as session:
        await keep_model(session, MODEL, bundle)
    async with database.begin() as session:
        assert await find_model(session, "a") == MODEL
        assert await read_bundle(session, "a") == bundle
        assert await find_model(session, "b") is None
        assert await read_bundle(session, "b") is None


async def test_the_same_model_again_replaces_what_was_kept(database: Database) -> None:
    again = replace(MODEL, made_by=None, n_lessons=8, report={})
    async with database.begin() as session:
        await keep_model(session, MODEL, b"old")
        await keep_model(session, again, b"new")
        assert await list_models(session) == [again]
        assert await read_bundle(session, "a") == b"new"


async def test_models_are_listed_from_the_newest_on(database: Database) -> None:
    await keep(database, "bac")
    async with database.begin() as session:
        assert [model.id for model in await list_models(session)] == ["c", "a", "b"]


async def test_the_champion_is_what_was_promoted_last(database: Database) -> None:
    async with database.begin() as session:
        assert await read_champion(session) is None
        assert await list_promotions(session) == []
        for model_id, admin in (("a", ADA), (None, ADA), ("b", None)):
            await promote(session, model_id, promoted_by=admin)
            assert await read_champion(session) == model_id
        promotions = await list_promotions(session)
    times = [promotion.promoted_at for promotion in promotions]
    assert times == sorted(times, reverse=True)
    assert promotions == [
        Promotion("b", None, times[0]),
        Promotion(None, ADA, times[1]),
        Promotion("a", ADA, times[2]),
    ]


@pytest.mark.parametrize(
    ("promoted", "keep_n", "pruned"),
    [
        ([], 2, {"a", "b"}),
        ([], 4, set()),
        ([], 9, set()),
        (["a"], 2, {"b"}),
        (["a"], 1, {"b", "c"}),
        (["a", "d"], 1, {"b", "c"}),
        (["b", "a", "d"], 1, {"b", "c"}),
        (["a", "d", "a"], 1, {"b", "c"}),
        (["a", "b", "a"], 1, {"c"}),
        (["a", "b", "b"], 1, {"c"}),
        (["a", "b", None], 1, {"a", "c"}),
        (["b", None, "a"], 1, {"b", "c"}),
    ],
)
async def test_the_oldest_models_go_but_neither_the_champion_nor_the_one_before_it(
    database: Database, promoted: Sequence[str | None], keep_n: int, pruned: set[str]
) -> None:
    await keep(database, "abcd")
    async with database.begin() as session:
        for model_id in promoted:
            await promote(session, model_id, promoted_by=ADA)
        assert set(await prune_models(session, keep=keep_n)) == pruned
        assert {model.id for model in await list_models(session)} == {*"abcd"} - pruned
        n_bundles = await session.scalar(select(func.count()).select_from(BundleRow))
        assert n_bundles == 4 - len(pruned)
        assert len(await list_promotions(session)) == len(promoted)
        assert await prune_models(session, keep=keep_n) == []
