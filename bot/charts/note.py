"""PURE  The picture of one note: its waveform coloured by emotion, and all probabilities.

Pauses are grey; what the model is not sure of is faint.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.charts.labels import Tick
from bot.charts.paper import INNER, MARGIN, Box, Letters, Paper
from bot.charts.parts import (
    BAR,
    BARS_HEIGHT,
    HEADING_HEIGHT,
    ROUND,
    draw_bars,
    write_heading,
    write_ticks,
)
from ser_core.emotions import EMOTION_COLOURS

if TYPE_CHECKING:
    from bot.charts.labels import NoteLabels, Theme
    from ser_core.recognition import Recognition, Segment

_WAVE: Final = Box(MARGIN, HEADING_HEIGHT, INNER, 220)
_TICKS: Final = _WAVE.bottom + 34
_BARS: Final = _TICKS + 48
_GENDERS: Final = _BARS + BARS_HEIGHT + 52
_HEIGHT: Final = _GENDERS + 30 + BAR + MARGIN
_FAINT: Final = 0.55
_MIN_LOUDNESS: Final = 0.02
"""Silence is a dot."""
_EVEN: Final = (0.5,) * 120
_FILLED: Final = 0.68
"""The share of a stretch that its bar fills; the rest keeps the bars apart."""


def draw_note(recognition: Recognition, *, theme: Theme, labels: NoteLabels) -> bytes:
    """Give the picture of a note as PNG; a recognition without loudness has an even waveform."""
    paper = Paper(_HEIGHT, theme)
    ticks = list(labels.ticks)
    if not all(segment.is_sure for segment in recognition.segments):
        ticks.append(Tick(0.5, labels.unsure))
    write_heading(paper, labels.title, labels.subtitle)
    _draw_wave(paper, recognition)
    write_ticks(paper, _TICKS, ticks)
    draw_bars(paper, _BARS, shares=recognition.emotions, names=labels.emotions, texts=labels.shares)
    _draw_genders(paper, recognition.genders, labels.genders)
    return paper.print()


def _draw_wave(paper: Paper, recognition: Recognition) -> None:
    """Draw a bar for the loudness of each stretch, in the colour of what is heard there."""
    loudness = recognition.loudness or _EVEN
    step = _WAVE.width / len(loudness)
    middle = _WAVE.y + _WAVE.height / 2
    for place, loud in enumerate(loudness):
        height = max(loud, _MIN_LOUDNESS) * _WAVE.height
        left = _WAVE.x + (place + (1 - _FILLED) / 2) * step
        box = Box(left, middle - height / 2, _FILLED * step, height)
        segment = _find_segment(recognition, (place + 0.5) / len(loudness) * recognition.seconds)
        if segment is None:
            paper.fill_box(box, paper.colours.faint, radius=ROUND)
        else:
            alpha = 1.0 if segment.is_sure else _FAINT
            paper.fill_box(box, EMOTION_COLOURS[segment.emotion], radius=ROUND, alpha=alpha)


def _find_segment(recognition: Recognition, second: float) -> Segment | None:
    """Give the segment at a time; None where nobody speaks."""
    if not any(start <= second <= end for start, end in recognition.speech):
        return None
    return min(
        recognition.segments,
        key=lambda segment: max(segment.start - second, second - segment.end),
    )


def _draw_genders(paper: Paper, shares: tuple[float, ...], texts: tuple[str, ...]) -> None:
    """Draw how the voice sounds as one bar of two parts, and name the larger one above it."""
    colours = paper.colours
    whole = Box(MARGIN, _GENDERS + 28, INNER, BAR)
    letters = Letters(colours.ink, bold=True)
    is_first = shares[0] >= shares[1]
    if is_first:
        paper.write(texts[0], whole.x, _GENDERS, letters)
    else:
        paper.write(texts[1], whole.right, _GENDERS, letters, side="right")
    paper.frame(whole, radius=ROUND)
    paper.fill_box(whole, colours.faint if is_first else colours.muted)
    part = whole._replace(width=shares[0] * INNER)
    paper.fill_box(part, colours.muted if is_first else colours.faint)
    paper.frame(None)
