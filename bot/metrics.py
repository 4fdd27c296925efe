"""What a replica counts of itself, for Prometheus; numbers only, never a person, text or file.

Names follow https://prometheus.io/docs/practices/naming/. The queue is in the database that all
replicas share, so each of them shows the same one; everything else is of this replica alone.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Stage: TypeAlias = Literal["waiting", "downloading", "listening", "answering", "whole"]
"""What takes the time of a note: its turn to come, Telegram, a worker, Telegram again; and all."""

CONTENT_TYPE: Final = CONTENT_TYPE_PLAIN_0_0_4

_EVENTS: Final = ("received", "duplicate", "retried", "refused", "dropped", "taken over")
_BUCKETS_SECONDS: Final = (
    *(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0),
    *(10.0, 30.0, 60.0, 120.0, 300.0),
)
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z_ ]{0,39}")
_MAX_VALUES: Final = 64
_OTHER: Final = "other"

# Each counter would have a second series, with the time when it was made.
disable_created_metrics()  # type: ignore[no-untyped-call]  # the library gives it no types


class _Words:
    """Let so many words through as values of a label; whatever else comes is ``other``.

    Each value is a series that Prometheus keeps, and a number in one may be somebody's.
    """

    def __init__(self) -> None:
        """Know no word yet."""
        self._known: set[str] = set()

    def bound(self, value: str) -> str:
        """Give the value, or ``other`` for what is no word or one word too many."""
        if value not in self._known:
            if len(self._known) >= _MAX_VALUES or not _WORD.fullmatch(value):
                return _OTHER
            self._known.add(value)
        return value


class Metrics:
    """Count what a replica does, in a registry of its own."""

    def __init__(self) -> None:
        """Begin at zero, with all series that are known beforehand: a rate needs a first value."""
        self._registry = CollectorRegistry()
        self._words = {name: _Words() for name in ("outcome", "event", "method", "kind")}
        ProcessCollector(registry=self._registry)
        self._make_counters(partial(Counter, registry=self._registry))
        self._make_gauges(partial(Gauge, registry=self._registry))
        self._stages = Histogram(
            "ser_note_stage_seconds",
            "How long the stages of a note take.",
            ["stage"],
            buckets=_BUCKETS_SECONDS,
            registry=self._registry,
        )
        for stage in get_args(Stage):
            self._stages.labels(stage)

    def _make_counters(self, make: Callable[..., Counter]) -> None:
        """Make what only grows."""
        self._notes = make("ser_notes", "Notes that are done with, by outcome.", ["outcome"])
        self._updates = make("ser_updates", "What became of updates on the way in.", ["event"])
        self._telegram_errors = make(
            "ser_telegram_errors", "Calls of the Bot API that failed.", ["method", "kind"]
        )
        self._notes.labels(self._words["outcome"].bound("recognised"))
        for event in _EVENTS:
            self.count_update(event, 0)

    def _make_gauges(self, make: Callable[..., Gauge]) -> None:
        """Make what goes up and down."""
        self._queue = make("ser_queue_notes", "Unanswered notes of all replicas.", ["state"])
        self._oldest = make("ser_queue_oldest_seconds", "Age of the oldest unanswered note.")
        self._workers = make("ser_workers", "Processes that can listen now.")
        self._ready = make("ser_ready", "Whether a part of the bot was well.", ["part"])
        self._model = Info("ser_model", "The model that answers.", registry=self._registry)

    def count_note(self, outcome: str) -> None:
        """Count a note that is done with: ``recognised``, or the name of an error's class."""
        self._notes.labels(self._words["outcome"].bound(outcome)).inc()

    def observe(self, stage: Stage, seconds: float) -> None:
        """Count what a stage of a note took."""
        self._stages.labels(stage).observe(seconds)

    def count_telegram_error(self, method: str, kind: str) -> None:
        """Count a call of the Bot API that failed, and how: the name of the error's class."""
        bounded = self._words["method"].bound(method), self._words["kind"].bound(kind)
        self._telegram_errors.labels(*bounded).inc()

    def count_update(self, event: str, n: int = 1) -> None:
        """Count what became of updates on the way in."""
        self._updates.labels(self._words["event"].bound(event)).inc(n)

    def show(
        self,
        *,
        n_waiting: int,
        n_working: int,
        oldest_seconds: float,
        n_workers: int,
        model_id: str,
    ) -> None:
        """Set what goes up and down."""
        self._queue.labels("waiting").set(n_waiting)
        self._queue.labels("working").set(n_working)
        self._oldest.set(oldest_seconds)
        self._workers.set(n_workers)
        self._model.info({"model": model_id})

    def show_health(self, health: Mapping[str, bool]) -> None:
        """Set which parts are well."""
        for part, is_well in health.items():
            self._ready.labels(part).set(is_well)

    def render(self) -> bytes:
        """Give all of it in Prometheus' text format."""
        return generate_latest(self._registry)
