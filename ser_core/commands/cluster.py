"""Work on several machines: what joblib does in parallel goes to the workers of a Dask cluster."""

from __future__ import annotations

import platform
import re
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

import joblib

from ser_core.errors import ClusterUnusable, ExtraMissing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from concurrent.futures import Future

TIMEOUT_SECONDS: Final = 3.0

_DASK: Final = "distributed"

_ADDRESS: Final = re.compile(r"(tcp|tls|ws|wss|ucx)://[^/\s]+:\d+")

_PACKAGES: Final = ("speech-emotion-recogniser", "joblib", "numpy", "scikit-learn", "scipy")
"""With another version of one of these a worker may measure something else."""


@contextmanager
def use_cluster(address: str | None) -> Iterator[None]:
    """Send what joblib does in parallel to the workers of the scheduler there, if an address.

    The number of processes that anybody asks for then says nothing: all of the workers work.
    A cluster on which the same figures could not be promised is refused.

    Raises:
        ExtraMissing: if Dask is not installed.
        ClusterUnusable: if no scheduler answers, or its workers cannot be used.
    """
    if address is None:
        yield
        return
    try:
        distributed = import_module(_DASK)
    except ModuleNotFoundError as error:
        raise ExtraMissing(_DASK, "cluster") from error
    with _connect(distributed, address) as client:
        _check_workers(address, client)
        with joblib.parallel_config(backend=_make_backend(client)):
            yield


def describe_software() -> dict[str, str]:
    """Give the versions of what figures depend on, in this process."""
    return {"Python": platform.python_version()} | {name: version(name) for name in _PACKAGES}


def _connect(distributed: Any, address: str) -> Any:  # noqa: ANN401 - Dask publishes no types
    """Give a client, or say soon that nobody answers."""
    if not _ADDRESS.fullmatch(address):
        reason = "an address looks like tcp://192.168.0.5:8786"
        raise ClusterUnusable(address, reason)
    try:
        return distributed.Client(address, timeout=TIMEOUT_SECONDS, set_as_default=False)
    except OSError as error:
        reason = f"no scheduler answers within {TIMEOUT_SECONDS:g} seconds"
        raise ClusterUnusable(address, reason) from error


def _check_workers(address: str, client: Any) -> None:  # noqa: ANN401 - as above
    """Make sure that there are workers, and that each works as this process would."""
    n_threads: Mapping[str, int] = client.nthreads()
    if not n_threads:
        reason = f"it has no workers; start some with: dask worker {address} --nthreads 1"
        raise ClusterUnusable(address, reason)
    for worker, n in n_threads.items():
        if n > 1:
            reason = (
                f"the worker {worker} has {n} threads, which disturb each other's arithmetic; "
                f"start it with --nthreads 1 (and --nworkers {n})"
            )
            raise ClusterUnusable(address, reason)
    ours = describe_software()
    try:
        found = _ask_workers(client)
    except Exception as error:  # whatever a worker without this package answers
        reason = f"a worker cannot run this package: {error}"
        raise ClusterUnusable(address, reason) from error
    for worker, theirs in found.items():
        for name, wanted in ours.items():
            if theirs[name] != wanted:
                reason = f"the worker {worker} has {name} {theirs[name]}; this process has {wanted}"
                raise ClusterUnusable(address, reason)


def _ask_workers(client: Any) -> Mapping[str, Mapping[str, str]]:  # noqa: ANN401 - as above
    """Give what each worker says of its software, by its address."""
    found: Mapping[str, Mapping[str, str]] = client.run(describe_software)
    return found


def _make_backend(client: Any) -> Any:  # noqa: ANN401 - as above
    """Give joblib's backend, which also tells of a task that a worker could not begin or end.

    joblib 1.6 is told of results alone, and would wait for ever for that of a worker that died.
    """
    backend = import_module("joblib._dask").DaskDistributedBackend

    class Backend(backend):  # type: ignore[misc, valid-type]
        def submit(self, func: Any, callback: Callable[[Any], None]) -> Future[Any]:  # noqa: ANN401
            future: Future[Any] = super().submit(func, callback)
            future.add_done_callback(partial(_tell_failure, callback))
            return future

    return Backend(client=client)


def _tell_failure(tell: Callable[[Any], None], done: Future[Any]) -> None:
    """Tell joblib what a task failed with, as if that were its result: joblib then raises it."""
    error = done.exception()
    if error is not None:
        tell(error)
