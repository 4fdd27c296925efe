"""PURE  What several pictures have: a heading, the time below, a bar for each emotion, dots."""

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
DOT: Final = 13.0
_ROW: Final = 40.0
_GAP: Final = 14.0
_MIN_BAR: Final = 6.0
"""The colour of an emotion is seen even where its share is next to nothing."""


def write_heading(paper: Paper, title: str, subtitle: str) -> None:
    """Write what a picture shows, at its top."""
    paper.write(title, MARGIN, 54, Letters(paper.colours.ink, LARGE, bold=True))
    paper.write(subtitle, MARGIN, 99, Letters(paper.colours.muted))


def write_ticks(paper: Paper, y: float, ticks: Iterable[Tick], *, width: float = INNER) -> None:
    """Write the time below what goes through it; the first and the last stay inside."""
    sides: dict[float, Side] = {0.0: "left", 1.0: "right"}
    for place, text in ticks:
        side = sides.get(place, "center")
        paper.write(text, MARGIN + place * width, y, Letters(paper.colours.muted), side=side)


def draw_dot(paper: Paper, x: float, y: float, colour: str, *, alpha: float = 1.0) -> None:
    """Draw a dot around a point."""
    box = Box(x - DOT / 2, y - DOT / 2, DOT, DOT)
    paper.fill_box(box, colour, radius=DOT / 2, alpha=alpha)


def draw_bars(
    paper: Paper, y: float, *, shares: Sequence[float], names: Sequence[str], texts: Sequence[str]
) -> None:
    """Draw the share of each emotion, the largest on top, from a height downwards."""
    places = sorted(range(len(EMOTIONS)), key=lambda place: -shares[place])
    draw_rows(
        paper,
        y,
        [shares[place] for place in places],
        colours=[EMOTION_COLOURS[EMOTIONS[place]] for place in places],
        names=[names[place] for place in places],
        texts=[texts[place] for place in places],
    )


def measure_rows(n_rows: int) -> float:
    """Give how high so many bars are together."""
    return BAR + (n_rows - 1) * _ROW


def draw_rows(
    paper: Paper,
    y: float,
    amounts: Sequence[float],
    *,
    colours: Sequence[str],
    names: Sequence[str],
    texts: Sequence[str],
) -> None:
    """Draw bars below each other, the first of which counts most: it is written in bold."""
    ink, bold = Letters(paper.colours.ink), Letters(paper.colours.ink, bold=True)
    muted = Letters(paper.colours.muted)
    left = MARGIN + max(paper.measure(name, bold) for name in names) + 20
    right = MARGIN + INNER - max(paper.measure(text, bold) for text in texts) - _GAP
    scale = (right - left) / max(amounts)
    for row, amount in enumerate(amounts):
        middle = y + BAR / 2 + row * _ROW
        box = Box(left, middle - BAR / 2, max(_MIN_BAR, amount * scale), BAR)
        paper.fill_box(box, colours[row], radius=ROUND)
        paper.write(names[row], MARGIN, middle, ink if row else bold)
        paper.write(texts[row], box.right + _GAP, middle, muted if row else bold)
