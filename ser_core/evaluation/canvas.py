"""How pictures look: colours, letters, and an empty one to begin with.

They stand in a page that is read in light and in dark, on desks and on telephones: so each has a
white ground of its own, large letters, and colours that the colour-blind can tell apart.

The colours are those of Okabe & Ito (2008), "Color universal design".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from matplotlib.figure import Figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

OURS: Final = "#0072B2"
OTHERS: Final = "#B8BEC5"
SECOND: Final = "#D55E00"
INK: Final = "#1F2328"
FAINT: Final = "#D0D7DE"
LINES: Final = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7F7F7F")
MARKERS: Final = "osD^vPX"

WIDTH: Final = 6.0
"""Inches; with letters of 12 points this is still read on a telephone."""

STYLE: Final[dict[Any, Any]] = {
    "font.size": 12,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "figure.constrained_layout.h_pad": 0.12,
    "figure.constrained_layout.w_pad": 0.12,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "legend.frameon": False,
    "lines.linewidth": 2.2,
    "lines.markersize": 7,
}
"""matplotlib's settings; which keys there are depends on its version."""


def start(title: str, height: float) -> tuple[Figure, Axes]:
    """Give an empty picture with a title, its height in inches."""
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    figure.suptitle(title, x=0.02, ha="left", weight="bold", size=13)
    return figure, figure.add_subplot()


def list_above(axes: Axes, n_columns: int = 2) -> None:
    """Name the lines or bars above the picture, where they hide nothing."""
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=n_columns, borderaxespad=0.2)
