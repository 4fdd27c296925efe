"""Worker processes around the recognition: the event loop never waits for a processor.

Every worker is a process of its own with a pipe of its own, so that one that dies takes
only its note with it (a `concurrent.futures.ProcessPoolExecutor` breaks as a whole).
"""

from __future__ import annotations

import asyncio
import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple, Self, cast

import structlog

from bot.errors import Stopping, WorkerDied, WorkerTimeout
from bot.worker import work
from ser_core.errors import SerError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.worker import Hearing
    from ser_core.recognition import Recognition

_log = structlog.get_logger(__name__)

_START_SECONDS = 120.0
"""The longest that a worker may take to load and warm up, also on a slow machine."""
_RETRY_SECONDS = 1.0
"""The pause before a worker that could not be replaced is tried again."""
_GOODBYE_SECONDS = 2.0
"""How long an idle worker may take to leave before it is made to."""


class Worker:
    """Hold the bot's end of one worker process; the methods block, so they run in threads."""

    def __init__(self, start: Callable[[], Hearing]) -> None:
        """Start a process that calls ``start`` there and then waits for notes."""
        context = multiprocessing.get_context("spawn")  # a fork would copy the loop and its locks
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=work, args=(theirs, start), daemon=True)
        self._process.start()
        theirs.close()  # only the process holds that end now: when it dies, the pipe ends here
        self._is_listening = False

    @property
    def process_id(self) -> int | None:
        """Give the process id."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Tell whether the process is still there."""
        return self._process.is_alive()

    def read_manifest(self) -> dict[str, Any]:
        """Wait until the worker is warm; give the manifest of its model.

        Raises:
            SerError: whatever kept the worker from starting.
        """
        return cast("dict[str, Any]", self._receive(_START_SECONDS))

    def listen(self, data: bytes, timeout_seconds: float) -> Recognition:
        """Give the recognition of one note.

        Raises:
            AudioError: if the note cannot be recognised.
            NoteError: if the worker could not do it; after `WorkerDied` and `WorkerTimeout`
                the process is gone.
        """
        self._is_listening = True
        try:
            with suppress(BrokenPipeError, ConnectionResetError):  # then there is no answer either
                self._pipe.send(data)
            return cast("Recognition", self._receive(timeout_seconds))
        finally:
            self._is_listening = False

    def end(self) -> None:
        """End the process: an idle one leaves by itself, a busy one is made to."""
        if not self._is_listening:
            with suppress(OSError):
                self._pipe.send(None)
            self._process.join(_GOODBYE_SECONDS)
        self._process.kill()
        self._process.join()

    def _receive(self, timeout_seconds: float) -> object:
        """Give what the process sends; raise it if it is an error."""
        if not self._pipe.poll(timeout_seconds):
            self._process.kill()
            self._process.join()
            raise WorkerTimeout(timeout_seconds)
        try:
            outcome = self._pipe.recv()
        except (EOFError, OSError):  # the pipe ended before or within what was sent
            self._process.join()
            raise WorkerDied(self._process.exitcode) from None
        if isinstance(outcome, SerError):
            raise outcome
        return outcome


class _Job(NamedTuple):
    """Hold one note and the promise of its recognition."""

    data: bytes
    recognition: asyncio.Future[Recognition]

    def settle(self, outcome: Recognition | SerError) -> None:
        """Keep the promise, unless it was kept before or nobody waits for it any more."""
        if self.recognition.done():
            return
        if isinstance(outcome, SerError):
            self.recognition.set_exception(outcome)
        else:
            self.recognition.set_result(outcome)


class Recogniser:
    """Recognise notes in worker processes; a worker that is lost is replaced."""

    def __init__(
        self, start: Callable[[], Hearing], *, workers: int = 2, timeout_seconds: float = 180.0
    ) -> None:
        """Keep how to start; ``start`` is called in every worker, so it must be picklable."""
        self.manifest: dict[str, Any] = {}
        self._start = start
        self._n_workers = workers
        self._timeout_seconds = timeout_seconds
        self._workers: set[Worker] = set()
        self._slots: list[asyncio.Task[None]] = []
        self._jobs: asyncio.Queue[_Job] = asyncio.Queue()
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="worker-pipe")

    @property
    def process_ids(self) -> set[int | None]:
        """Give the process ids of the workers that are there now."""
        return {worker.process_id for worker in self._workers}

    async def __aenter__(self) -> Self:
        """Start the workers side by side and wait until all are warm.

        Raises:
            SerError: whatever kept one from starting.
        """
        in_thread = asyncio.get_running_loop().run_in_executor
        self._workers = {Worker(self._start) for _ in range(self._n_workers)}
        try:
            for worker in self._workers:
                self.manifest = await in_thread(self._threads, worker.read_manifest)
        except BaseException:
            await self.close()
            raise
        self._slots = [asyncio.create_task(self._serve(worker)) for worker in self._workers]
        return self

    async def __aexit__(self, *_exception: object) -> None:
        """End the workers."""
        await self.close()

    async def recognise(self, data: bytes) -> Recognition:
        """Give what a worker hears in a note; notes are taken in the order in which they come.

        Raises:
            AudioError: if the note cannot be recognised.
            NoteError: if the bot could not do it.
        """
        if not self._slots:
            raise Stopping
        job = _Job(data, asyncio.get_running_loop().create_future())
        self._jobs.put_nowait(job)
        return await job.recognition

    async def close(self) -> None:
        """End the workers; whoever still waits for a recognition gets `Stopping`."""
        slots, self._slots = self._slots, []
        for slot in slots:
            slot.cancel()
        await asyncio.gather(*slots, return_exceptions=True)
        while not self._jobs.empty():
            self._jobs.get_nowait().settle(Stopping())
        await asyncio.gather(*(asyncio.to_thread(worker.end) for worker in self._workers))
        self._workers.clear()
        self._threads.shutdown()

    async def _serve(self, worker: Worker) -> None:
        """Give one worker its notes, one after the other, and replace it when it is lost."""
        in_thread = asyncio.get_running_loop().run_in_executor
        while True:
            worker = await self._keep_alive(worker)
            job = await self._jobs.get()
            if not worker.is_alive:  # it died while it was idle: another one may be quicker
                self._jobs.put_nowait(job)
                continue
            try:
                if not job.recognition.done():  # else whoever asked has gone
                    arguments = job.data, self._timeout_seconds
                    job.settle(await in_thread(self._threads, worker.listen, *arguments))
            except SerError as error:
                job.settle(error)
            finally:
                job.settle(Stopping())  # cancelled in the middle

    async def _keep_alive(self, worker: Worker) -> Worker:
        """Give the worker back, or a fresh one in its place, however long that takes."""
        in_thread = asyncio.get_running_loop().run_in_executor
        while not worker.is_alive:
            self._workers.discard(worker)
            try:
                worker = Worker(self._start)
                self._workers.add(worker)
                await in_thread(self._threads, worker.read_manifest)
                _log.warning("worker replaced")
            except (SerError, OSError) as error:  # the second: no memory, too many files
                _log.exception("worker not replaced", exc_info=error)
                await asyncio.sleep(_RETRY_SECONDS)
        return worker
