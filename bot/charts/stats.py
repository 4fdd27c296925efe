"""PURE  The picture of statistics: notes a day, how often people agree, how long answers take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from bot.charts.paper import INNER, MARGIN, Box, Letters, Paper
from bot.charts.parts import (
    DOT,
    HEADING_HEIGHT,
    ROUND,
    draw_dot,
    draw_rows,
    measure_rows,
    write_heading,
    write_ticks,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.charts.labels import StatsLabels, Theme
    from bot.statistics import Day, Statistics

_WEEK_DAYS: Final = 7
"""Over so many days agreement is counted: a few taps a day say little."""
_FILLED: Final = 0.72
"""The share of a day that its bar fills."""
_LINE: Final = 4.0
_PALE: Final = 0.35
_WORDS: Final = 38.0
"""From the words above a chart to the chart."""
_CHART_HEIGHT: Final = 150.0
_SCALE_GAP: Final = 16.0

_NOTES: Final = HEADING_HEIGHT + 22
_COUNTS: Final = _NOTES + _WORDS
_AGREEMENT: Final = _COUNTS + _CHART_HEIGHT + 46
_SHARES: Final = _AGREEMENT + _WORDS
_TICKS: Final = _SHARES + _CHART_HEIGHT + 30
_LATENCY: Final = _TICKS + 64
_ROWS: Final = _LATENCY + _WORDS


def draw_stats(statistics: Statistics, *, theme: Theme, labels: StatsLabels) -> bytes:
    """Give the picture of statistics as PNG."""
    latency = statistics.latency
    bottom = _TICKS if latency is None else _ROWS + measure_rows(len(latency))
    paper = Paper(bottom + MARGIN, theme)
    bold, muted = Letters(paper.colours.ink, bold=True), Letters(paper.colours.muted)
    write_heading(paper, labels.title, labels.subtitle)
    scale = max(paper.measure(text, muted) for text in (labels.most, *labels.shares))
    width = INNER - scale - _SCALE_GAP
    paper.write(labels.notes, MARGIN, _NOTES, bold)
    _draw_counts(paper, Box(MARGIN, _COUNTS, width, _CHART_HEIGHT), statistics.days, labels.most)
    paper.write(labels.agreement, MARGIN, _AGREEMENT, bold)
    paper.write(labels.opinions, MARGIN + width, _AGREEMENT, muted, side="right")
    box = Box(MARGIN, _SHARES, width, _CHART_HEIGHT)
    _draw_agreement(paper, box, statistics.days, labels.shares)
    write_ticks(paper, _TICKS, labels.ticks, width=width)
    if latency is not None:
        paper.write(labels.latency, MARGIN, _LATENCY, bold)
        colours = [paper.colours.muted] * len(latency)
        draw_rows(paper, _ROWS, latency, colours=colours, names=labels.names, texts=labels.seconds)
    return paper.print()


def _draw_counts(paper: Paper, box: Box, days: Sequence[Day], most: str) -> None:
    """Draw a bar for the notes of each day; today's is not over yet, and pale."""
    paper.fill_box(box, paper.colours.panel, radius=ROUND)
    inner = _write_scale(paper, box, [most])
    scale = (box.bottom - inner.y) / max(1, *(day.n_notes for day in days))
    step = inner.width / len(days)
    for place, day in enumerate(days):
        height = day.n_notes * scale
        left = inner.x + (place + (1 - _FILLED) / 2) * step
        bar = Box(left, box.bottom - height, _FILLED * step, height)
        alpha = _PALE if place == len(days) - 1 else 1.0
        paper.fill_box(bar, paper.colours.muted, radius=ROUND / 2, alpha=alpha)


def _draw_agreement(paper: Paper, box: Box, days: Sequence[Day], scale: tuple[str, ...]) -> None:
    """Draw the share of each day as a pale dot, and that of the week before as a line.

    The line has a gap where nobody said anything for a week.
    """
    accent = paper.colours.accent
    paper.fill_box(box, paper.colours.panel, radius=ROUND)
    inner = _write_scale(paper, box, scale)
    x = inner.x + (np.arange(len(days)) + 0.5) / len(days) * inner.width
    alone = [_agree([day]) for day in days]
    weeks = [_agree(days[max(0, end - _WEEK_DAYS) : end]) for end in range(1, len(days) + 1)]
    single, weekly = (inner.bottom - np.array(shares) * inner.height for shares in (alone, weeks))
    for place in np.flatnonzero(~np.isnan(single)):
        draw_dot(paper, x[place], single[place], accent, alpha=_PALE)
    paper.draw_line(x, weekly, accent, width=_LINE)
    if not np.isnan(weekly[-1]):
        draw_dot(paper, x[-1], weekly[-1], accent)


def _agree(days: Sequence[Day]) -> float:
    """Give which share of the opinions of some days agrees; not a number without any."""
    n_opinions = sum(day.n_opinions for day in days)
    return sum(day.n_right for day in days) / n_opinions if n_opinions else np.nan


def _write_scale(paper: Paper, box: Box, texts: Sequence[str]) -> Box:
    """Draw a line for each text, from the top down, and write it beside; give what lies between.

    The last line stands at the bottom, unless there is one alone.
    """
    inner = Box(box.x, box.y + DOT, box.width, box.height - 2 * DOT)
    muted = Letters(paper.colours.muted)
    for place, text in enumerate(texts):
        y = inner.y + place / max(1, len(texts) - 1) * inner.height
        ends = np.array([box.x, box.right])
        paper.draw_line(ends, np.full(2, y), paper.colours.faint, width=2)
        paper.write(text, box.right + _SCALE_GAP, y, muted)
    return inner
