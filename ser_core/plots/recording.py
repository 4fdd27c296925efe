"""The picture of one recording: what it sounds like, and what is heard in it, over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import matplotlib as mpl

from ser_core.plots import panels
from ser_core.plots.columns import measure_columns
from ser_core.plots.sheet import Sheet, format_seconds, set_style
from ser_core.plots.stretches import find_colours, find_stretches

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage

    from ser_core.plots.columns import Columns
    from ser_core.recognition import Recognition, Segment
    from ser_core.waveform import Waveform

NOBODY: Final = "nobody speaks here"

_EMOTIONS: Final = 0.75
_WAVEFORM: Final = 1.0
_CURVE: Final = 1.15
_IMAGES: Final[tuple[tuple[Callable[[Axes, Columns], AxesImage], float, str], ...]] = (
    (panels.draw_spectrogram, 1.5, "dBFS"),
    (panels.draw_mel, 1.5, "dB"),
    (panels.draw_mfcc, 1.2, "deviations"),
    (panels.draw_chroma, 1.2, "share"),
)
"""Each with its height in inches, and what its colours count."""

_NAME_HEIGHT: Final = 1.07
"""Of the names above the emotions, as a share of their panel."""
_NAME_GAP: Final = 8
"""Pixels between two names."""
_LEAST_NAME: Final = 20
"""Pixels; no name is as narrow."""


def draw_recording(waveform: Waveform, recognition: Recognition | None, title: str) -> Figure:
    """Draw a waveform of 16 kHz, and what was recognised in it; None where nobody speaks.

    The figure belongs to no window; its ``savefig`` writes it.
    """
    columns = measure_columns(waveform)
    heights = [_EMOTIONS, _WAVEFORM, *(height for _, height, _ in _IMAGES), _CURVE, _CURVE]
    with mpl.rc_context(set_style()):
        sheet = Sheet(heights, columns.seconds)
        sheet.write_heading(title, describe(waveform, recognition))
        _draw_heard(sheet, columns, recognition)
        for draw, _, unit in _IMAGES:
            axes = sheet.add_panel()
            sheet.add_scale(axes, draw(axes, columns), unit)
        panels.draw_pitch(sheet.add_panel(), columns)
        panels.draw_energy(sheet.add_panel(), columns)
        sheet.write_time()
    return sheet.figure


def describe(waveform: Waveform, recognition: Recognition | None) -> str:
    """Give the whole answer in a line."""
    if recognition is None:
        return f"{NOBODY} · {format_seconds(waveform.seconds)}"
    emotion = f"{recognition.emotion} {recognition.emotion_confidence:.0%}"
    answer = emotion if recognition.is_sure else f"not sure, perhaps {emotion}"
    gender = f"{recognition.gender} {recognition.gender_confidence:.0%}"
    speech, seconds = map(format_seconds, (recognition.speech_seconds, recognition.seconds))
    return f"{answer} · {gender} · {speech} of speech in {seconds}"


def _draw_heard(sheet: Sheet, columns: Columns, recognition: Recognition | None) -> None:
    """Draw the emotions over time, and below them the waveform on their colours."""
    axes = sheet.add_panel()
    if recognition is None:
        panels.draw_nobody(axes, NOBODY)
        panels.draw_waveform(sheet.add_panel(), columns, ())
        return
    stretches = tuple(find_stretches(recognition))
    panels.draw_emotions(axes, stretches)
    n_named = _name_segments(sheet, axes, recognition.segments)
    if n_named < len(recognition.segments):
        sheet.list_colours(find_colours(recognition))
    panels.draw_waveform(sheet.add_panel(), columns, stretches)


def _name_segments(sheet: Sheet, axes: Axes, segments: Sequence[Segment]) -> int:
    """Write above each segment what is heard in it; give for how many there was room."""
    n_named = 0
    for segment in segments:
        (start, _), (end, _) = axes.transData.transform([(segment.start, 0), (segment.end, 0)])
        if end - start < _LEAST_NAME:
            continue
        emotion = segment.emotion if segment.is_sure else f"{segment.emotion}?"
        for words in (f"{emotion} {segment.emotion_confidence:.0%}", emotion):
            text = axes.text(
                (segment.start + segment.end) / 2,
                _NAME_HEIGHT,
                words,
                transform=axes.get_xaxis_transform(),
                ha="center",
            )
            if sheet.measure(text) + _NAME_GAP <= end - start:
                n_named += 1
                break
            text.remove()
    return n_named
