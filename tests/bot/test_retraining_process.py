from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import hearings
import pytest
import retrainings

from bot.errors import RetrainingFailed
from bot.retraining_process import Order, fit_challenger

if TYPE_CHECKING:
    from bot.retraining_process import Challenger


def make_order(folder: Path, **changes: str) -> Order:
    """Give an order without lessons."""
    lessons = folder / "lessons.jsonl"
    lessons.touch()
    return Order("champion", "origin", lessons)._replace(**changes)


async def fit(folder: Path, command: list[str], **changes: str) -> tuple[Challenger, list[bytes]]:
    """Run the process; give what came out and what it told."""
    told: list[bytes] = []
    order = make_order(folder, **changes)
    return await fit_challenger(order, folder, told.append, command), told


async def test_the_process_leaves_a_challenger_and_tells_how_far_it_is(tmp_path: Path) -> None:
    challenger, told = await fit(tmp_path, retrainings.make_command(tmp_path, "new"))
    assert challenger.id == "new"
    assert challenger.report["challenger"] == "new"
    assert len(told) == 20
    options = retrainings.read_options(tmp_path)
    assert (options["champion"], options["origin"]) == ("champion", "origin")
    assert options["corpora"] == ""


async def test_more_speech_is_named_to_the_process(tmp_path: Path) -> None:
    await fit(tmp_path, retrainings.make_command(tmp_path), corpora="/more/speech")
    assert retrainings.read_options(tmp_path)["corpora"] == "/more/speech"


async def test_what_the_process_says_of_its_failure_is_kept(tmp_path: Path) -> None:
    stderr = "x" * 100_000 + "\nfirst\nthe reason\n"
    command = retrainings.make_command(tmp_path, exit_code=2, stderr=stderr)
    with pytest.raises(RetrainingFailed, match=r"^the reason$") as error:
        await fit(tmp_path, command)
    assert error.value.exit_code == 2
    assert len(error.value.details) <= 2**14


@pytest.mark.parametrize("leaves", [[], ["report"], ["bundle"]])
async def test_a_process_that_leaves_no_whole_challenger_failed(
    tmp_path: Path, leaves: list[str]
) -> None:
    command = retrainings.make_command(tmp_path, leaves=leaves)
    with pytest.raises(RetrainingFailed, match="no whole model"):
        await fit(tmp_path, command)


async def test_a_process_that_is_killed_failed(tmp_path: Path) -> None:
    command = retrainings.make_command(tmp_path, hold=tmp_path / "never")
    fitting = asyncio.create_task(fit(tmp_path, command))
    process_id = await find_process(tmp_path)
    os.kill(process_id, 9)
    with pytest.raises(RetrainingFailed, match="exit code -9"):
        await fitting


async def test_a_process_whose_result_nobody_wants_any_more_is_killed(tmp_path: Path) -> None:
    command = retrainings.make_command(tmp_path, hold=tmp_path / "never")
    fitting = asyncio.create_task(fit(tmp_path, command))
    process_id = await find_process(tmp_path)
    fitting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await fitting
    with pytest.raises(ProcessLookupError):
        os.kill(process_id, 0)


async def find_process(folder: Path) -> int:
    """Wait until the process runs; give its id."""
    await asyncio.to_thread(hearings.wait_for, folder / "options.json")
    return int(retrainings.read_options(folder)["pid"])


_BOT = """
import asyncio, sys
from pathlib import Path
from bot.retraining_process import Order, fit_challenger

folder, *command = sys.argv[1:]
order = Order("champion", "origin", Path(folder, "lessons.jsonl"))
asyncio.run(fit_challenger(order, Path(folder), lambda line: None, command))
"""


def test_the_process_ends_with_the_bot_even_if_that_is_killed(tmp_path: Path) -> None:
    make_order(tmp_path)
    command = retrainings.make_command(tmp_path, hold=tmp_path / "never")
    bot = subprocess.Popen([sys.executable, "-c", _BOT, str(tmp_path), *command])  # noqa: S603  our own code
    hearings.wait_for(tmp_path / "options.json")
    bot.kill()
    bot.wait()
    hearings.wait_for(Path("/proc", retrainings.read_options(tmp_path)["pid"]), gone=True)
