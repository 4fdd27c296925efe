from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.languages import LANGUAGES
from bot.replies import pages

if TYPE_CHECKING:
    from town import Town

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_start_greets_and_says_what_is_heard(town: Town) -> None:
    person = town.meet()
    await person.write("/start")
    assert "expression, not feelings" in (await person.read_answer("Hello"))["text"]


async def test_help_names_the_commands(town: Town) -> None:
    person = town.meet()
    await person.write("/help")
    text = (await person.read_answer("In a group"))["text"]
    assert {"/mood", "/about", "/privacy"} <= set(text.split())


async def test_about_shows_the_model_that_the_workers_have_loaded(town: Town) -> None:
    person = town.meet()
    await person.write("/about")
    text = (await person.read_answer("model-of-the-tests"))["text"]
    assert "Corpus <with> brackets" in text
    assert "1 hour" in text


async def test_the_menu_is_set_in_every_language(town: Town) -> None:
    person = town.meet()
    await person.write("/start")
    await person.read(bool)
    menus = {
        code: [(entry["command"], entry["description"]) for entry in menu]
        for (_scope, code), menu in town.sandbox.state.commands.items()
    }
    codes = {"" if code == "en" else code: code for code in LANGUAGES}
    assert menus == {code: pages.list_commands(codes[code]) for code in codes}
