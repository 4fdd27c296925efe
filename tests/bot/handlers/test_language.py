from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest
from person import Person
from telegram import Update
from town import run_town
from trouble import fail

from bot.handlers.language import bind_language
from bot.languages import LANGUAGES, choose, speak, spoken

if TYPE_CHECKING:
    from pathlib import Path

    from town import Town

    from bot.database import Database
    from bot.handlers.messages import Context

pytestmark = pytest.mark.asyncio(loop_scope="session")

HELLO = {
    "en": "Hello",
    "es": "Hola",
    "de": "Hallo",
    "ru": "Привет",
    "pt": "Olá",
    "it": "Ciao",
    "fr": "Bonjour",
}


@pytest.mark.parametrize("code", ["de", "pt-br", "ru", "xx", ""])
async def test_the_language_is_that_of_ones_telegram(town: Town, code: str) -> None:
    person = town.meet(language_code=code)
    await person.write("/start")
    assert await person.read_answer(HELLO[choose(code)])


@pytest.mark.parametrize("code", LANGUAGES)
async def test_the_language_is_chosen_by_its_code(town: Town, code: str) -> None:
    person = town.meet(language_code="de")
    await person.write(f"/language {code.upper()}")
    assert await person.read_answer(LANGUAGES[code])
    await person.write("/start")
    assert await person.read_last(HELLO[code])


async def test_the_language_is_chosen_by_a_button(town: Town) -> None:
    person = town.meet()
    await person.write("/language")
    question = await person.read_answer("Which language")
    press = await person.tap(question, "Italiano")
    assert await person.read_press(press)
    answer = await person.read_answer("Italiano")
    assert answer["message_id"] == question["message_id"]
    assert answer["reply_markup"] is None
    await person.write("/start")
    assert await person.read_last("Ciao")


async def test_a_choice_that_is_made_up_is_english(town: Town) -> None:
    person = town.meet(language_code="de")
    await person.write("/language")
    question = await person.read_answer("Sprache")
    await person.press(question, "language:xx")
    assert await person.read_answer("English")


async def test_a_choice_whose_question_is_gone_is_confirmed_anew(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = town.meet()
    await person.write("/language")
    question = await person.read_answer("Which language")
    fail(monkeypatch, "editmessagetext", "message to edit not found")
    await person.tap(question, "Français")
    _, answer = await person.read(lambda found: len(found) == 2)
    assert "Français" in answer["text"]


async def test_a_choice_that_is_pressed_twice_is_confirmed_once(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = town.meet()
    await person.write("/language")
    question = await person.read_answer("Which language")
    fail(monkeypatch, "editmessagetext", "message is not modified: same content")
    await person.read_press(await person.tap(question, "Français"))
    await person.write("/start")
    assert len(await person.read(lambda found: "Bonjour" in found[-1]["text"])) == 2


@pytest.mark.parametrize("words", ["xx", "german please", "1"])
async def test_a_language_that_is_not_spoken_gets_a_line_with_the_right_form(
    town: Town, words: str
) -> None:
    person = town.meet()
    await person.write(f"/language {words}")
    assert "/language de" in (await person.read_answer("Name a language"))["text"]


async def test_a_groups_admin_chooses_its_language_for_all(town: Town) -> None:
    admin, member = town.gather()
    await admin.write("/language es")
    await admin.read_answer("Español")
    await member.write("/start")
    assert await member.read_last("Hola")
    await admin.alone().write("/start")
    assert await admin.alone().read_answer("Hello")


async def test_a_member_does_not_choose_for_the_group(town: Town) -> None:
    admin, member = town.gather()
    await member.write("/language es")
    await member.read_answer("only its admins")
    await admin.write("/language")
    question = await admin.read_last("Which language")
    press = await member.tap(question, "Deutsch")
    assert "only its admins" in (await member.read_press(press))["text"]
    await member.write("/start")
    assert await member.read_last("Hello")


async def test_an_admin_who_writes_as_the_group_itself_chooses_too(town: Town) -> None:
    admin, member = town.gather(kind="supergroup")
    await admin.write("/language pt", as_chat=admin.chat_id)
    await admin.read_answer("Português")
    await member.write("/start")
    assert await member.read_last("Olá")


async def test_a_group_without_a_choice_is_spoken_to_as_each_likes(town: Town) -> None:
    ada, bo = town.gather()
    await bo.rename(language_code="fr")
    await ada.write("/start")
    assert await ada.read_last("Hello")
    await bo.write("/start")
    assert await bo.read_last("Bonjour")


@pytest.mark.asyncio(loop_scope="function")
async def test_the_choice_survives_a_restart(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/ser.sqlite3"
    async with run_town(database_url=url) as town:
        person = town.meet()
        await person.write("/language de")
        await person.read_answer("Deutsch")
        user_id = person.user_id
    async with run_town(database_url=url) as town:
        same = Person(town._client, user_id, user_id)
        await same.write("/start")
        assert await same.read_answer("Hallo")


@pytest.mark.asyncio(loop_scope="function")
async def test_who_is_unknown_is_spoken_to_in_english(database: Database) -> None:
    speak("de")
    await bind_language(database)(Update(1), cast("Context", None))
    assert spoken() == "en"
