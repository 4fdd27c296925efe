"""`make chaos` in its short form: kills, a bad Telegram and a stop, with bots as real processes."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest
from databases import find_postgresql

ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(400)
@pytest.mark.skipif(find_postgresql() is None, reason="PostgreSQL is not installed")
async def test_no_note_is_lost_or_answered_twice_whatever_is_done_to_the_bot() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(ROOT / "benchmarks" / "chaos.py"), "--short", "--json"),
        env={**os.environ, "PYTHONPATH": str(ROOT / "tests")},
        stdout=asyncio.subprocess.PIPE,
    )
    written, _ = await process.communicate()
    found = json.loads(written)
    assert [line for run in found.values() for line in run["details"]] == []
    assert all(run["lost"] == run["unsent"] == run["answered_twice"] == 0 for run in found.values())
    assert found["kills-sqlite"]["starts"] == 2
    assert found["kills-postgresql"]["starts"] == 5
    assert found["faults"]["happened"]
    assert process.returncode == 0
