"""Whenever the bot is killed, the next one starts with a whole champion, and answers."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import killed_bot
import pytest
import retrainings
from killed_bot import ADA
from retrainings import ask_who_answers
from town import run_town

from bot.database import Database
from bot.database.models import list_models, promote, read_bundle
from bot.database.retrainings import begin_retraining
from ser_core.parcel import unpack_model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    RunKilledBot = Callable[..., int]

BEFORE_PROMOTION = (
    "bot.database.retrainings begin_retraining after",
    "bot.trainer Trainer._gather before",
    "bot.trainer write_lessons after",
    "bot.progress Progress.read_next before",
    "bot.database.retrainings beat after",
    "bot.retraining_process _follow after",
    "bot.retraining_process _read_challenger after",
    "bot.trainer keep_model before",
    "bot.trainer keep_model after",
    "bot.champions Champions.promote before",
    "bot.champions unpack_model after",
    "bot.recogniser Recogniser._open_slot after",
    "bot.recogniser Recogniser._leave after",
    "bot.recogniser Recogniser.change after",
    "bot.champions promote before",
    "bot.champions promote after",
)
AFTER_PROMOTION = (
    "bot.champions Champions.promote after",
    "bot.trainer prune_models after",
    "bot.database.retrainings end_retraining after",
    "bot.board Board.settle before",
)
POINTS = [
    *((point, "first") for point in BEFORE_PROMOTION),
    *((point, "second") for point in AFTER_PROMOTION),
]


@pytest.fixture(scope="module")
def run_killed_bot() -> Iterator[RunKilledBot]:
    """Give a function that runs a bot until it is killed, and gives its exit code."""
    # What is killed measures no coverage, which would only make it slow.
    environment = {name: value for name, value in os.environ.items() if "COVERAGE" not in name}
    with subprocess.Popen(  # noqa: S603  the tests' own script
        [sys.executable, killed_bot.__file__],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        orders, answers = process.stdin, process.stdout

        def run(**order: object) -> int:
            orders.write(json.dumps(order, default=str) + "\n")
            orders.flush()
            return int(answers.readline())

        yield run
        orders.close()


@pytest.mark.parametrize(("point", "champion"), POINTS)
async def test_a_bot_that_was_killed_starts_with_a_whole_champion(
    tmp_path: Path, run_killed_bot: RunKilledBot, point: str, champion: str
) -> None:
    url = f"sqlite:///{tmp_path}/ser.sqlite3"
    await prepare(url, tmp_path)
    command = retrainings.make_command(tmp_path, "second")
    # Nothing is tidied up where it was killed: so it has a place for that of its own.
    order = {"database_url": url, "point": point, "command": command, "folder": tmp_path}
    assert await asyncio.to_thread(run_killed_bot, **order) == -signal.SIGKILL
    await look_into(url, tmp_path)
    async with run_town(database_url=url, admin_ids=frozenset({ADA})) as town:
        ada = town.meet(ADA)
        await ada.send(b"sad")
        await ada.read_last("Sad")
        assert champion in await ask_who_answers(ada)


async def prepare(url: str, folder: Path) -> None:
    """Make a database in which a retrained model is the champion already."""
    database = await Database.open(url)
    await retrainings.keep(database, folder, "first")
    async with database.begin() as session:
        await promote(session, "first", promoted_by=ADA)
    await database.close()


async def look_into(url: str, folder: Path) -> None:
    """Make sure that every model that is kept is whole, and that there is room for a retraining."""
    database = await Database.open(url)
    async with database.begin() as session:
        for number, model in enumerate(await list_models(session)):
            bundle = await read_bundle(session, model.id)
            assert bundle is not None
            unpack_model(bundle, folder / f"whole-{number}")
        later = datetime.now(UTC) + timedelta(minutes=2)
        begun = await begin_retraining(
            session, started_by=ADA, started_name="", chat_id=ADA, is_dry=True, now=later
        )
        assert begun is not None
    await database.close()
