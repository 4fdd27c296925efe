"""The relevance of columns as tables, as a picture, and as a page that shows both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter
from rich.table import Table

from ser_core.evaluation.canvas import FAINT, INK, OTHERS, OURS, STYLE, WIDTH

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from matplotlib.axes import Axes

    Figures = Mapping[str, Any]
    """What is written as JSON: ``Relevance.as_dict()``, and what it was measured on."""

_HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "groups": ("group", "columns", "points of UAR lost", "±"),
    "columns": ("column", "points of UAR lost", "±"),
}
_WARNING: Final = (
    "Columns that tell the same hide each other: shuffle one, and the system still reads the "
    "other. So a column that matters little may belong to a group that matters most."
)

_BAR: Final = 0.3
"""Inches that a bar takes."""

_FRAME: Final = 1.9
"""Inches that titles and axes take."""


def show_table(effects: Sequence[Mapping[str, Any]], kind: str) -> Table:
    """Give a table of ``groups`` or ``columns``, for the terminal."""
    heading, *others = _HEADINGS[kind]
    table = Table(heading)
    for other in others:
        table.add_column(other, justify="right")
    for effect in effects:
        table.add_row(*_list_cells(effect, kind))
    return table


def fill_page(figures: Figures, picture: str) -> str:
    """Give the page, in Markdown; ``picture`` is where its picture is, seen from there."""
    measured = (
        f"UAR lost on unseen speakers of {figures['corpus']}, of {figures['uar']:.1%}, when "
        "columns are shuffled among the clips tested: mean and standard deviation over "
        f"{figures['folds']} folds and {figures['repetitions']} shuffles in each."
    )
    lines = [
        f"# What {figures['system']} listens to",
        "",
        measured,
        _WARNING,
        "",
        f"![Groups and columns, the most relevant first]({picture})",
    ]
    for kind, headings in _HEADINGS.items():
        if figures[kind]:
            under = ("---", *("---:" for _ in headings[1:]))
            rows = (headings, under, *(_list_cells(each, kind) for each in figures[kind]))
            lines += ["", *(f"| {' | '.join(row)} |" for row in rows)]
    return "\n".join([*lines, ""])


def draw_relevance(figures: Figures, path: Path) -> None:
    """Draw the groups above the columns, the most relevant first, each with its spread."""
    kinds = [kind for kind in _HEADINGS if figures[kind]]
    counts = [len(figures[kind]) for kind in kinds]
    with mpl.rc_context(STYLE):
        height = _BAR * sum(counts) + _FRAME * len(kinds)
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        title = f"What {figures['system']} listens to: {figures['corpus'].upper()}, unseen speakers"
        figure.suptitle(title, x=0.02, ha="left", weight="bold", size=13)
        panels = figure.subplots(len(kinds), 1, height_ratios=counts, squeeze=False)[:, 0]
        for axes, kind, colour in zip(panels, kinds, (OURS, OTHERS), strict=False):
            _draw_bars(axes, figures[kind], colour)
            axes.set_title(
                "groups of columns" if kind == "groups" else "single columns", loc="left", size=12
            )
        panels[-1].set_xlabel("points of UAR lost, ± standard deviation")
        figure.savefig(path, dpi=180, metadata={"Software": None})


def _draw_bars(axes: Axes, effects: Sequence[Mapping[str, Any]], colour: str) -> None:
    """Draw a bar for each effect, the largest on top."""
    places = range(len(effects) - 1, -1, -1)
    means, spreads = ([100 * each[name] for each in effects] for name in ("mean", "std"))
    lines = {"ecolor": INK, "elinewidth": 1.5}
    axes.barh(places, means, xerr=spreads, color=colour, height=0.72, error_kw=lines)
    axes.set_yticks(places, [each["name"] for each in effects])
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.axvline(0, color=INK, linewidth=1)
    axes.grid(axis="x", color=FAINT)
    axes.set_axisbelow(True)
    axes.margins(y=0.02)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda points, _: f"{points:g}"))


def _list_cells(effect: Mapping[str, Any], kind: str) -> tuple[str, ...]:
    """Give what stands below the headings."""
    counted = (f"{effect['n_columns']:,}",) if kind == "groups" else ()
    return effect["name"], *counted, *(f"{100 * effect[name]:.1f}" for name in ("mean", "std"))
