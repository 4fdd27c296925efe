"""PURE  What both pictures have: a heading, the time below, a bar for each emotion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.charts.paper import INNER, LARGE, MARGIN, Box, Letters
from ser_core.emotions import EMOTION_COLOURS, EMOTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.charts.labels import Tick
    from bot.charts.paper import Paper, Side

HEADING_HEIGHT: Final = 132.0
BARS_HEIGHT: Final = 306.0
BAR: Final = 26.0
ROUND: Final = 6.0
"""The radius of corners."""
_ROW: Final = 40.0
_GAP: Final = 14.0
_MIN_BAR: Final = 6.0
"""The colour of an emotion is seen even where its share is next to nothing."""


def write_heading(paper: Paper, title: str, subtitle: str) -> None:
    """Write what a picture shows, at its top."""
    paper.write(title, MARGIN, 54, Letters(paper.colours.ink, LARGE, bold=True))
    paper.write(subtitle, MARGIN, 99, Letters(paper.colours.muted))


def write_ticks(paper: Paper, y: float, ticks: Iterable[Tick]) -> None:
    """Write the time below what goes through it; the first and the last stay inside."""
    sides: dict[float, Side] = {0.0: "left", 1.0: "right"}
    for place, text in ticks:
        side = sides.get(place, "center")
        paper.write(text, MARGIN + place * INNER, y, Letters(paper.colours.muted), side=side)


def draw_bars(
    paper: Paper, y: float, *, shares: Sequence[float], names: Sequence[str], texts: Sequence[str]
) -> None:
    """Draw the share of each emotion, the largest on top, from a height downwards."""
    ink, bold = Letters(paper.colours.ink), Letters(paper.colours.ink, bold=True)
    muted = Letters(paper.colours.muted)
    left = MARGIN + max(paper.measure(name, bold) for name in names) + 20
    right = MARGIN + INNER - max(paper.measure(text, bold) for text in texts) - _GAP
    scale = (right - left) / max(shares)
    places = sorted(range(len(EMOTIONS)), key=lambda place: -shares[place])
    for row, place in enumerate(places):
        middle = y + BAR / 2 + row * _ROW
        box = Box(left, middle - BAR / 2, max(_MIN_BAR, shares[place] * scale), BAR)
        paper.fill_box(box, EMOTION_COLOURS[EMOTIONS[place]], radius=ROUND)
        paper.write(names[place], MARGIN, middle, ink if row else bold)
        paper.write(texts[place], box.right + _GAP, middle, muted if row else bold)
