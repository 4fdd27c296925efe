"""What is done to the bot while people send it notes: kills, a bad Telegram, stops."""

from __future__ import annotations

import asyncio
import contextlib
import random
import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from chaos_bots import STAND_IN, WHOLE_BOT, BotProcess, is_ready, run_bots, wait_until_ready
from chaos_watch import Crowd, Watch
from databases import find_postgresql, run_cluster
from load import make_voices
from ogg_marks import speak_with

from bot.sandbox.faults import FAULT_KINDS, FaultOrder
from bot.sandbox.server import Sandbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

Form = Literal["sqlite", "postgresql"]
"""One bot that polls, with an SQLite file; or three replicas behind a webhook, on PostgreSQL."""

N_REPLICAS: Final = 3
_FIRST_PERSON: Final = 10_000
_LATE_SECONDS: Final = 6.0
"""How long it is looked for second answers after the last first one."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Hold how a run is made; without the model a stand-in listens."""

    form: Form
    n_notes: int
    n_people: int
    seed: int
    with_model: bool
    patience_seconds: float = 3600.0
    logs: Path | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """Hold what a run works with."""

    plan: Plan
    sandbox: Sandbox
    watch: Watch
    crowd: Crowd
    bots: Sequence[BotProcess]
    chance: random.Random

    async def send_all(self) -> None:
        """Send the notes of the plan."""
        people = range(_FIRST_PERSON, _FIRST_PERSON + self.plan.n_people)
        await self.crowd.send(self.plan.n_notes, people)

    async def finish(self, sending: asyncio.Task[None]) -> dict[str, Any]:
        """Wait for the last answers, and for what should not come after them; give the figures."""
        plan, watch = self.plan, self.watch
        await watch.wait_for(plan.n_notes, seconds=plan.patience_seconds)
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        await asyncio.sleep(_LATE_SECONDS)
        watch.look()
        seconds = [fate.answered - fate.sent for fate in watch.fates.values() if fate.answered]
        return {
            "form": plan.form,
            "model": "shipped" if plan.with_model else "stand-in",
            "notes": len(watch.fates),
            "unsent": plan.n_notes - len(watch.fates),
            "lost": len(watch.list_lost()),
            "answered_twice": len(watch.list_doubled()),
            "strays": len(watch.list_strays()),
            "p50_seconds": round(statistics.median(seconds), 2) if seconds else None,
            "max_seconds": round(max(seconds, default=0.0), 2),
            "starts": sum(bot.n_starts for bot in self.bots),
            "details": self._show_trouble(),
        }

    def _show_trouble(self) -> list[str]:
        """Give a line for each note that went wrong, and for each message that nobody asked for."""
        watch = self.watch
        notes = {*watch.list_lost(), *watch.list_doubled()}
        about = [f"note {note}: {watch.fates[note].shown}" for note in sorted(notes)]
        return [*about, *(f"stray {where}" for where in watch.list_strays())]


@contextlib.asynccontextmanager
async def set_scene(plan: Plan, **settings: object) -> AsyncIterator[Scene]:
    """Run sandbox, bots and people within the block."""
    chance = random.Random(plan.seed)  # noqa: S311  no secret
    speak = speak_with(_make_short_voices()) if plan.with_model else _babble(plan.seed)
    async with contextlib.AsyncExitStack() as stack:
        folder = _make_folder(stack, plan.logs)
        sandbox = await stack.enter_async_context(Sandbox(port=0))
        options = {name.upper(): str(value) for name, value in settings.items()}
        options["DATABASE_URL"] = _choose_database(stack, plan.form, folder)
        watch = Watch(sandbox)
        await stack.enter_async_context(watch.looking())
        bots = await stack.enter_async_context(
            run_bots(
                sandbox,
                folder,
                options,
                program=WHOLE_BOT if plan.with_model else STAND_IN,
                n_replicas=N_REPLICAS if plan.form == "postgresql" else 0,
            )
        )
        yield Scene(plan, sandbox, watch, Crowd(sandbox, watch, speak, chance), bots, chance)


