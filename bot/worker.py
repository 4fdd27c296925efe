"""What runs inside a worker process: a note comes in, a recognition or an error goes out."""

from __future__ import annotations

import os
import signal
import threading
import traceback
from multiprocessing import parent_process
from typing import TYPE_CHECKING, Any, NamedTuple

from threadpoolctl import threadpool_limits

from bot.errors import RecognitionFailed
from ser_core.errors import SerError

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

    from ser_core.recognition import Recognition


class Hearing(NamedTuple):
    """Hold what a worker needs: how to listen, and the manifest of the model that does it."""

    listen: Callable[[bytes], Recognition]
    manifest: dict[str, Any]


def start_hearing(model_place: str, max_seconds: float) -> Hearing:
    """Load the model and recognise a probe, so that the first note meets everything warm.

    Raises:
        SetupError: if the model or the decoder is missing or unfit.
    """
    # The bot's own process imports this module too, and must not pay for what only workers use.
    from ser_core.decode import DecodeLimits  # noqa: PLC0415  see above
    from ser_core.pipeline import recognise  # noqa: PLC0415  see above
    from ser_core.store import load_model  # noqa: PLC0415  see above
    from ser_core.synthesis import encode_voice_note, speak  # noqa: PLC0415  see above

    model = load_model(model_place)
    limits = DecodeLimits(max_seconds=max_seconds)
    recognise(encode_voice_note(speak()), model, limits)
    return Hearing(lambda data: recognise(data, model, limits), dict(model.manifest))


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
    while (data := pipe.recv()) is not None:
        pipe.send(_hear(hearing, data))


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


def _hear(hearing: Hearing, data: bytes) -> Recognition | SerError:
    """Give the recognition of one note, or the error that stands in its place."""
    try:
        return hearing.listen(data)
    except Exception as error:  # noqa: BLE001  one bad note must not end the worker
        return _name_error(error)


def _name_error(error: Exception) -> SerError:
    """Give an error that survives the way between processes."""
    if isinstance(error, SerError):
        return error
    return RecognitionFailed("".join(traceback.format_exception(error)))
