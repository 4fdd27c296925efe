"""PURE  The picture of a mood: emotions as areas over time, valence and arousal, and shares.

Where nobody spoke for long there is nothing to see: what was not heard is not drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from bot.charts.curves import fade, find_room, smooth
from bot.charts.paper import INNER, MARGIN, Box, Letters, Paper, choose_ink
from bot.charts.parts import (
    BARS_HEIGHT,
    HEADING_HEIGHT,
    ROUND,
    draw_bars,
    write_heading,
    write_ticks,
)
from ser_core.emotions import AFFECT, EMOTION_COLOURS, EMOTIONS

if TYPE_CHECKING:
    from bot.charts.curves import Array
    from bot.charts.labels import MoodLabels, Theme
    from bot.moods import Mood

_N_POINTS: Final = 241
_REACH: Final = 1 / 28
"""How far a moment reaches, as a share of the whole time: almost an hour of a day."""
_MIN_SPAN: Final = 0.5
"""A curve that moves by less does not fill its height: a breeze must not look like a storm."""
_STACK: Final = sorted(EMOTIONS, key=lambda emotion: AFFECT[emotion].valence)
"""From the unpleasant at the bottom to the pleasant."""
_LINE: Final = 4.0
_WORD_HEIGHT: Final = 32.0
_WORD_PADDING: Final = 12.0

_AREAS: Final = Box(MARGIN, HEADING_HEIGHT, INNER, 264)
_VALENCE: Final = Box(MARGIN, _AREAS.bottom + 64, INNER, 80)
_AROUSAL: Final = Box(MARGIN, _VALENCE.bottom + 64, INNER, 80)
_TICKS: Final = _AROUSAL.bottom + 32
_BARS: Final = _TICKS + 48
_HEIGHT: Final = _BARS + BARS_HEIGHT + MARGIN


class _Course(NamedTuple):
    """Hold how a mood went, with a row for each point; ``at`` goes from 0 to 1, too."""

    at: Array
    shares: Array
    valence: Array
    arousal: Array
    hidden: Array


def draw_mood(mood: Mood, *, theme: Theme, labels: MoodLabels) -> bytes:
    """Give the picture of a mood as PNG."""
    paper = Paper(_HEIGHT, theme)
    course = _follow(mood)
    write_heading(paper, labels.title, labels.subtitle)
    _draw_areas(paper, course, labels.emotions)
    _write_words(paper, _VALENCE, labels.pleasant, labels.unpleasant)
    _draw_curve(paper, _VALENCE, course, course.valence)
    _write_words(paper, _AROUSAL, labels.lively, labels.quiet)
    _draw_curve(paper, _AROUSAL, course, course.arousal)
    write_ticks(paper, _TICKS, labels.ticks)
    draw_bars(paper, _BARS, shares=mood.shares, names=labels.emotions, texts=labels.shares)
    return paper.print()


def _follow(mood: Mood) -> _Course:
    """Give the curves through the moments of a mood."""
    length = mood.until - mood.since
    at = np.linspace(0, 1, _N_POINTS)
    places = np.array([(moment.middle - mood.since) / length for moment in mood.moments])
    weights = np.array([moment.weight for moment in mood.moments])
    values = [(*moment.shares, moment.valence, moment.arousal) for moment in mood.moments]
    means = smooth(at, places, weights, np.array(values), width=_REACH)
    hidden = fade(at, places, begin=1.2 * _REACH, end=2.2 * _REACH)
    return _Course(at, means[:, :-2], means[:, -2], means[:, -1], hidden)


def _draw_areas(paper: Paper, course: _Course, names: tuple[str, ...]) -> None:
    """Stack the shares over time, and write into each area its name where it has room."""
    x = _AREAS.x + course.at * _AREAS.width
    stacked = np.cumsum([course.shares[:, EMOTIONS.index(name)] for name in _STACK], axis=0)
    tops = _AREAS.bottom - stacked * _AREAS.height
    bottom = np.full(_N_POINTS, _AREAS.bottom)
    paper.frame(_AREAS, radius=ROUND)
    for emotion, top in reversed(list(zip(_STACK, tops, strict=True))):
        paper.fill_between(x, top, bottom, EMOTION_COLOURS[emotion])
        paper.draw_line(x, top, paper.colours.ground, width=2)
    paper.hide(_AREAS, course.hidden, paper.colours.panel)
    paper.frame(None)
    for emotion, upper, lower in zip(_STACK, tops, [bottom, *tops[:-1]], strict=True):
        seen = np.where(course.hidden > 0, _AREAS.y, lower)  # no room for a word where it fades
        letters = Letters(choose_ink(EMOTION_COLOURS[emotion]))
        _write_between(paper, x, upper, seen, names[EMOTIONS.index(emotion)], letters)


def _write_between(
    paper: Paper, x: Array, upper: Array, lower: Array, text: str, letters: Letters
) -> None:
    """Write a text between two curves, unless there is no room for it."""
    width = paper.measure(text, letters) + 2 * _WORD_PADDING
    n_points = min(int(width / (x[1] - x[0])), _N_POINTS)
    part, height = find_room(upper, lower, n_points)
    if height >= _WORD_HEIGHT:
        y = upper[part].max() + height / 2
        paper.write(text, float(x[part].mean()), float(y), letters, side="center")


def _write_words(paper: Paper, box: Box, up: str, down: str) -> None:
    """Write above a curve what up and down mean."""
    paper.write(f"▲ {up}   ▼ {down}", box.x, box.y - 26, Letters(paper.colours.muted))


def _draw_curve(paper: Paper, box: Box, course: _Course, values: Array) -> None:
    """Draw valence or arousal over time around its zero."""
    seen = values[course.hidden < 1]
    low, high = min(float(seen.min()), 0.0), max(float(seen.max()), 0.0)
    slack = max(0.0, _MIN_SPAN - (high - low)) / 2
    scale = box.height / (high - low + 2 * slack)
    x = box.x + course.at * box.width
    y = box.y + (high + slack - np.clip(values, low, high)) * scale
    zero = np.full(_N_POINTS, box.y + (high + slack) * scale)
    paper.fill_between(x, y, zero, paper.colours.faint)
    paper.draw_line(x, y, paper.colours.ink, width=_LINE)
    around = Box(box.x - _LINE, box.y - _LINE, box.width + 2 * _LINE, box.height + 2 * _LINE)
    paper.hide(around, course.hidden, paper.colours.ground)
    paper.draw_line(x, zero, paper.colours.muted, width=1.2)
