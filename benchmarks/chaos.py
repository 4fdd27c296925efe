"""Treat the bot badly, and count what was lost.

    PYTHONPATH=tests python benchmarks/chaos.py [--only NAME …] [--short] [--write] [--json]

Each run is a real bot, as a process of its own, that talks to the sandbox over real HTTP, with the
shipped model and synthesised voices: one bot that polls, with an SQLite file, or three replicas
behind a webhook, on a PostgreSQL of their own. Everything random is seeded.

``--write`` puts the table into docs/operations.md, with what earlier runs found where only some
runs are made now; ``--short`` is over in a minute, with a stand-in instead of the model.
It ends with 1 if something is worse than it must be.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from chaos_runs import Form, Plan, stop_under_load, survive_faults, survive_kills
from chaos_table import draw_table, is_reached
from soak import soak
from throughput import compare

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    Run = Callable[[argparse.Namespace], Awaitable[dict[str, Any]]]

_ROOT: Final = Path(__file__).parents[1]
_PAGE: Final = _ROOT / "docs" / "operations.md"
_KEPT: Final = _ROOT / "docs" / "results" / "chaos.json"
_BEGIN: Final = "<!-- chaos:begin -->"
_END: Final = "<!-- chaos:end -->"
_SEED: Final = 6
_FAULTY_SHARE: Final = 0.2
_HOLD_SECONDS: Final = 25.0


def main() -> int:
    """Print the table; give 1 if something is worse than it must be."""
    options = _parse()
    results = asyncio.run(_run_short(options) if options.short else _run_all(options))
    kept = {} if options.short or not _KEPT.exists() else json.loads(_KEPT.read_text())
    shown = results if options.short else kept | results
    print(json.dumps(results, indent=1) if options.json else draw_table(shown))
    if options.write:
        _KEPT.write_text(json.dumps(shown, indent=1, sort_keys=True) + "\n")
        _write(draw_table(shown))
    return 0 if all(is_reached(name, found) for name, found in results.items()) else 1


def _parse() -> argparse.Namespace:
    """Give the options."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=_RUNS, default=list(_RUNS))
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--logs", type=Path, help="a folder to keep what the bots logged")
    parser.add_argument("--stand-in", action="store_true", help="listen without the model")
    parser.add_argument("--seed", type=int, default=_SEED)
    parser.add_argument("--notes", type=int, default=1_000, help="under kills and under faults")
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--soak-notes", type=int, default=100_000)
    parser.add_argument("--model-notes", type=int, default=5_000)
    parser.add_argument("--damaged-notes", type=int, default=200_000)
    return parser.parse_args()


async def _run_all(options: argparse.Namespace) -> dict[str, Any]:
    """Make the runs that were asked for, one after the other."""
    results = {}
    for name in options.only:
        begin = time.monotonic()
        found = await _RUNS[name](options)
        minutes = round((time.monotonic() - begin) / 60, 1)
        results[name] = {**found, "minutes": minutes, "day": datetime.now(UTC).date().isoformat()}
        sys.stderr.write(f"{name}: {json.dumps(results[name])}\n")
    return results


async def _run_short(options: argparse.Namespace) -> dict[str, Any]:
    """Make small runs with a stand-in, side by side."""
    forms: Sequence[Form] = ("sqlite", "postgresql")
    plans = {form: _plan(options, form, n_notes=40) for form in forms}
    runs = {
        "kills-sqlite": survive_kills(plans["sqlite"], 1),
        "kills-postgresql": survive_kills(plans["postgresql"], 2),
        "faults": survive_faults(plans["sqlite"], _FAULTY_SHARE, 1.0),
        "stop": stop_under_load(plans["sqlite"], 1),
    }
    return dict(zip(runs, await asyncio.gather(*runs.values()), strict=True))


def _plan(options: argparse.Namespace, form: Form, *, n_notes: int) -> Plan:
    """Give the plan of a run."""
    return Plan(
        form,
        n_notes=n_notes,
        n_people=20 if options.short else 50,
        seed=options.seed,
        with_model=not (options.short or options.stand_in),
        patience_seconds=100.0 if options.short else 7_200.0,
        logs=options.logs,
    )


async def _kill(options: argparse.Namespace, *, form: Form) -> dict[str, Any]:
    """Kill bots at random."""
    return await survive_kills(_plan(options, form, n_notes=options.notes), options.kills)


async def _spoil(options: argparse.Namespace, *, form: Form) -> dict[str, Any]:
    """Be a bad Telegram, and hold what is held for longer than the bot waits for an answer."""
    plan = _plan(options, form, n_notes=options.notes // 2)
    return await survive_faults(plan, _FAULTY_SHARE, _HOLD_SECONDS)


async def _stop(options: argparse.Namespace, *, form: Form) -> dict[str, Any]:
    """Stop bots in the middle of their work."""
    return await stop_under_load(_plan(options, form, n_notes=300), 5)


async def _compare(_options: argparse.Namespace) -> dict[str, Any]:
    """Measure how fast the bot is."""
    return await compare(n_rounds=5, n_notes=300, note_seconds=4.0, n_workers=2)


async def _soak(options: argparse.Namespace, *, with_model: bool) -> dict[str, Any]:
    """Measure whether memory grows."""
    n_notes = options.model_notes if with_model else options.soak_notes
    return await soak(n_notes, n_people=400, n_workers=2, with_model=with_model)


async def _fuzz(options: argparse.Namespace) -> dict[str, Any]:
    """Send damaged recordings."""
    return await _read_script("fuzz.py", "--notes", str(options.damaged_notes))


async def _hear_large_note(_options: argparse.Namespace) -> dict[str, Any]:
    """Send a recording of 20 MB."""
    return await _read_script("large_note.py")


async def _read_script(name: str, *arguments: str) -> dict[str, Any]:
    """Give what another benchmark finds, as JSON."""
    command = (sys.executable, str(Path(__file__).with_name(name)), "--json", *arguments)
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    written, _ = await process.communicate()
    return {"exit_code": process.returncode, **json.loads(written or b"{}")}


def _write(table: str) -> None:
    """Put the table between its marks."""
    page = _PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    _PAGE.write_text(f"{before}{_BEGIN}\n{table}\n{_END}{after}", encoding="utf-8")


_RUNS: Final[dict[str, Run]] = {
    "kills-sqlite": partial(_kill, form="sqlite"),
    "kills-postgresql": partial(_kill, form="postgresql"),
    "faults": partial(_spoil, form="sqlite"),
    "faults-postgresql": partial(_spoil, form="postgresql"),
    "throughput": _compare,
    "soak": partial(_soak, with_model=False),
    "soak-model": partial(_soak, with_model=True),
    "fuzz": _fuzz,
    "large-note": _hear_large_note,
    "stop": partial(_stop, form="sqlite"),
    "stop-postgresql": partial(_stop, form="postgresql"),
}


if __name__ == "__main__":
    sys.exit(main())
