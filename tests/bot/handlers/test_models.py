from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
import retrainings
from retrainings import ask_who_answers, list_models
from town import run_town

from bot.database import Database
from bot.database.models import StoredModel, keep_model, promote

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from person import Person
    from town import Town

ADA = 4_001


@asynccontextmanager
async def run_office(
    folder: Path, *model_ids: str, damaged: tuple[str, ...] = (), champion: str | None = None
) -> AsyncIterator[tuple[Town, Person]]:
    """Run a bot that keeps some models; give it and its only admin."""
    url = f"sqlite:///{folder}/ser.sqlite3"
    database = await Database.open(url)
    for model_id in (*model_ids, *damaged):
        bundle = b"no parcel" if model_id in damaged else b""
        await retrainings.keep(database, folder, model_id, n_lessons=12, bundle=bundle)
    if champion is not None:
        async with database.begin() as session:
            await promote(session, champion, promoted_by=ADA)
    await database.close()
    async with run_town(database_url=url, admin_ids=frozenset({ADA})) as town:
        yield town, town.meet(ADA, first_name="Ada")


async def test_a_fresh_bot_lists_the_model_that_it_came_with(tmp_path: Path) -> None:
    async with run_office(tmp_path) as (_, ada):
        page = await list_models(ada)
        assert "The one that I came with\n✅ answers now" in page
        await ada.write("/rollback")
        await ada.read_last("no model before this one")


async def test_the_models_are_listed_with_what_is_known_of_them(tmp_path: Path) -> None:
    async with run_office(tmp_path, "first", "second", champion="first") as (_, ada):
        page = await list_models(ada)
        assert page.index("• second") < page.index("• first") < page.index("I came with")
        assert "67.2 % right · 12 lessons · by 1" in await ask_who_answers(ada)


async def test_the_maker_of_a_model_is_named_where_telegram_tells_it(tmp_path: Path) -> None:
    async with run_office(tmp_path) as (_, ada):
        await ada.write("/start")
        await ada.read_answer("Hello")
        database = await Database.open(f"sqlite:///{tmp_path}/ser.sqlite3")
        async with database.begin() as session:
            for number, maker in enumerate((ADA, None)):
                moment = next(retrainings.moments)
                model = StoredModel(f"model-{number}", moment, maker, {"odd": "report"}, 1)
                await keep_model(session, model, b"")
        await database.close()
        page = await list_models(ada)
        assert "model-0\n2026-03-0" in page
        assert page.count("1 lesson · by Ada") == 1
        assert "right" not in page


async def test_of_many_models_the_older_ones_are_counted(tmp_path: Path) -> None:
    names = [f"m{number:02}" for number in range(15)]
    async with run_office(tmp_path, *names, champion="m00") as (_, ada):
        page = await list_models(ada)
        assert "m14" in page
        assert "m03" in page
        assert "m02" not in page
        assert "and 2 older ones" in page
        assert "m00" in await ask_who_answers(ada)


async def test_rollback_returns_to_the_model_before_and_back(tmp_path: Path) -> None:
    async with run_office(tmp_path, "first", champion="first") as (_, ada):
        await ada.write("/rollback")
        await ada.read_last("From now on another model answers: the one that I came with")
        assert "I came with" in await ask_who_answers(ada)
        await ada.write("/rollback")
        await ada.read_last("From now on another model answers: first")
        assert "first" in await ask_who_answers(ada)


async def test_rollback_takes_the_first_letters_of_a_name(tmp_path: Path) -> None:
    async with run_office(tmp_path, "2026-first", "2026-second", "2026") as (_, ada):
        await ada.write("/rollback 2026-s")
        await ada.read_last("another model answers: 2026-second")
        await ada.write("/rollback 2026")  # the name of one is the beginning of others
        await ada.read_last("another model answers: 2026.")
        await ada.write("/rollback default")
        await ada.read_last("another model answers: the one that I came with")
        await ada.write("/rollback default")
        await ada.read_last("That model answers already")


@pytest.mark.parametrize("name", ["<unknown>", "2026-"])
async def test_rollback_to_no_model_or_to_several_lists_them(tmp_path: Path, name: str) -> None:
    async with run_office(tmp_path, "2026-first", "2026-second") as (_, ada):
        await ada.write(f"/rollback {name}")
        answer = await ada.read_answer(f"begins so: {name}")
        assert "2026-second" in answer["text"]
        assert "I came with\n✅ answers now" in answer["text"]


async def test_a_model_that_cannot_be_used_is_refused_and_marked(tmp_path: Path) -> None:
    async with run_office(tmp_path, "first", damaged=("broken",), champion="first") as (_, ada):
        await ada.write("/rollback broken")
        refused = await ada.read_answer("That model cannot be used: broken. The one in use stays.")
        assert "damaged" in refused["text"]
        page = await list_models(ada)
        assert "⚠️ cannot be used" in page.split("broken")[1].split("first")[0]
        assert "first" in await ask_who_answers(ada)


async def test_a_button_of_a_model_that_is_gone_says_so(tmp_path: Path) -> None:
    async with run_office(tmp_path, "first") as (_, ada):
        await ada.write("/models")
        page = await ada.read_answer("Models")
        await ada.press(page, "promote:gone")
        await ada.read_last("begins so: gone")


async def test_a_button_of_a_model_works_once_and_then_tells(tmp_path: Path) -> None:
    async with run_office(tmp_path, "first") as (_, ada):
        await ada.write("/models")
        page = await ada.read_answer("Models")
        await ada.press(page, "promote:first")
        await ada.read_last("another model answers: first")
        await ada.press(page, "promote:first")
        await ada.read_last("answers already: first")


async def test_the_button_is_for_admins_only(tmp_path: Path) -> None:
    async with run_office(tmp_path, "first") as (town, ada):
        stranger = town.meet()
        await stranger.write("/help")
        page = await stranger.read_answer("/help")
        pressed = await stranger.press(page, "promote:first")
        assert "people who run me" in (await stranger.read_press(pressed))["text"]
        assert "I came with" in await ask_who_answers(ada)
