from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

from person import PATIENCE_SECONDS
from town import run_town

from bot.languages import LANGUAGES
from bot.replies.pages import list_admin_commands, list_commands

if TYPE_CHECKING:
    from town import Town

ADA, BO = 41, 42


def find_menus(town: Town, user_id: int) -> dict[str, list[str]]:
    """Give the commands of the list for one person's private chat, by Telegram's language."""
    return {
        code: [entry["command"] for entry in menu]
        for (scope, code), menu in town.sandbox.state.commands.items()
        if json.loads(scope).get("chat_id") == user_id
    }


async def test_an_admin_is_offered_more_once_they_have_written() -> None:
    codes = {"" if code == "en" else code: code for code in LANGUAGES}
    offered = {
        code: [name for name, _ in [*list_commands(name), *list_admin_commands(name)]]
        for code, name in codes.items()
    }
    async with run_town(admin_ids=frozenset({ADA})) as town:
        admin = town.meet(ADA)
        assert find_menus(town, ADA) == {}
        await admin.write("/start")
        async with asyncio.timeout(PATIENCE_SECONDS):
            while find_menus(town, ADA) != offered:  # noqa: ASYNC110  nothing rings for it
                await asyncio.sleep(0.01)


async def test_nobody_else_is_offered_what_is_for_admins() -> None:
    async with run_town(admin_ids=frozenset({ADA})) as town:
        person = town.meet(BO)
        await person.write("/start")
        await person.read_answer("Hello")
        await person.write("/help")
        await person.read_last("In a group")
        assert find_menus(town, BO) == {}


async def test_an_admin_who_starts_the_bot_in_a_group_is_offered_nothing_there() -> None:
    async with run_town(admin_ids=frozenset({ADA})) as town:
        town.meet(ADA)
        (somebody,) = town.gather(1)
        admin = town.meet(ADA).in_group(somebody.chat_id)
        await admin.write("/start@SandboxBot")
        await somebody.read_last("Hello")
        assert find_menus(town, ADA) == {}
        assert find_menus(town, somebody.chat_id) == {}
