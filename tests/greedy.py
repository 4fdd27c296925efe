"""What workers listen with that take more than they may: the bytes of a note say of what."""

from __future__ import annotations

import importlib
import mmap
import os
import resource
import time
from pathlib import Path
from typing import TYPE_CHECKING, cast

import hearings
import numpy as np

from bot.worker import Hearing
from ser_core import convert as lane
from ser_core.speaker import Perception

if TYPE_CHECKING:
    from ser_core.speaker import Speaker

STEP_MB = 20
_kept: list[object] = []


def start(_place: str = "default") -> Hearing:
    """Be ready at once."""
    return Hearing(_listen, hearings.MANIFEST)


def start_fat(_place: str = "default") -> Hearing:
    """Take half a gigabyte before being ready."""
    _kept.append(np.ones(500 * 2**20, np.uint8))
    return start()


def _listen(data: bytes, _speaker: Speaker | None) -> Perception:
    """Do what the note says; how much of it was possible is the duration of the recognition."""
    command, _, argument = data.decode().partition(" ")
    if command == "trick":
        return cast("Perception", _Trick(argument))
    if command == "flood":
        return cast("Perception", bytes(int(argument) * 2**20))
    amount = _COMMANDS[command](argument)
    return Perception(hearings.make_recognition(seconds=float(amount)), hearings.make_impression())


class _Trick:
    """Have whoever unpacks this make a folder."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (self.folder,)


def _swell(megabytes: str) -> int:
    """Take memory bit by bit."""
    taken = []
    for _ in range(0, int(megabytes), STEP_MB):
        taken.append(np.ones(STEP_MB * 2**20, np.uint8))
        time.sleep(0.02)
    return len(taken) * STEP_MB


def _share(megabytes: str) -> int:
    """Take memory that the kernel does not count as a process's own data."""
    shared = mmap.mmap(-1, int(megabytes) * 2**20)
    for _ in range(int(megabytes)):
        shared.write(b"x" * 2**20)
    time.sleep(5)
    return int(megabytes)


def _grab(megabytes: str) -> int:
    """Take memory all at once."""
    return np.ones(int(megabytes) * 2**20, np.uint8).size


def _keep(megabytes: str) -> int:
    """Take memory and keep it."""
    _kept.append(np.ones(int(megabytes) * 2**20, np.uint8))
    return int(megabytes)


def _open(_argument: str) -> int:
    """Open the same file until that is refused; give the highest number that a file had."""
    opened = []
    try:
        while True:
            opened.append(os.open(os.devnull, os.O_RDONLY))
    except OSError:
        return max(opened)
    finally:
        for number in opened:
            os.close(number)


def _write(path: str) -> int:
    """Write a file until that is refused; give how many megabytes it has."""
    with Path(path).open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(2**20))
        except OSError:
            return file.tell() // 2**20


def _spin(_argument: str) -> int:
    """Compute for ever."""
    while True:
        pass


def _mutter(_argument: str) -> int:
    """Write on output and errors, as a decoder in C does."""
    os.write(1, b"muttering on output\n")
    return os.write(2, b"muttering on errors\n")


def _import(module: str) -> int:
    """Import a module; give whether it is there."""
    try:
        importlib.import_module(module)
    except ModuleNotFoundError:
        return 0
    return 1


def _dump(_argument: str) -> int:
    """Give how large a core may be."""
    return max(resource.getrlimit(resource.RLIMIT_CORE))


def _rise(_argument: str) -> int:
    """Give whether programs that are started may have more rights."""
    status = Path("/proc/self/status").read_text()
    return 1 - int(status.partition("NoNewPrivs:")[2].split()[0])


def _convert(folder: str) -> int:
    """Read something with the ffmpeg in a folder, if one stands in for the real one there."""
    script = Path(folder, "ffmpeg")
    if script.exists():
        lane._find_ffmpeg = lambda: str(script)
    data = Path(folder, "recording").read_bytes()
    return lane.convert(data, max_seconds=36_000, deadline=time.monotonic() + 60).size


_COMMANDS = {
    "swell": _swell,
    "share": _share,
    "grab": _grab,
    "keep": _keep,
    "open": _open,
    "write": _write,
    "spin": _spin,
    "mutter": _mutter,
    "import": _import,
    "dump": _dump,
    "rise": _rise,
    "convert": _convert,
}
