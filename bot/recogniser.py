"""Worker processes around the recognition: the event loop never waits for a processor.

Every worker is a process of its own with a pipe of its own, so that one that dies takes
only its note with it (a `concurrent.futures.ProcessPoolExecutor` breaks as a whole).
Each has the whole of one model; another model comes with other workers.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import structlog

from bot.confinement import Limits
from bot.errors import Stopping, WorkerDied
from bot.worker import Worker
from ser_core.errors import SerError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.worker import Hearing
    from ser_core.speaker import Perception, Speaker

    Start = Callable[[], Hearing]

_log = structlog.get_logger(__name__)

_RETRY_SECONDS = 1.0
"""The pause before a worker that could not be replaced is tried again."""


class _Job(NamedTuple):
    """Hold one note and the promise of what is heard in it."""

    data: bytes
    speaker: Speaker | None
    perception: asyncio.Future[Perception]
    is_second: bool = False

    def settle(self, outcome: Perception | SerError) -> None:
        """Keep the promise, unless it was kept before or nobody waits for it any more."""
        if self.perception.done():
            return
        if isinstance(outcome, SerError):
            self.perception.set_exception(outcome)
        else:
            self.perception.set_result(outcome)


class _Slot:
    """Hold the place of one worker after the other, all with the model that ``start`` loads."""

    def __init__(self, start: Start, worker: Worker | None) -> None:
        """Keep how to start, and the worker that is warm already, if there is one."""
        self.start = start
        self.worker = worker
        self.is_idle = False
        self.is_leaving = False
        self.serving: asyncio.Task[None]


class Recogniser:
    """Recognise notes in worker processes; a worker that is lost is replaced."""

    def __init__(
        self,
        start: Start,
        *,
        workers: int = 2,
        timeout_seconds: float = 180.0,
        memory_mb: int = 1000,
    ) -> None:
        """Keep how to start; ``start`` is called in every worker, so it must be picklable.

        One note may take a worker ``timeout_seconds``, and the whole worker ``memory_mb``.
        """
        self.manifest: dict[str, Any] = {}
        self._start = start
        self._n_workers = workers
        self._limits = Limits(memory_mb, timeout_seconds)
        self._workers: set[Worker] = set()
        self._slots: list[_Slot] = []
        self._jobs: asyncio.Queue[_Job] = asyncio.Queue()
        self._changing = asyncio.Lock()
        # One more than there are workers: the one that is to take another's place.
        self._threads = ThreadPoolExecutor(workers + 1, thread_name_prefix="worker-pipe")

    @property
    def process_ids(self) -> set[int | None]:
        """Give the process ids of the workers that are there now."""
        return {worker.process_id for worker in self._workers}

    @property
    def is_ready(self) -> bool:
        """Tell whether a worker is there that has recognised its probe, and takes notes."""
        return any(worker.is_warm and worker.is_alive for worker in self._workers)

    async def __aenter__(self) -> Self:
        """Start the workers.

        Raises:
            SerError: whatever kept one from starting.
        """
        try:
            await self.open()
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(self, *_exception: object) -> None:
        """End the workers."""
        await self.close()

    async def open(self, start: Start | None = None) -> None:
        """Start the workers side by side, with ``start`` if it is given; wait until all are warm.

        Raises:
            SerError: whatever kept one from starting; it may be tried with another ``start``.
        """
        self._start = start or self._start
        in_thread = asyncio.get_running_loop().run_in_executor
        self._workers = {Worker(self._start, self._limits) for _ in range(self._n_workers)}
        try:
            for worker in self._workers:
                self.manifest = await in_thread(self._threads, worker.read_manifest)
        except BaseException:
            await asyncio.gather(*map(self._end, self._workers.copy()))
            raise
        for worker in self._workers:
            self._open_slot(self._start, worker)

    async def recognise(self, data: bytes, speaker: Speaker | None = None) -> Perception:
        """Give what a worker hears in a note; notes are taken in the order in which they come.

        ``speaker`` is what is known of whoever speaks in it.

        Raises:
            AudioError: if the note cannot be recognised.
            NoteError: if the bot could not do it.
        """
        if not self._slots:
            raise Stopping
        job = _Job(data, speaker, asyncio.get_running_loop().create_future())
        self._jobs.put_nowait(job)
        return await job.perception

    async def change(self, start: Start) -> None:
        """Put workers that start otherwise in the places of those that are there, one by one.

        Each is warm before the other one leaves, and that one answers its note first.

        Raises:
            SerError: whatever kept one from starting; all workers are then as before.
            OSError: the same, where the system has no room for one more process.
        """
        async with self._changing:
            manifest = self.manifest
            try:
                for slot in self._slots.copy():
                    worker, manifest = await self._warm_up(start)
                    self._open_slot(start, worker)
                    await self._leave(slot)
            except BaseException:
                await self._return()
                raise
            self._refuse_when_closed()
            self._start, self.manifest = start, manifest

    async def close(self) -> None:
        """End the workers; whoever still waits for a recognition gets `Stopping`."""
        slots, self._slots = self._slots, []
        for slot in slots:
            slot.serving.cancel()
        await asyncio.gather(*(slot.serving for slot in slots), return_exceptions=True)
        while not self._jobs.empty():
            self._jobs.get_nowait().settle(Stopping())
        await asyncio.gather(*map(self._end, self._workers.copy()))
        self._threads.shutdown()

    def _open_slot(self, start: Start, worker: Worker | None) -> None:
        """Have one more worker take notes; without one, as soon as there is one."""
        slot = _Slot(start, worker)
        slot.serving = asyncio.create_task(self._serve(slot))
        self._slots.append(slot)

    async def _warm_up(self, start: Start) -> tuple[Worker, dict[str, Any]]:
        """Give a new worker once it is warm, and its manifest."""
        self._refuse_when_closed()
        worker = Worker(start, self._limits)
        self._workers.add(worker)
        try:
            in_thread = asyncio.get_running_loop().run_in_executor
            manifest = await in_thread(self._threads, worker.read_manifest)
            self._refuse_when_closed()  # then nothing would end it any more
        except BaseException:
            await self._end(worker)
            raise
        return worker, manifest

    def _refuse_when_closed(self) -> None:
        """Let nothing begin when the bot is going down."""
        if not self._slots:
            raise Stopping

    async def _leave(self, slot: _Slot) -> None:
        """Let a slot answer the note that it has in hand, and end its worker."""
        slot.is_leaving = True
        if slot.is_idle:  # a note that was just put into its hand goes back in line
            slot.serving.cancel()
        await asyncio.wait({slot.serving})
        if slot in self._slots:  # else all slots were closed meanwhile
            self._slots.remove(slot)
        if slot.worker is not None:
            await self._end(slot.worker)

    async def _return(self) -> None:
        """Put workers that start as before in the places of those that start otherwise."""
        for slot in self._slots.copy():
            if slot.start is not self._start:
                self._open_slot(self._start, None)
                await self._leave(slot)

    async def _end(self, worker: Worker) -> None:
        """End a worker."""
        self._workers.discard(worker)
        await asyncio.to_thread(worker.end)

    async def _serve(self, slot: _Slot) -> None:
        """Give the worker of a slot its notes, one after the other; replace it when it is lost."""
        in_thread = asyncio.get_running_loop().run_in_executor
        while worker := await self._keep_alive(slot):
            slot.is_idle = True
            job = await self._jobs.get()
            slot.is_idle = False
            if not worker.is_alive:  # it died while it was idle: another one may be quicker
                self._jobs.put_nowait(job)
                continue
            try:
                if not job.perception.done():  # else whoever asked has gone
                    job.settle(await in_thread(self._threads, worker.listen, job.data, job.speaker))
            except WorkerDied as error:
                self._try_again(job, error)
            except SerError as error:
                job.settle(error)
            except BaseException:  # cancelled in the middle
                job.settle(Stopping())
                raise
            if worker.is_fat:
                _log.warning("worker keeps too much memory")
                await self._end(worker)

    def _try_again(self, job: _Job, error: WorkerDied) -> None:
        """Give a note whose worker died to another one, once: it may not have been the note."""
        if job.is_second:
            job.settle(error)
        else:
            _log.warning("worker died", exit_code=error.exit_code)
            self._jobs.put_nowait(job._replace(is_second=True))

    async def _keep_alive(self, slot: _Slot) -> Worker | None:
        """Give the worker of a slot or, however long it takes, a fresh one; None when it leaves."""
        in_thread = asyncio.get_running_loop().run_in_executor
        while not slot.is_leaving:
            if slot.worker is not None and slot.worker.is_alive:
                return slot.worker
            self._workers.discard(slot.worker)
            try:
                slot.worker = Worker(slot.start, self._limits)
                self._workers.add(slot.worker)
                await in_thread(self._threads, slot.worker.read_manifest)
                _log.warning("worker replaced")
            except (SerError, OSError) as error:  # the second: no memory, too many files
                _log.exception("worker not replaced", exc_info=error)
                await asyncio.sleep(_RETRY_SECONDS)
        return None
