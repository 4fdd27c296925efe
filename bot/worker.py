"""A worker process, seen from both ends: a note goes in, what is heard in it or an error comes out.

`Worker` is the bot's end of the pipe, `work` the other one.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import struct
import time
import traceback
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from threadpoolctl import threadpool_limits

from bot.confinement import (
    Limits,
    allow_processor_time,
    close_confinement,
    enter_confinement,
    kill_group,
    measure_memory_mb,
    mind_the_parent,
    return_memory,
)
from bot.errors import RecognitionFailed, WorkerBloated, WorkerDied, WorkerTimeout
from bot.unpacking import MAX_BYTES, unpack
from ser_core.errors import SerError

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

    from bot.errors import NoteError
    from ser_core.speaker import Perception, Speaker

_DEFAULT_LIMITS: Final = Limits()
_START_SECONDS: Final = 120.0
"""The longest that a worker may take to load and warm up, also on a slow machine."""
_GOODBYE_SECONDS: Final = 2.0
"""How long an idle worker may take to leave before it is made to."""
_STALL_SECONDS: Final = 30
"""How long a worker may stop in the middle of taking a note, or of giving an answer."""
_WATCH_SECONDS: Final = 0.1
"""How often the bot looks at the memory of a worker that listens."""


class Hearing(NamedTuple):
    """Hold what a worker needs: how to listen, and the manifest of the model that does it."""

    listen: Callable[[bytes, Speaker | None], Perception]
    manifest: dict[str, Any]


class Worker:
    """Hold the bot's end of one worker process; the methods block, so they run in threads."""

    def __init__(self, start: Callable[[], Hearing], limits: Limits = _DEFAULT_LIMITS) -> None:
        """Start a process that calls ``start`` there and then waits for notes, within limits."""
        context = multiprocessing.get_context("spawn")  # a fork would copy the loop and its locks
        self._pipe, theirs = context.Pipe()
        _let_time_out(self._pipe)
        self._process = context.Process(target=work, args=(theirs, start, limits), daemon=True)
        self._process.start()
        theirs.close()  # only the process holds that end now: when it dies, the pipe ends here
        self._limits = limits
        self._most_mb_idle = float(limits.memory_mb)
        self.is_warm = False
        """Whether it has recognised its probe."""
        self._is_listening = False

    @property
    def process_id(self) -> int | None:
        """Give the process id."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Tell whether the process is still there."""
        return self._process.is_alive()

    @property
    def is_fat(self) -> bool:
        """Tell whether the process has kept so much that its next note may take it to the limit."""
        return self._measure_memory_mb() > self._most_mb_idle

    def read_manifest(self) -> dict[str, Any]:
        """Wait until the worker is warm; give the manifest of its model.

        Raises:
            SerError: whatever kept the worker from starting.
        """
        manifest = cast("dict[str, Any]", self._receive(_START_SECONDS))
        self._refuse_bloat()
        self._most_mb_idle = (self._measure_memory_mb() + self._limits.memory_mb) / 2
        self.is_warm = True
        return manifest

    def listen(self, data: bytes, speaker: Speaker | None) -> Perception:
        """Give what is heard in one note; ``speaker`` is what is known of whoever speaks in it.

        Raises:
            AudioError: if the note cannot be recognised.
            NoteError: if the worker could not do it; after `WorkerDied`, `WorkerTimeout` and
                `WorkerBloated` the process is gone.
        """
        self._is_listening = True
        try:
            # A process that has died takes nothing; nor does it answer.
            with suppress(BrokenPipeError, ConnectionResetError):
                self._pipe.send((data, speaker))
            return cast("Perception", self._receive(self._limits.timeout_seconds))
        except BlockingIOError:  # it takes nothing, or has stopped in the middle of its answer
            self._kill()
            raise WorkerTimeout(_STALL_SECONDS) from None
        finally:
            self._is_listening = False

    def end(self) -> None:
        """End the process: an idle one leaves by itself, a busy one is made to."""
        if not self._is_listening:
            with suppress(OSError):
                self._pipe.send(None)
            self._process.join(_GOODBYE_SECONDS)
        self._kill()

    def _kill(self) -> None:
        """End the process and whatever it has started."""
        kill_group(cast("int", self._process.pid))
        self._process.kill()  # it may not lead its group yet
        self._process.join()

    def _receive(self, timeout_seconds: float) -> object:
        """Give what the process sends; raise it if it is an error."""
        deadline = time.monotonic() + timeout_seconds
        while not self._pipe.poll(min(_WATCH_SECONDS, max(deadline - time.monotonic(), 0.0))):
            if time.monotonic() >= deadline:
                self._kill()
                raise WorkerTimeout(timeout_seconds)
            self._refuse_bloat()
        try:
            outcome = unpack(self._pipe.recv_bytes(MAX_BYTES))
        except BlockingIOError:
            raise
        except (EOFError, OSError):  # the pipe ended before or within what was sent
            self._kill()
            raise self._explain_death() from None
        except ValueError as error:  # whoever sends that is no worker of ours any more
            self._kill()
            raise RecognitionFailed(str(error)) from None
        if isinstance(outcome, SerError):
            raise outcome
        return outcome

    def _refuse_bloat(self) -> None:
        """End the process if it has more memory than it may have, and raise WorkerBloated."""
        if self._measure_memory_mb() > self._limits.memory_mb:
            self._kill()
            raise WorkerBloated(self._limits.memory_mb)

    def _explain_death(self) -> NoteError:
        """Give the error that says why the process has ended."""
        if self._process.exitcode == -signal.SIGXCPU:
            return WorkerTimeout(self._limits.timeout_seconds)
        return WorkerDied(self._process.exitcode)

    def _measure_memory_mb(self) -> float:
        """Give the memory that the process and its ffmpeg have now; 0 where nobody knows."""
        try:
            return measure_memory_mb(cast("int", self._process.pid))
        except OSError:
            return 0.0


