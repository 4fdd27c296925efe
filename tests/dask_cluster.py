"""A Dask cluster of processes on this machine."""

from __future__ import annotations

import copyreg
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import distributed
from ports import find_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_QUIET = ("--no-dashboard", "--host", "127.0.0.1")
_PATIENCE_SECONDS = 60


# Dask has all errors pickled in a way of its own, as soon as it is imported. Other tests do not.
for _kind, _reduce in list(copyreg.dispatch_table.items()):
    if _reduce.__module__.startswith("tblib"):
        del copyreg.dispatch_table[_kind]


@contextmanager
def run_dask(folder: Path, n_workers: int) -> Iterator[str]:
    """Run a scheduler and workers, whose working directory is a folder, and give the address."""
    port = find_port()
    address = f"tcp://127.0.0.1:{port}"
    worker = ("worker", address, "--nthreads", "1", "--no-nanny", *_QUIET)
    commands = [("scheduler", "--port", str(port), *_QUIET), *(worker for _ in range(n_workers))]
    with (folder / "log").open("w") as log:
        processes = [
            subprocess.Popen(  # noqa: S603 - our own
                [sys.executable, "-m", "dask", *command], cwd=folder, stdout=log, stderr=log
            )
            for command in commands
        ]
        try:
            _wait_for(address, n_workers)
            yield address
        finally:
            for process in processes:
                process.kill()
            for process in processes:
                process.wait()


def _wait_for(address: str, n_workers: int) -> None:
    """Wait until the scheduler answers and has its workers."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            with distributed.Client(address, timeout=1, set_as_default=False) as client:
                client.wait_for_workers(n_workers, timeout=_PATIENCE_SECONDS)
                return
        except OSError:
            if time.monotonic() > end:
                raise
