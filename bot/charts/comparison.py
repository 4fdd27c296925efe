"""PURE  The picture of a comparison: what is taken for what before and after, and how sure.

A row of a matrix is what recordings really were, a column what they were taken for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from bot.charts.paper import INNER, MARGIN, Box, Letters, Paper, blend, choose_ink
from bot.charts.parts import DOT, HEADING_HEIGHT, ROUND, draw_dot, write_heading, write_ticks
from ser_core.emotions import EMOTION_COLOURS, EMOTIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.charts.curves import Array
    from bot.charts.labels import ComparisonLabels, Theme
    from bot.comparison import Bin, Comparison, Matrix

_N: Final = len(EMOTIONS)
_ROW: Final = 38.0
_GAP: Final = 22.0
"""Between both matrices, and between names and them."""
_CHIP: Final = 10.0
"""The thickness of what shows an emotion's colour beside its name and above its column."""
_SPACE: Final = 1.0
"""Around each cell."""
_NUMBER: Final = 0.58
"""The size of a number, as a share of its cell's width."""
_LONG_NUMBER: Final = 0.46
"""The same where it has three digits."""
_SEEN_FROM: Final = 0.005
"""A smaller share would be written as 0."""
_PLOT_HEIGHT: Final = 280.0
_LINE: Final = 4.0
_BARS_HEIGHT: Final = 0.4
_BAR_WIDTH: Final = 15.0
_PADDING: Final = 14.0

_SIDES: Final = HEADING_HEIGHT + 10
_HEADS: Final = _SIDES + 24
_CELLS: Final = _HEADS + _CHIP + 6
_READING: Final = _CELLS + _N * _ROW + 26
_RELIABILITY: Final = _READING + 64
_LEGEND: Final = _RELIABILITY + 38
_PLOT: Final = Box(MARGIN, _LEGEND + 30, INNER, _PLOT_HEIGHT)
_TICKS: Final = _PLOT.bottom + 26
_BARS: Final = _TICKS + 38
_HEIGHT: Final = _BARS + MARGIN + 4


class _Grid(NamedTuple):
    """Hold where a matrix begins on the left, and how wide its cells are."""

    left: float
    cell: float

    @property
    def middle(self) -> float:
        """Give its middle from left to right."""
        return self.left + _N / 2 * self.cell

    def find(self, row: int, column: int) -> Box:
        """Give a cell."""
        x, y = self.left + column * self.cell, _CELLS + row * _ROW
        return Box(x + _SPACE, y + _SPACE, self.cell - 2 * _SPACE, _ROW - 2 * _SPACE)


def draw_comparison(comparison: Comparison, *, theme: Theme, labels: ComparisonLabels) -> bytes:
    """Give the picture of a comparison as PNG."""
    paper = Paper(_HEIGHT, theme)
    write_heading(paper, labels.title, labels.subtitle)
    grids = _place(paper, labels.emotions)
    _write_names(paper, labels.emotions)
    for grid, side, matrix in zip(grids, labels.sides, comparison.confusion, strict=True):
        letters = Letters(paper.colours.ink, bold=True)
        paper.write(side, grid.middle, _SIDES, letters, side="center")
        _draw_matrix(paper, grid, matrix)
    paper.write(labels.reading, MARGIN, _READING, Letters(paper.colours.muted))
    _draw_reliability(paper, comparison, labels)
    return paper.print()


def _place(paper: Paper, names: Sequence[str]) -> tuple[_Grid, _Grid]:
    """Give both matrices their places beside the names, as large as these allow."""
    letters = Letters(paper.colours.ink)
    left = max(paper.measure(name, letters) for name in names) + 2 * _CHIP + _GAP
    cell = (INNER - left - _GAP) / (2 * _N)
    first = MARGIN + left
    return _Grid(first, cell), _Grid(first + _N * cell + _GAP, cell)


def _write_names(paper: Paper, names: Sequence[str]) -> None:
    """Write the emotions down the side, each beside its colour."""
    for row, (emotion, name) in enumerate(zip(EMOTIONS, names, strict=True)):
        y = _CELLS + (row + 0.5) * _ROW
        chip = Box(MARGIN, y - _ROW / 2 + 4, _CHIP, _ROW - 8)
        paper.fill_box(chip, EMOTION_COLOURS[emotion], radius=_CHIP / 2)
        paper.write(name, MARGIN + 2 * _CHIP, y, Letters(paper.colours.ink))


