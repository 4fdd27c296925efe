"""PURE  The parts of sentences: numbers, durations and emotions, as each language writes them."""

from __future__ import annotations

from typing import Final

from bot.languages import gettext as _
from bot.languages import ngettext, spoken

EMOJIS: Final = {
    "neutral": "😐",
    "calm": "😌",
    "happy": "😊",
    "sad": "😢",
    "angry": "😠",
    "fearful": "😨",
    "disgust": "🤢",
    "surprised": "😲",
}

_BAR_CELLS: Final = 10
_ORDINALS: Final = (
    *("first", "second", "third", "fourth", "fifth"),
    *("sixth", "seventh", "eighth", "ninth", "tenth"),
)
_SINGULAR_BELOW_TWO: Final = {"fr", "pt"}
"""The languages that say 1.5 minute; the others have the same word as in 2 minutes.

Source: Unicode CLDR, plural rules for cardinal numbers.
"""


def name_emotion(emotion: str) -> str:
    """Give the name of an emotion as a label, capitalised."""
    names = {
        "neutral": _("Neutral"),
        "calm": _("Calm"),
        "happy": _("Happy"),
        "sad": _("Sad"),
        "angry": _("Angry"),
        "fearful": _("Fearful"),
        "disgust": _("Disgusted"),
        "surprised": _("Surprised"),
    }
    return names[emotion]


def format_position(position: int) -> str:
    """Give first, second, … tenth, 11th, … 21st and so on; outside English, the bare number.

    Translations put the number in words that need no ending: "number 3 in line".
    """
    if spoken() != "en":
        return str(position)
    if 1 <= position <= len(_ORDINALS):
        return _ORDINALS[position - 1]
    is_teen = 11 <= position % 100 <= 13  # noqa: PLR2004  11th, 12th, 13th
    ending = "th" if is_teen else {1: "st", 2: "nd", 3: "rd"}.get(position % 10, "th")
    return f"{position}{ending}"


def format_number(number: float, *, n_digits: int) -> str:
    """Give a number with so many significant digits at most, with a comma where one is written."""
    return punctuate(f"{number:.{n_digits}g}")


def punctuate(number: str) -> str:
    """Give a number that is written with a point with a comma instead, where one is written."""
    return number if spoken() == "en" else number.replace(".", ",")


def format_percent(probability: float) -> str:
    """Give a probability in per cent; never all or nothing, which no model may claim."""
    percent = round(100 * probability)
    if percent > 99:  # noqa: PLR2004  the last whole number below certainty
        return _("over 99 %")
    return _("{number} %").format(number=percent) if percent else _("under 1 %")


def format_seconds(seconds: float) -> str:
    """Give a duration in the unit that people would use."""
    if seconds >= 3600:  # noqa: PLR2004  an hour
        hours = _round(seconds / 3600, n_digits=3)
        text = ngettext("{number} hour", "{number} hours", _count(hours))
        return text.format(number=format_number(hours, n_digits=3))
    if seconds >= 60:  # noqa: PLR2004  a minute
        minutes = _round(seconds / 60, n_digits=3)
        text = ngettext("{number} minute", "{number} minutes", _count(minutes))
        return text.format(number=format_number(minutes, n_digits=3))
    seconds = _round(seconds, n_digits=2)
    text = ngettext("{number} second", "{number} seconds", _count(seconds))
    return text.format(number=format_number(seconds, n_digits=2))


def format_clock(seconds: float) -> str:
    """Give a moment in a recording as minutes and seconds, such as 1:05."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"


def format_ago(number: int, unit: str) -> str:
    """Give how long ago something was, in days, hours or minutes."""
    texts = {
        "day": ngettext("{number} day ago", "{number} days ago", number),
        "hour": ngettext("{number} hour ago", "{number} hours ago", number),
        "minute": ngettext("{number} minute ago", "{number} minutes ago", number),
    }
    return texts[unit].format(number=number)


def draw_bar(share: float) -> str:
    """Draw a share of 1 as a row of cells."""
    n_full = round(share * _BAR_CELLS)
    return "▰" * n_full + "▱" * (_BAR_CELLS - n_full)


def _round(number: float, *, n_digits: int) -> float:
    """Give a number as it is written with so many significant digits."""
    return float(f"{number:.{n_digits}g}")


def _count(amount: float) -> int:
    """Give a whole number whose form a noun has also behind this amount."""
    if amount == int(amount):
        return int(amount)
    return 1 if amount < 2 and spoken() in _SINGULAR_BELOW_TWO else 2  # noqa: PLR2004  the plural
