"""Names in any script, written in the letters that this computer has."""

from __future__ import annotations

from functools import cache
from typing import Final

from matplotlib.font_manager import FontProperties, findfont, get_font

_OURS: Final = "DejaVu Sans"
"""It comes with matplotlib, and has Latin, Greek, Cyrillic, Arabic and Hebrew letters."""

_OTHERS: Final = (
    *("Noto Sans CJK SC", "Noto Sans CJK JP", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei"),
    *("Noto Sans Devanagari", "Noto Sans Bengali", "Noto Sans Tamil", "Noto Sans Thai"),
    *("Arial Unicode MS", "Hiragino Sans", "Apple SD Gothic Neo", "PingFang SC"),
    *("Microsoft YaHei", "Malgun Gothic", "Yu Gothic", "Nirmala UI"),
)
"""Where other letters are found, on Linux, macOS and Windows."""

_BOX: Final = "□"
"""Stands for a letter that no font here has."""


@cache
def find_families() -> tuple[str, ...]:
    """Give the fonts to write with, each for what those before it lack."""
    return (_OURS, *(family for family in _OTHERS if _find_letters(family)))


def make_writable(text: str, max_letters: int) -> str:
    """Give a text that can be written with these fonts, its middle left out if it is long."""
    letters = frozenset[int]().union(*map(_find_letters, find_families()))
    written = "".join(each if ord(each) in letters else _BOX for each in text)
    if len(written) > max_letters:
        end = max_letters // 2
        written = f"{written[: max_letters - end - 1]}…{written[-end:]}"
    return written.replace("$", r"\$")  # else matplotlib reads a formula between two of them


@cache
def _find_letters(family: str) -> frozenset[int]:
    """Give the letters that a font has, bold or not; none if it is not installed."""
    letters = []
    for weight in ("normal", "bold"):
        try:
            path = findfont(FontProperties(family=family, weight=weight), fallback_to_default=False)
        except ValueError:
            return frozenset()
        letters.append(frozenset(get_font(path).get_charmap()))
    return letters[0] & letters[1]
