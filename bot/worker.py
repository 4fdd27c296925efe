"""A worker process, seen from both ends: a note goes in, what is heard in it or an error comes out.

`Worker` is the bot's end of the pipe, `work` the other one.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import traceback
from contextlib import suppress
from multiprocessing import parent_process
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from threadpoolctl import threadpool_limits

from bot.errors import RecognitionFailed, WorkerDied, WorkerTimeout
from ser_core.errors import SerError

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

    from ser_core.speaker import Perception, Speaker

_START_SECONDS: Final = 120.0
"""The longest that a worker may take to load and warm up, also on a slow machine."""
_GOODBYE_SECONDS: Final = 2.0
"""How long an idle worker may take to leave before it is made to."""


class Hearing(NamedTuple):
    """Hold what a worker needs: how to listen, and the manifest of the model that does it."""

    listen: Callable[[bytes, Speaker | None], Perception]
    manifest: dict[str, Any]


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

    def listen(self, data: bytes, speaker: Speaker | None, timeout_seconds: float) -> Perception:
        """Give what is heard in one note; ``speaker`` is what is known of whoever speaks in it.

        Raises:
            AudioError: if the note cannot be recognised.
            NoteError: if the worker could not do it; after `WorkerDied` and `WorkerTimeout`
                the process is gone.
        """
        self._is_listening = True
        try:
            with suppress(BrokenPipeError, ConnectionResetError):  # then there is no answer either
                self._pipe.send((data, speaker))
            return cast("Perception", self._receive(timeout_seconds))
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


def work(pipe: Connection, start: Callable[[], Hearing]) -> None:
    """Send the manifest, or why there is none; then answer notes until told to leave."""
    mind_the_parent()
    try:
        hearing = start()
    except Exception as error:  # noqa: BLE001  whatever it is, the bot's process must hear of it
        pipe.send(_name_error(error))
        return
    threadpool_limits(1)  # the workers share the cores; threads of one would slow the others
    pipe.send(hearing.manifest)
    while (note := pipe.recv()) is not None:
        pipe.send(_hear(hearing, *note))


def mind_the_parent() -> None:
    """Leave the signals to the bot's process, and never outlive it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    threading.Thread(target=_follow_parent, daemon=True).start()


def _follow_parent() -> None:
    """End this process as soon as the parent has ended, even in the middle of a note."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _hear(hearing: Hearing, data: bytes, speaker: Speaker | None) -> Perception | SerError:
    """Give what is heard in one note, or the error that stands in its place."""
    try:
        return hearing.listen(data, speaker)
    except Exception as error:  # noqa: BLE001  one bad note must not end the worker
        return _name_error(error)


def _name_error(error: Exception) -> SerError:
    """Give an error that survives the way between processes."""
    if isinstance(error, SerError):
        return error
    return RecognitionFailed("".join(traceback.format_exception(error)))
