"""Shapes and letters on pixels: x to the right and y downwards, from the upper left corner.

matplotlib's own axes, ticks and layouts are made for pages; on so small a sheet each thing has
its place. The figure is used without pyplot, which would keep it in memory.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import FancyBboxPatch

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.patches import Patch

    from bot.charts.curves import Array
    from bot.charts.labels import Theme

Side = Literal["left", "center", "right"]

WIDTH: Final = 800.0
MARGIN: Final = 36.0
INNER: Final = WIDTH - 2 * MARGIN
SMALL: Final = 25.0
LARGE: Final = 36.0
_DPI: Final = 72
"""So points, in which matplotlib counts, are pixels."""
_FONT: Final = "DejaVu Sans"
"""It comes with matplotlib, and has Latin and Cyrillic letters."""
_CAPITAL: Final = 0.73
"""The height of its capitals, as a share of the size."""
_GAMMA: Final = 2.2
_MIDDLE_LUMINANCE: Final = 0.179
"""Black and white have the same contrast with it.

Source: WCAG 2.2, definition of contrast ratio; its relative luminance with the plain exponent.
"""


class Colours(NamedTuple):
    """Hold what a theme is made of."""

    ground: str
    panel: str
    faint: str
    muted: str
    ink: str
    accent: str


COLOURS: Final[dict[Theme, Colours]] = {
    "light": Colours("#FFFFFF", "#F1F3F5", "#DDE2E7", "#59636E", "#1F2328", "#7A3FC4"),
    "dark": Colours("#17212B", "#1F2B37", "#33424F", "#A3B4C4", "#F2F5F7", "#B794F6"),
}
"""From the ground to the ink; the dark ground is that of Telegram at night.

The accent is no emotion's colour.
"""


class Letters(NamedTuple):
    """Hold how a text looks; the size is in pixels."""

    colour: str
    size: float = SMALL
    bold: bool = False

    def choose_font(self) -> FontProperties:
        """Give the font in matplotlib's terms."""
        return FontProperties(
            family=_FONT, size=self.size, weight="bold" if self.bold else "normal"
        )


class Box(NamedTuple):
    """Hold a rectangle by its upper left corner, in pixels."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Give where it ends on the right."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Give where it ends below."""
        return self.y + self.height


class Paper:
    """Draw on a sheet, one thing on top of the other, and print it."""

    def __init__(self, height: float, theme: Theme) -> None:
        """Begin with an empty sheet."""
        self.colours = COLOURS[theme]
        size = (WIDTH / _DPI, height / _DPI)
        self._figure = Figure(figsize=size, dpi=_DPI, facecolor=self.colours.ground)
        self._canvas = FigureCanvasAgg(self._figure)
        self._axes = self._figure.add_axes((0, 0, 1, 1), xlim=(0, WIDTH), ylim=(height, 0))
        self._axes.set_axis_off()
        self._frame: Patch | None = None
        self._n_drawn = 0

    def measure(self, text: str, letters: Letters) -> float:
        """Give how wide a text is, in pixels."""
        renderer = self._canvas.get_renderer()  # type: ignore[no-untyped-call]  # has no types
        font = letters.choose_font()
        width, _height, _descent = renderer.get_text_width_height_descent(text, font, ismath=False)
        return float(width)

    def write(
        self, text: str, x: float, y: float, letters: Letters, *, side: Side = "left"
    ) -> None:
        """Write a line whose middle is at ``y``; smaller, where the sheet is too narrow for it."""
        while letters.size > 1 and self.measure(text, letters) > INNER:
            letters = letters._replace(size=letters.size - 1)
        font = letters.choose_font()
        self._lay(
            self._axes.text(
                *(x, y + _CAPITAL / 2 * letters.size, text),
                color=letters.colour,
                font=font,
                ha=side,
                va="baseline",
                parse_math=False,
            )
        )

    def fill_box(self, box: Box, colour: str, *, radius: float = 0.0, alpha: float = 1.0) -> None:
        """Fill a rectangle with round corners."""
        patch = _round(box, radius)
        patch.set(facecolor=colour, alpha=alpha)
        self._axes.add_patch(patch)
        self._lay(patch)

    def fill_between(self, x: Array, upper: Array, lower: Array, colour: str) -> None:
        """Fill what lies between two curves."""
        self._lay(self._axes.fill_between(x, upper, lower, facecolor=colour, edgecolor="none"))

    def draw_line(self, x: Array, y: Array, colour: str, *, width: float) -> None:
        """Draw a curve."""
        (line,) = self._axes.plot(x, y, color=colour, linewidth=width, solid_capstyle="round")
        self._lay(line)

    def hide(self, box: Box, how_much: Array, colour: str) -> None:
        """Cover what was drawn there, from left to right; 0 covers nothing, 1 everything."""
        image = np.empty((1, len(how_much), 4))
        image[..., :3] = to_rgb(colour)
        image[..., 3] = how_much
        extent = (box.x, box.right, box.bottom, box.y)
        self._lay(self._axes.imshow(image, extent=extent, aspect="auto", interpolation="bilinear"))

    def frame(self, box: Box | None, *, radius: float = 0.0) -> None:
        """Show of what is drawn from here on only what lies in a box; None ends that."""
        self._frame = None if box is None else self._axes.add_patch(_round(box, radius))

    def print(self) -> bytes:
        """Give the sheet as PNG."""
        data = BytesIO()
        self._figure.savefig(data, format="png")
        return data.getvalue()

    def _lay(self, artist: Artist) -> None:
        """Lay something on top of all that is there; matplotlib would sort by kind."""
        self._n_drawn += 1
        artist.set_zorder(self._n_drawn)
        if self._frame is not None:
            artist.set_clip_path(self._frame)


def choose_ink(ground: str) -> str:
    """Give black or white, whichever can be read better on a colour."""
    channels = np.array(to_rgb(ground))
    luminance = channels**_GAMMA @ (0.2126, 0.7152, 0.0722)
    return "#000000" if luminance > _MIDDLE_LUMINANCE else "#FFFFFF"


def blend(colour: str, ground: str, share: float) -> str:
    """Give what a colour becomes that covers so much of a ground: 0 is the ground itself."""
    channels = zip(to_rgb(colour), to_rgb(ground), strict=True)
    red, green, blue = (share * top + (1 - share) * below for top, below in channels)
    return to_hex((red, green, blue))


def _round(box: Box, radius: float) -> FancyBboxPatch:
    """Give a rectangle whose corners are as round as its size allows."""
    radius = min(radius, box.width / 2, box.height / 2)
    style = f"round,pad=0,rounding_size={radius}"
    return FancyBboxPatch(box[:2], box.width, box.height, style, facecolor="none", edgecolor="none")
