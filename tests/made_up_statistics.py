"""Figures of a bot that is made up."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from bot.statistics import Day, Latency, Statistics

if TYPE_CHECKING:
    from collections.abc import Mapping

FIRST = date(2026, 3, 1)
LATENCY = Latency(0.62, 1.4, 1.9, 4.4)


def make_statistics(
    notes: Mapping[int, int] | None = None,
    opinions: Mapping[int, tuple[int, int]] | None = None,
    *,
    n_days: int = 30,
    latency: Latency | None = LATENCY,
) -> Statistics:
    """Give the figures of some days, on all of which something happened unless it is told when.

    ``notes`` has their number by the number of the day, ``opinions`` how many agreed of how many.
    """
    if notes is None:
        notes = {day: 20 + 7 * (day % 5) for day in range(n_days)}
    if opinions is None:
        opinions = dict.fromkeys(range(n_days), (3, 4))
    days = []
    for number in range(n_days):
        n_right, n_opinions = opinions.get(number, (0, 0))
        day = FIRST + timedelta(days=number)
        days.append(Day(day, notes.get(number, 0), n_opinions, n_right))
    return Statistics(
        days=tuple(days),
        n_notes=sum(notes.values()),
        n_people=56,
        n_groups=7,
        n_consents=19,
        n_lessons=184,
        latency=latency,
    )
