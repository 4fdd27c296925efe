"""A sheet on which panels stand below each other, over the same time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator

from ser_core.evaluation.canvas import STYLE
from ser_core.plots.lettering import find_families, make_writable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.image import AxesImage
    from matplotlib.text import Text

WIDTH: Final = 10.0
"""Inches, as all lengths here; beside a page's text, its letters are still read."""
MUTED: Final = "#59636E"

_LEFT: Final = 1.05
_RIGHT: Final = 0.95
_TOP: Final = 1.38
_BOTTOM: Final = 0.65
_GAP: Final = 0.2
_SCALE_GAP: Final = 0.1
_SCALE_WIDTH: Final = 0.12
_NAME_X: Final = 0.62
"""From what a panel shows to its name, at its left."""
_TITLE: Final = 0.35
_SUBTITLE: Final = 0.7
_NAMES: Final = 0.85
"""From the upper edge."""

_LETTERS: Final = 11
_SMALL: Final = 10
_LARGE: Final = 15
_MAX_TITLE_LETTERS: Final = 64
_MINUTES_FROM: Final = 120
"""Seconds; from here on the time is written in minutes."""
_TICK_STEPS: Final = (15, 30, 60, 120, 300, 600, 900, 1800, 3600)
_MOST_TICKS: Final = 10


def set_style() -> dict[Any, Any]:
    """Give matplotlib's settings for what is drawn here."""
    return {**STYLE, "font.size": _LETTERS, "font.family": [*find_families()]}


class Sheet:
    """Hold a figure, and place panels on it from the top down."""

    def __init__(self, heights: Sequence[float], seconds: float) -> None:
        """Begin with an empty sheet, for panels of these heights over so many seconds."""
        self._height = _TOP + sum(heights) + (len(heights) - 1) * _GAP + _BOTTOM
        self.figure = Figure(figsize=(WIDTH, self._height))
        self._canvas = FigureCanvasAgg(self.figure)
        self._seconds = seconds
        self._heights = iter(heights)
        self._y = self._height - _TOP
        self._panels: list[Axes] = []

    def measure(self, text: Text) -> float:
        """Give how wide a text is, in pixels."""
        renderer = self._canvas.get_renderer()  # type: ignore[no-untyped-call]  # has no types
        return float(text.get_window_extent(renderer).width)

    def write_heading(self, title: str, subtitle: str) -> None:
        """Write what the picture shows."""
        left = _LEFT / WIDTH
        title = make_writable(title, _MAX_TITLE_LETTERS)
        self.figure.text(left, self._up(_TITLE), title, size=_LARGE, weight="bold", va="center")
        self.figure.text(left, self._up(_SUBTITLE), subtitle, va="center")

    def list_colours(self, colours: Mapping[str, str]) -> None:
        """Say what colours stand for, below the heading."""
        self.figure.legend(
            handles=[Patch(color=colour, label=name) for name, colour in colours.items()],
            loc="upper left",
            bbox_to_anchor=(_LEFT / WIDTH, self._up(_NAMES)),
            ncols=len(colours),
            fontsize=_SMALL,
            borderaxespad=0,
            borderpad=0,
            handlelength=1,
            handletextpad=0.5,
            columnspacing=1.4,
        )

    def add_panel(self) -> Axes:
        """Give the next panel, below the others."""
        height = next(self._heights)
        self._y -= height
        width = WIDTH - _LEFT - _RIGHT
        place = (_LEFT / WIDTH, self._y / self._height, width / WIDTH, height / self._height)
        axes = self.figure.add_axes(place)
        self._y -= _GAP
        axes.set_xlim(0, self._seconds)
        axes.tick_params(labelsize=_SMALL, labelbottom=False)
        axes.yaxis.set_label_coords(-_NAME_X / width, 0.5)
        _mark_time(axes, self._seconds)
        self._panels.append(axes)
        return axes

    def add_scale(self, axes: Axes, image: AxesImage, unit: str) -> None:
        """Show beside a panel what its colours count."""
        box = axes.get_position()
        place = (box.x1 + _SCALE_GAP / WIDTH, box.y0, _SCALE_WIDTH / WIDTH, box.height)
        scale = self.figure.colorbar(image, cax=self.figure.add_axes(place))
        scale.outline.set_visible(False)
        scale.set_label(unit, size=_SMALL)
        scale.locator = MaxNLocator(4, steps=[1, 2, 5, 10])
        scale.ax.tick_params(labelsize=_SMALL)
        scale.update_ticks()

    def write_time(self) -> None:
        """Write the time below the last panel."""
        last = self._panels[-1]
        last.tick_params(labelbottom=True)
        last.set_xlabel("minutes" if self._seconds >= _MINUTES_FROM else "seconds")

    def _up(self, below: float) -> float:
        """Give a height of the figure, by inches below its upper edge."""
        return 1 - below / self._height


def _mark_time(axes: Axes, seconds: float) -> None:
    """Place ticks at even times, as a watch shows them."""
    if seconds < _MINUTES_FROM:
        axes.xaxis.set_major_locator(MaxNLocator(_MOST_TICKS, steps=[1, 2, 5, 10]))
        return
    step = next((each for each in _TICK_STEPS if seconds / each <= _MOST_TICKS), _TICK_STEPS[-1])
    axes.xaxis.set_major_locator(MultipleLocator(step))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda moment, _: format_moment(moment)))


def format_moment(seconds: float) -> str:
    """Give a moment as minutes and seconds: ``2:30``."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"


def format_seconds(seconds: float) -> str:
    """Give a duration in words: ``3.8 s``, or ``2:30 min``."""
    return f"{seconds:.1f} s" if seconds < _MINUTES_FROM else f"{format_moment(seconds)} min"
