"""I/O  Folders for what is written on the way; those of bots that were killed are swept away."""

from __future__ import annotations

import os
import re
from pathlib import Path
from shutil import rmtree
from tempfile import gettempdir, mkdtemp
from typing import Final

_NAME: Final = re.compile(r"ser-bot-([0-9]{1,9})-\w+")


def make_workplace() -> Path:
    """Give a new folder that nobody else may read; its name tells whose it is."""
    return Path(mkdtemp(prefix=f"ser-bot-{os.getpid()}-"))


def sweep() -> None:
    """Delete the folders of processes that are gone: they could not do so themselves."""
    for path in Path(gettempdir()).iterdir():
        found = _NAME.fullmatch(path.name)
        if found and not _is_running(int(found[1])):
            rmtree(path, ignore_errors=True)


def _is_running(process_id: int) -> bool:
    """Tell whether there is a process of that number, whoever's it is."""
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
