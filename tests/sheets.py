"""Look at pictures in tests: their pixels, and what was written where."""

from __future__ import annotations

from io import BytesIO
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image

from bot.charts.paper import Paper

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest
    from matplotlib.text import Text
    from matplotlib.transforms import Bbox


class Sheet(NamedTuple):
    """Hold a picture, and the paper that it was printed from."""

    image: Image.Image
    paper: Paper

    @property
    def texts(self) -> dict[str, Text]:
        """Give what was written, by its words."""
        return {text.get_text(): text for text in self.paper._axes.texts}

    def find(self, words: str) -> Bbox:
        """Give the box around a text, in pixels; y goes upwards."""
        return self.texts[words].get_window_extent(self.paper._canvas.get_renderer())

    def read(self, x: float, y: float) -> str:
        """Give the colour of a pixel as six digits, y counted from above."""
        return "#{:02X}{:02X}{:02X}".format(*self.image.getpixel((round(x), round(y))))


def draw(monkeypatch: pytest.MonkeyPatch, picture: Callable[[], bytes]) -> Sheet:
    """Give a picture with the paper that it was drawn on."""
    papers = []
    printing = Paper.print

    def keep(paper: Paper) -> bytes:
        papers.append(paper)
        return printing(paper)

    monkeypatch.setattr(Paper, "print", keep)
    image = Image.open(BytesIO(picture())).convert("RGB")
    (paper,) = papers
    return Sheet(image, paper)


def check_words(sheet: Sheet) -> None:
    """Fail if a text leaves the sheet, is too small for a telephone, or covers another."""
    width, height = sheet.image.size
    for words, text in sheet.texts.items():
        box = sheet.find(words)
        assert box.x0 >= 0, words
        assert box.y0 >= 0, words
        assert box.x1 <= width, words
        assert box.y1 <= height, words
        assert text.get_fontsize() * 320 / width >= 10, words
    for one, other in combinations(sheet.texts, 2):
        assert not sheet.find(one).overlaps(sheet.find(other)), (one, other)
