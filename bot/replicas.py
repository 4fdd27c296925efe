"""The copies of the bot on one database: who lives, who leads, and whose work is taken over."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog

from bot.database import AWAY
from bot.database.inbox import free_lost_jobs
from bot.database.replicas import beat_replica, enter_replica, list_replicas, remove_replicas
from bot.errors import PollingTaken

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from bot.database import Database
    from bot.database.replicas import Mode, Replica

_log = structlog.get_logger(__name__)

BEAT_SECONDS: Final = 3.0
"""How often each copy says that it lives."""
SILENT_BEATS: Final = 5
"""Who has not said so in so many looks is held for dead; no clocks are compared."""


class Replicas:
    """Say that this copy lives, and set free what copies had in hand that live no more."""

    def __init__(
        self,
        database: Database,
        mode: Mode,
        *,
        place: str | None = None,
        on_freed: Callable[[int], None] = lambda _n_jobs: None,
    ) -> None:
        """Keep how this copy gets its updates; ``on_freed`` hears of jobs that were set free."""
        self.id = 0
        self.is_leader = False
        """Whether this copy does what only one may do."""
        self._database = database
        self._mode = mode
        self._place = place or tell_place()
        self._on_freed = on_freed
        self._counts: dict[int, tuple[int, int]] = {}
        self._beating: asyncio.Task[None] | None = None
        self._last_beat = time.monotonic()

    @property
    def silent_seconds(self) -> float:
        """Give for how long this copy could not say that it lives."""
        return time.monotonic() - self._last_beat

    async def open(self) -> None:
        """Enter this copy; of those that ask Telegram for updates, there can be only one.

        Raises:
            PollingTaken: if another one does.
        """
        await self._enter()
        first_counts: dict[int, int] = {}
        try:
            while rivals := [one for one in await self._look() if self._is_rival(one)]:
                _refuse_living(rivals, first_counts)
                _log.info("waiting for another copy to be silent", place=rivals[0].place)
                await asyncio.sleep(BEAT_SECONDS)
        except BaseException:
            await self._remove({self.id})
            raise
        self._beating = asyncio.create_task(self._beat())

    async def close(self) -> None:
        """Leave; what is still in hand is free for others at once."""
        if self._beating is not None:
            self._beating.cancel()
            await asyncio.wait({self._beating})
        with suppress(*AWAY):  # then the others will notice
            await self._remove({self.id})

    async def _enter(self) -> None:
        """Enter this copy as one that begins."""
        async with self._database.begin() as session:
            now = datetime.now(UTC)
            self.id = await enter_replica(session, self._mode, self._place, now)

    async def _beat(self) -> None:
        """Say again and again that this copy lives, and look who does not."""
        is_away = False
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            try:
                await self._look()
                if is_away:
                    _log.info("database back")
                is_away = False
            except AWAY as error:
                if not is_away:  # here, and nowhere else, or it would be told many times a second
                    _log.error("database away", reason=type(error).__name__)
                is_away = True
            except Exception:  # noqa: BLE001  else others would take over what is in hand here
                _log.exception("heartbeat failed")

    async def _look(self) -> list[Replica]:
        """Say that this copy lives; give the others that do, and remove those that do not."""
        async with self._database.begin() as session:
            is_entered = await beat_replica(session, self.id)
            others = [one for one in await list_replicas(session) if one.id != self.id]
        if not is_entered:  # this computer slept, or hung, and others took over
            _log.warning("held for dead")
            await self._enter()
        dead = {other.id for other in others if self._is_dead(other)}
        living = [other for other in others if other.id not in dead]
        self._counts = {other.id: self._counts[other.id] for other in living}
        self._last_beat = time.monotonic()
        if dead:
            await self._remove(dead)
        self.is_leader = all(self.id < other.id for other in living)
        return living

    def _is_dead(self, other: Replica) -> bool:
        """Tell whether another copy has counted no further for long, or is known to be gone."""
        beats, n_looks = self._counts.get(other.id, (-1, 0))
        n_looks = n_looks + 1 if beats == other.beats else 0
        self._counts[other.id] = (other.beats, n_looks)
        return n_looks >= SILENT_BEATS or is_gone(other.place)

    def _is_rival(self, other: Replica) -> bool:
        """Tell whether an older copy would take Telegram's updates from this one."""
        return other.id < self.id and "polling" in {self._mode, other.mode}

    async def _remove(self, ids: Collection[int]) -> None:
        """Remove copies, and set free what they had in hand."""
        async with self._database.begin() as session:
            await remove_replicas(session, ids)
            n_jobs = await free_lost_jobs(session)
        if n_jobs:
            _log.warning("jobs set free", jobs=n_jobs)
            self._on_freed(n_jobs)


def _refuse_living(rivals: Iterable[Replica], first_counts: dict[int, int]) -> None:
    """Let those pass that have not counted on since they were first looked at.

    Raises:
        PollingTaken: if one has.
    """
    for rival in rivals:
        if rival.beats > first_counts.setdefault(rival.id, rival.beats):
            raise PollingTaken(rival.place)


def tell_place() -> str:
    """Say which process this is: computer, container, number and beginning of the process."""
    process_id = os.getpid()
    return f"{socket.gethostname()}/{_find_container()}/{process_id}/{_find_start(process_id)}"


def is_gone(place: str) -> bool:
    """Tell whether a process has surely ended; of other computers and containers nobody knows."""
    here, container, process_id, started = place.rsplit("/", 3)
    if (here, container) != (socket.gethostname(), _find_container()) or not container:
        return False
    return _find_start(int(process_id)) != started


def _find_container() -> str:
    """Give what tells the processes of one container from those of another; empty if unknown."""
    try:
        return str(Path("/proc/self/ns/pid").stat().st_ino)
    except OSError:
        return ""


def _find_start(process_id: int) -> str:
    """Give when a process began, in ticks since the computer did; empty if there is none.

    Source: proc_pid_stat(5), fields 3 and 22; that in 2 may hold anything, but ends with ")".
    """
    try:
        fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    has_ended = fields[0] in {"X", "Z"}  # though nobody has taken note of that
    return "" if has_ended else fields[19]