def _draw_matrix(paper: Paper, grid: _Grid, matrix: Matrix) -> None:
    """Draw of each row which share went where: what is right in colour, mistakes in grey."""
    for row, (emotion, counts) in enumerate(zip(EMOTIONS, matrix, strict=True)):
        head = Box(grid.left + row * grid.cell + 3, _HEADS, grid.cell - 6, _CHIP)
        paper.fill_box(head, EMOTION_COLOURS[emotion], radius=_CHIP / 2)
        n_clips = max(sum(counts), 1)
        for column, count in enumerate(counts):
            colour = EMOTION_COLOURS[emotion] if row == column else paper.colours.ink
            _draw_cell(paper, grid.find(row, column), count / n_clips, colour)


def _draw_cell(paper: Paper, box: Box, share: float, colour: str) -> None:
    """Draw one share, from 0, which is the panel, to 1, which is the colour."""
    ground = blend(colour, paper.colours.panel, share)
    paper.fill_box(box, ground, radius=3)
    if share >= _SEEN_FROM:
        number = f"{100 * share:.0f}"
        size = (_NUMBER if len(number) < 3 else _LONG_NUMBER) * box.width  # noqa: PLR2004  digits
        middle = box.x + box.width / 2, box.y + box.height / 2
        paper.write(number, *middle, Letters(choose_ink(ground), size), side="center")


def _draw_reliability(paper: Paper, comparison: Comparison, labels: ComparisonLabels) -> None:
    """Draw how often answers are right over how sure they are; on the diagonal they should be."""
    colours = paper.colours
    both = tuple(zip(comparison.reliability, (colours.muted, colours.accent), strict=True))
    muted = Letters(colours.muted)
    paper.write(labels.reliability, MARGIN, _RELIABILITY, Letters(colours.ink, bold=True))
    _write_legend(paper, labels.errors, [colour for _bins, colour in both])
    paper.fill_box(_PLOT, colours.panel, radius=ROUND)
    paper.frame(_PLOT, radius=ROUND)
    _draw_shares(paper, both)
    paper.write(f"▲ {labels.right}", _PLOT.x + _PADDING, _PLOT.y + 26, muted)
    diagonal = np.array([0.0, 1.0])
    paper.draw_line(*_put(diagonal, diagonal), colours.muted, width=1.2)
    paper.frame(None)
    for bins, colour in both:
        _draw_course(paper, bins, colour)
    write_ticks(paper, _TICKS, labels.ticks)
    paper.write(labels.bars, MARGIN, _BARS, muted)


def _write_legend(paper: Paper, texts: Sequence[str], colours: Sequence[str]) -> None:
    """Write beside a dot of each side what it is."""
    x, letters = MARGIN, Letters(paper.colours.ink)
    for text, colour in zip(texts, colours, strict=True):
        draw_dot(paper, x + DOT / 2, _LEGEND, colour)
        paper.write(text, x + 2 * DOT, _LEGEND, letters)
        x += 2 * DOT + paper.measure(text, letters) + 2 * _GAP


def _draw_shares(paper: Paper, both: Sequence[tuple[Sequence[Bin], str]]) -> None:
    """Draw how many answers are how sure, as bars at the bottom, one side beside the other."""
    most = max((bin_.share for bins, _colour in both for bin_ in bins), default=1.0)
    for (bins, colour), shift in zip(both, (-_BAR_WIDTH - 1, 1), strict=True):
        for bin_ in bins:
            height = bin_.share / most * _BARS_HEIGHT * _PLOT.height
            left = _PLOT.x + bin_.confidence * _PLOT.width + shift
            box = Box(left, _PLOT.bottom - height, _BAR_WIDTH, height)
            paper.fill_box(box, blend(colour, paper.colours.panel, 0.25))


def _draw_course(paper: Paper, bins: Sequence[Bin], colour: str) -> None:
    """Draw through all bins how often answers are right."""
    x, y = _put(
        np.array([bin_.confidence for bin_ in bins]), np.array([bin_.accuracy for bin_ in bins])
    )
    paper.draw_line(x, y, colour, width=_LINE)
    for place in zip(x, y, strict=True):
        draw_dot(paper, *place, colour)


def _put(confidence: Array, accuracy: Array) -> tuple[Array, Array]:
    """Give where on the sheet something stands."""
    return _PLOT.x + confidence * _PLOT.width, _PLOT.bottom - accuracy * _PLOT.height
