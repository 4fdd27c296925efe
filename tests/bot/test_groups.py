from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot import groups
from bot.sandbox.bot_api import METHODS

if TYPE_CHECKING:
    from town import Town

    from bot.sandbox.params import Params
    from bot.sandbox.state import State

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Params]:
    """Give a list that grows whenever Telegram is asked for the admins of a group."""
    works, calls = METHODS["getchatadministrators"], []

    def count(state: State, params: Params) -> object:
        calls.append(params)
        return works(state, params)

    monkeypatch.setitem(METHODS, "getchatadministrators", count)
    return calls


async def test_the_admins_of_a_group_are_remembered_for_a_while(
    town: Town, asked: list[Params]
) -> None:
    admin, member = town.gather()
    for person, text in ((admin, "no longer listen"), (member, "Only an admin")):
        await person.write("/listen off")
        await person.read_last(text)
    assert len(asked) == 1


async def test_after_that_telegram_is_asked_again(
    town: Town, asked: list[Params], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(groups, "_FRESH_SECONDS", 0.0)
    admin, member = town.gather()
    await member.write("/listen off")
    await member.read_last("Only an admin")
    await town.change_role(member, "administrator")
    await member.write("/listen off")
    await member.read_last("no longer listen")
    assert len(asked) == 2
    assert admin.chat_id == member.chat_id