async def survive_kills(plan: Plan, n_kills: int) -> dict[str, Any]:
    """Kill a bot so many times while notes are answered; give what became of them."""
    async with set_scene(plan, ser_workers=_count_workers(plan)) as scene:
        sending = asyncio.create_task(scene.send_all())
        n_before_end = plan.n_notes * 19 // 20
        moments = sorted(scene.chance.sample(range(1, n_before_end), n_kills))
        n_done = 0
        for moment in moments:
            if not await scene.watch.wait_for(moment, seconds=plan.patience_seconds):
                break
            await asyncio.sleep(scene.chance.uniform(0.0, 0.3))
            working = [bot for bot in scene.bots if await is_ready(bot)]
            await scene.chance.choice(working or scene.bots).kill()
            n_done += 1
        return {"kills": n_done, **await scene.finish(sending)}


async def survive_faults(plan: Plan, rate: float, hold_seconds: float) -> dict[str, Any]:
    """Have a share of all calls fail while notes are answered; give what became of them."""
    async with set_scene(plan, ser_workers=_count_workers(plan)) as scene:
        order = FaultOrder(
            rate=rate, kinds=frozenset(FAULT_KINDS), seed=plan.seed, seconds=hold_seconds
        )
        scene.sandbox.state.faults.order(order)
        sending = asyncio.create_task(scene.send_all())
        figures = await scene.finish(sending)
        faults = scene.sandbox.state.faults
        share = faults.happened.total() / max(1, faults.n_calls.total())
        return {
            "share_of_calls": round(share, 3),
            "happened": dict(faults.happened),
            "calls": faults.n_calls.total(),
            **figures,
        }


async def stop_under_load(plan: Plan, n_stops: int) -> dict[str, Any]:
    """Stop the bots in the middle of their work, and start them again; give how long it took."""
    async with set_scene(plan, ser_workers=_count_workers(plan)) as scene:
        sending = asyncio.create_task(scene.send_all())
        seconds: list[float] = []
        for number in range(n_stops):
            moment = (number + 1) * plan.n_notes // (n_stops + 2)
            await scene.watch.wait_for(moment, seconds=plan.patience_seconds)
            await asyncio.sleep(scene.chance.uniform(0.0, 0.5))
            seconds += await asyncio.gather(*(bot.stop() for bot in scene.bots))
            for bot in scene.bots:
                await bot.start()
            for bot in scene.bots:
                await wait_until_ready(bot)
        figures = await scene.finish(sending)
        return {"stops": n_stops, "max_stop_seconds": round(max(seconds), 2), **figures}


def _count_workers(plan: Plan) -> int:
    """Give how many workers each bot has: a machine of two cores has two in all, or little more."""
    return 2 if plan.form == "sqlite" else 1


def _make_folder(stack: contextlib.AsyncExitStack, logs: Path | None) -> Path:
    """Give a new folder for the bots, which stays only if their logs are wanted."""
    if logs is None:
        return Path(stack.enter_context(tempfile.TemporaryDirectory()))
    logs.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(dir=logs))


def _babble(seed: int) -> Callable[[int], bytes]:
    """Give what makes notes for the stand-in, of a second or two."""

    def speak(number: int) -> bytes:
        chance = random.Random(f"{seed} {number}")  # noqa: S311  no secret
        return chance.randbytes(chance.randrange(3_000, 6_000))

    return speak


def _make_short_voices() -> list[bytes]:
    """Give synthesised voice notes of a second and of two."""
    return [*make_voices(1.0), *make_voices(2.0)]


def _choose_database(stack: contextlib.AsyncExitStack, form: Form, folder: Path) -> str:
    """Give the address of a new database."""
    if form == "sqlite":
        return f"sqlite:///{folder}/ser.sqlite3"
    programs = find_postgresql()
    if programs is None:
        message = "PostgreSQL is not installed"
        raise SystemExit(message)
    return stack.enter_context(run_cluster(programs)).make_database()
