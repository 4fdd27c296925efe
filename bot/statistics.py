"""VALUE  How much the bot is used, how fast it answers, and how often people agree with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import date


class Day(NamedTuple):
    """Hold what happened on one day, in UTC; ``n_right`` counts among ``n_opinions``."""

    day: date
    n_notes: int
    n_opinions: int
    n_right: int


class Latency(NamedTuple):
    """Hold percentiles of the seconds from a note's arrival to its answer."""

    p50: float
    p90: float
    p95: float
    p99: float


@dataclass(frozen=True, slots=True)
class Statistics:
    """Hold the figures of some days, the last of them today; ``latency`` is None without notes.

    ``n_people`` counts who spoke in these notes, ``n_groups`` the groups that are listened to,
    ``n_consents`` who lets the bot learn, ``n_lessons`` what it may learn from.
    """

    days: tuple[Day, ...]
    n_notes: int
    n_people: int
    n_groups: int
    n_consents: int
    n_lessons: int
    latency: Latency | None
