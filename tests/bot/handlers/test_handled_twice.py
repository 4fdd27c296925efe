"""What becomes of commands and buttons that are handled again, since something failed half-way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import retrainings
from retrainings import ask_who_answers
from sqlalchemy.exc import OperationalError
from talk import be_answered
from town import run_town

from bot.database import Database
from bot.database.models import promote
from bot.handlers import consent
from bot.sandbox.faults import FaultOrder

if TYPE_CHECKING:
    from pathlib import Path

    from town import Town

in_session = pytest.mark.asyncio(loop_scope="session")

ADA = 4_001


def lose(town: Town, kind: str, method: str = "sendmessage") -> None:
    """Have the next call of a method fail, so that the bot must think that it did nothing."""
    order = FaultOrder(1.0, frozenset({kind}), frozenset({method}), n_faults=1)
    town.sandbox.state.faults.order(order)


@pytest.mark.parametrize("kind", ["dropped_before", "dropped_after"])
async def test_to_go_back_is_to_go_back_once(tmp_path: Path, kind: str) -> None:
    url = f"sqlite:///{tmp_path}/ser.sqlite3"
    database = await Database.open(url)
    for model_id in ("first", "second"):
        await retrainings.keep(database, tmp_path, model_id)
        async with database.begin() as session:
            await promote(session, model_id, promoted_by=ADA)
    await database.close()
    async with run_town(database_url=url, admin_ids=frozenset({ADA})) as town:
        ada = town.meet(ADA)
        lose(town, kind)
        await ada.write("/rollback")
        await ada.read_last("That model answers already")
        assert "first" in await ask_who_answers(ada)


@in_session
@pytest.mark.parametrize("kind", ["dropped_before", "dropped_after"])
async def test_a_group_is_told_what_listening_means_whatever_got_lost(
    town: Town, kind: str
) -> None:
    admin, _ = town.gather()
    lose(town, kind)
    await admin.write("/listen on")
    await admin.read_last("From now on I listen here")
    await admin.write("/listen")
    assert await admin.read_last("I listen here.\n")


@in_session
@pytest.mark.parametrize("kind", ["dropped_before", "dropped_after"])
async def test_whoever_has_an_opinion_is_asked_for_consent_whatever_got_lost(
    town: Town, kind: str
) -> None:
    person = town.meet()
    answer = await be_answered(person)
    lose(town, kind)
    await person.tap(answer, "Right")
    question = await person.read_last("May I learn from that?")
    await person.tap(question, "Yes")
    assert await person.read_last("I know your voice from 1 note already")


@in_session
async def test_what_notes_left_behind_is_kept_also_where_the_first_try_failed(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    works, left = consent.count_baseline, [0]

    async def lose_connection(*about: Any) -> int:  # noqa: ANN401  whatever it takes
        if left:
            statement = f"SELECT {left.pop()}"
            raise OperationalError(statement, None, ConnectionError())
        return await works(*about)

    person = town.meet()
    await be_answered(person)
    await person.write("/consent")
    question = await person.read_last("I do not learn from your notes")
    monkeypatch.setattr(consent, "count_baseline", lose_connection)
    await person.tap(question, "Yes")
    assert await person.read_last("I know your voice from 1 note already")


@in_session
async def test_consent_ends_whatever_got_lost(town: Town) -> None:
    person = town.meet()
    await person.write("/consent")
    await person.tap(await person.read_last("I do not learn from your notes"), "Yes")
    await person.read_last("I learn from your notes from now on")
    await person.write("/consent")
    question = (await person.read(lambda found: len(found) == 2))[-1]
    lose(town, "dropped_after", "editmessagetext")
    await person.tap(question, "Stop")
    await person.read(lambda found: found[-1]["edited"] and "Stop" not in str(found[-1]))
    await person.write("/baseline")
    assert await person.read_last("I do not know your voice")
