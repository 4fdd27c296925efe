"""Who is no admin can do nothing that is for admins, whatever they are called or write as."""

from __future__ import annotations

import ast
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import retrainings
from hostile import say, say_all, watch_reactions
from retrainings import ask_who_answers
from town import run_town

from bot.database import Database
from bot.database.chats import Chat, read_chat
from bot.replies.pages import list_admin_commands
from bot.replies.retraining import refuse_stranger

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from hostile import Reactions
    from person import Person
    from town import Town

ADA = 4_001
HANDLERS = Path(__file__).parents[2] / "bot" / "handlers"
WORDS = ("", "dry", "cancel", "first")
"""What may stand behind a command of admins, such as the id of a model."""
FORMS = ("on silent", "off", "20:00", "de")
"""What may stand behind a command that changes a group."""


@pytest.fixture
def reactions(monkeypatch: pytest.MonkeyPatch) -> Reactions:
    """Give what the bot of a test reacts to, once it runs."""
    return watch_reactions(monkeypatch)


@asynccontextmanager
async def run_office(folder: Path) -> AsyncIterator[tuple[Town, Person]]:
    """Run a bot with one admin, a model to promote, and a retraining that leaves its options."""
    url = f"sqlite:///{folder}/ser.sqlite3"
    database = await Database.open(url)
    await retrainings.keep(database, folder, "first")
    await database.close()
    command = retrainings.make_command(folder)
    async with run_town(database_url=url, admin_ids=frozenset({ADA}), command=command) as town:
        ada = town.meet(ADA, first_name="Ada", username="ada_the_admin")
        await say(ada, "/start")  # then it runs
        yield town, ada


def gather_strangers(town: Town) -> dict[str, tuple[Person, dict[str, object]]]:
    """Give people who are no admins, and how they write; the bot's admin is none of them."""
    (creator,) = town.gather(1)
    (hidden,) = town.gather(1, kind="supergroup")
    namesake = town.meet(first_name="Ada", last_name=str(ADA), username="ada_the_admins")
    return {
        "a stranger": (town.meet(), {}),
        "a namesake": (namesake, {}),
        "a forwarder": (town.meet(), {"forward_of": ADA}),
        "a group's creator": (creator, {}),
        "an anonymous admin": (hidden, {"as_chat": hidden.chat_id}),
    }


async def test_no_stranger_gets_anything_from_an_admins_command(
    reactions: Reactions, tmp_path: Path
) -> None:
    async with run_office(tmp_path) as (town, ada):
        assert {"retrain", "models", "rollback", "stats"} <= set(reactions.admin_commands)
        before = await ask_who_answers(ada)
        for who, (person, options) in gather_strangers(town).items():
            tries = [f"/{name} {word}" for name in reactions.admin_commands for word in WORDS]
            answers = await say_all(person, tries, **options)
            assert {answer["text"] for answer in answers} == {refuse_stranger()}, who
            assert len(answers) == len(tries)
        assert await ask_who_answers(ada) == before
    assert not (tmp_path / "options.json").exists()  # nothing was trained


async def test_no_stranger_gets_anything_from_an_admins_button(
    reactions: Reactions, tmp_path: Path
) -> None:
    async with run_office(tmp_path) as (town, ada):
        assert "promote" in reactions.admin_buttons
        before = await ask_who_answers(ada)
        for who, (person, _) in gather_strangers(town).items():
            shown = await say(person, "/help@SandboxBot")
            for button in reactions.admin_buttons:
                presses = [await person.press(shown, f"{button}:{word}") for word in WORDS]
                answers = [await person.read_press(press) for press in presses]
                assert {each["text"] for each in answers} == {refuse_stranger()}, (who, button)
        assert await ask_who_answers(ada) == before


async def test_the_admin_is_not_refused(reactions: Reactions, tmp_path: Path) -> None:
    async with run_office(tmp_path) as (town, ada):
        (somebody,) = town.gather(1)
        assert reactions.admin_commands
        for person in (ada, ada.in_group(somebody.chat_id)):
            for command in reactions.admin_commands:
                answer = await say(person, f"/{command}@SandboxBot nothing")
                assert answer["text"] != refuse_stranger(), command
        shown = await say(ada, "/help")
        for button in reactions.admin_buttons:
            press = await ada.press(shown, f"{button}:nothing")
            assert (await ada.read_press(press))["text"] != refuse_stranger()


async def test_all_commands_that_are_offered_to_admins_only_are_kept_from_others(
    reactions: Reactions, tmp_path: Path
) -> None:
    async with run_office(tmp_path):
        assert {name for name, _ in list_admin_commands("en")} == set(reactions.admin_commands)


def test_one_place_decides_who_runs_the_bot() -> None:
    places = {
        path.stem
        for path in HANDLERS.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Compare) and "admin_ids" in ast.unparse(node)
    }
    assert places == {"admins", "general"}  # the second offers admins their menu


async def read_group(url: str, chat_id: int) -> Chat:
    """Give the settings of a group."""
    database = await Database.open(url)
    async with database.begin() as session:
        chat = await read_chat(session, chat_id)
    await database.close()
    return chat


async def test_no_member_changes_anything_for_their_group(
    reactions: Reactions, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/ser.sqlite3"
    async with run_town(database_url=url) as town:
        creator, member = town.gather(2, admins=1)
        await say(creator, "/listen on reply")
        await say(creator, "/digest 09:00 UTC")
        before = await read_group(url, creator.chat_id)
        assert before.is_listening
        assert before.digest_at is not None
        assert {"listen", "digest", "language"} <= set(reactions.commands)
        forms = [f"/{command} {form}" for command in reactions.commands for form in FORMS]
        await say_all(member, forms)
        assert await read_group(url, creator.chat_id) == before
        await say(creator, "/listen off")
        assert not (await read_group(url, creator.chat_id)).is_listening