def _let_time_out(pipe: Connection) -> None:
    """Have writing and reading fail when the other end stops in the middle for too long."""
    with socket.socket(fileno=os.dup(pipe.fileno())) as end:
        for option in (socket.SO_SNDTIMEO, socket.SO_RCVTIMEO):
            end.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", _STALL_SECONDS, 0))


def start_hearing(model_place: str, max_seconds: float) -> Hearing:
    """Load the model and listen to a probe, so that the first note meets everything warm.

    Raises:
        SetupError: if the model or the decoder is missing or unfit.
    """
    # The bot's own process imports this module too, and must not pay for what only workers use.
    from ser_core.decode import DecodeLimits  # noqa: PLC0415  see above
    from ser_core.pipeline import listen  # noqa: PLC0415  see above
    from ser_core.store import load_model  # noqa: PLC0415  see above
    from ser_core.synthesis import encode_voice_note, speak  # noqa: PLC0415  see above

    model = load_model(model_place)
    limits = DecodeLimits(max_seconds=max_seconds)
    listen(encode_voice_note(speak()), model, limits)

    def hear(data: bytes, speaker: Speaker | None) -> Perception:
        return listen(data, model, limits, speaker=speaker)

    return Hearing(hear, dict(model.manifest))


def work(pipe: Connection, start: Callable[[], Hearing], limits: Limits | None = None) -> None:
    """Send the manifest, or why there is none; then answer notes until told to leave.

    A process of its own, which it leads and confines, is wherever there are ``limits``.
    """
    if limits:
        enter_confinement()
    mind_the_parent()
    try:
        hearing = start()
    except Exception as error:  # noqa: BLE001  whatever it is, the bot's process must hear of it
        pipe.send(_name_error(error, limits))
        return
    threadpool_limits(1)  # the workers share the cores; threads of one would slow the others
    usual_mb = close_confinement(limits) if limits else 0.0
    pipe.send(hearing.manifest)
    while (note := pipe.recv()) is not None:
        if limits:
            allow_processor_time(limits.timeout_seconds)
        pipe.send(_hear(hearing, limits, *note))
        note = None  # its bytes may go
        if limits:
            return_memory(usual_mb)


def _hear(
    hearing: Hearing, limits: Limits | None, data: bytes, speaker: Speaker | None
) -> Perception | SerError:
    """Give what is heard in one note, or the error that stands in its place."""
    try:
        return hearing.listen(data, speaker)
    except Exception as error:  # noqa: BLE001  one bad note must not end the worker
        return _name_error(error, limits)


def _name_error(error: Exception, limits: Limits | None) -> SerError:
    """Give an error that survives the way between processes."""
    if isinstance(error, SerError):
        return error
    if limits and isinstance(error, MemoryError):
        return WorkerBloated(limits.memory_mb)
    return RecognitionFailed("".join(traceback.format_exception(error)))
