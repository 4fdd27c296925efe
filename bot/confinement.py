"""What a worker process may use up: memory, processor time, files; and how much of it it does.

::

    bot ── watches the memory of ──> worker ──> ffmpeg        one process group: they end together
                                     └─ limits that the kernel keeps ─┘

A stranger's bytes are decoded there. The kernel's limits are hard, but know neither of two
processes together nor of one note; so the bot looks as well. Where there is no ``/proc``, as on
macOS, nobody can look, and the kernel's limits, as far as it keeps them, must do.
"""

from __future__ import annotations

import ctypes
import importlib.abc
import os
import resource
import signal
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from math import ceil
from multiprocessing import parent_process
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

_MEGABYTE: Final = 2**20
_PAGE_BYTES: Final = resource.getpagesize()

_MAX_FILES: Final = 48
"""File numbers that a worker may have, and its ffmpeg. Those that are there when it is warm, the
copy of a recording, and both ends of the pipes of an ffmpeg take about twenty."""

_SPARE_MB: Final = 40
"""So much more than when it was warm a worker may keep from one note to the next."""

_MAX_FILE_BYTES: Final = 32 * _MEGABYTE
"""The largest file that may be written: a recording of 20 MB is copied once for ffmpeg."""

_NO_NEW_PRIVILEGES: Final = 38
"""What prctl is to set. Source: Linux, include/uapi/linux/prctl.h (PR_SET_NO_NEW_PRIVS)."""

_NEEDLESS: Final = frozenset({"dask", "pandas", "pyarrow", "torch"})
"""scikit-learn loads these where they are installed: 200 MB for each worker, and for no note."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Hold what a worker may use: resident memory, ffmpeg's included, and time for one note."""

    memory_mb: int = 1000
    timeout_seconds: float = 180.0


class _Absence(importlib.abc.MetaPathFinder):
    """Have modules that are not needed look as if they were not installed."""

    def find_spec(
        self, name: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> None:
        """Refuse what is not needed; know nothing of anything else."""
        if name in _NEEDLESS:
            message = f"no worker needs {name}"
            raise ModuleNotFoundError(message, name=name)


def enter_confinement() -> None:
    """Begin a process group that ends as a whole, gains no rights, and loads nothing needless."""
    os.setpgid(0, 0)
    with suppress(AttributeError):  # only Linux has it
        ctypes.CDLL(None).prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    sys.meta_path.insert(0, _Absence())


def close_confinement(limits: Limits) -> float:
    """Have the kernel keep the limits of this process, which is warm, and of all that it starts.

    Give the memory that it has, in MB; 0 where nobody knows.

    Nothing that is written when a process crashes shall hold anybody's voice; nor does the log
    fill with what decoders have to say of garbage. What matters goes through the pipe.
    """
    _say_no_more()
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, _MAX_FILE_BYTES)
    _lower(resource.RLIMIT_NOFILE, _MAX_FILES)
    with suppress(OSError):  # no /proc
        *_, data_pages, _ = _read_memory(os.getpid())
        memory_mb = measure_memory_mb(os.getpid())
        spare_mb = max(limits.memory_mb - memory_mb, 0.0)
        _lower(resource.RLIMIT_DATA, data_pages * _PAGE_BYTES + int(spare_mb * _MEGABYTE))
        return memory_mb
    return 0.0


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
        if os.getpgrp() == os.getpid():
            kill_group(os.getpid())
        os._exit(1)


def allow_processor_time(seconds: float) -> None:
    """Have the kernel end this process when it has computed so much longer."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    allowed = ceil(usage.ru_utime + usage.ru_stime + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (allowed, hard))


def return_memory(usual_mb: float) -> None:
    """Give the kernel back what a long note took; glibc alone keeps what lies scattered.

    It would slow short notes down to do it after each.
    """
    with suppress(OSError, AttributeError):  # no /proc, or another C library
        if measure_memory_mb(os.getpid()) > usual_mb + _SPARE_MB:
            ctypes.CDLL(None).malloc_trim(0)


def measure_memory_mb(process_id: int) -> float:
    """Give the resident memory of a process and of those that it started, in MB.

    Raises:
        OSError: where that cannot be known: no /proc, or the process is gone.
    """
    _, resident_pages, *_ = _read_memory(process_id)
    for child in _list_children(process_id):
        with suppress(OSError):  # it may have ended meanwhile
            resident_pages += _read_memory(child)[1]
    return resident_pages * _PAGE_BYTES / _MEGABYTE


def kill_group(process_id: int) -> None:
    """End the process group that a worker leads; it outlives a worker that was killed alone."""
    with suppress(ProcessLookupError, PermissionError):  # nobody is left in it
        os.killpg(process_id, signal.SIGKILL)


def _say_no_more() -> None:
    """Have nothing appear any more of what is written on output and errors."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)


def _lower(kind: int, most: int) -> None:
    """Set a limit that cannot be raised again; a lower one stays."""
    _, hard = resource.getrlimit(kind)
    if hard == resource.RLIM_INFINITY or hard > most:
        with suppress(ValueError, OSError):  # macOS refuses some
            resource.setrlimit(kind, (most, most))


def _read_memory(process_id: int) -> tuple[int, ...]:
    """Give the pages of a process: size, resident, shared, text, library, data, dirty."""
    fields = Path(f"/proc/{process_id}/statm").read_text()
    return tuple(map(int, fields.split()))


def _list_children(process_id: int) -> list[int]:
    """Give the processes that the first thread of a process has started; only that one does."""
    path = Path(f"/proc/{process_id}/task/{process_id}/children")
    try:
        return [int(child) for child in path.read_text().split()]
    except OSError:
        return []
