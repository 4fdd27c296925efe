"""One panel for each thing that is drawn of a recording; all share the time below them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.ticker import FixedLocator, MultipleLocator, NullLocator, PercentFormatter

from ser_core.evaluation.canvas import FAINT, INK, OURS
from ser_core.features.pitch import PITCH_RANGE_HZ
from ser_core.plots.columns import find_mel_rows
from ser_core.plots.sheet import MUTED
from ser_core.plots.stretches import dilute
from ser_core.recognition import SURE_FROM
from ser_core.waveform import SAMPLING_RATE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.image import AxesImage

    from ser_core.features.spectrum import Matrix
    from ser_core.plots.columns import Columns
    from ser_core.plots.stretches import Stretch

_SEQUENTIAL: Final = "magma"
_DIVERGING: Final = "PuOr_r"
"""Maps of colours that the colour-blind read, too."""

_BESIDE: Final = 1.01
"""Right of a panel, as a share of its width."""
_BAND: Final = 0.5
"""How much of an emotion's colour is behind the waveform."""
_HEIGHTS: Final = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
"""Of which the least is taken that holds the waveform."""
_DYNAMIC_RANGE_DB: Final = 70.0
_QUIETEST_PEAK_DB: Final = -40.0
"""A recording softer than this looks dark, not as if its noise were loud."""
_FADING_DB: Final = (45.0, 25.0)
"""So far below the loudest, chroma is not seen at all, and from here on clearly."""
_MOST_DEVIATIONS: Final = 2.5
_NOTES: Final = {0: "C", 2: "D", 4: "E", 7: "G", 9: "A", 11: "B"}
_PITCH_TICKS_HZ: Final = (75, 100, 150, 200, 300, 400, 600)
_MEL_TICKS_HZ: Final = {100: "0.1", 500: "0.5", 1000: "1", 2000: "2", 4000: "4", 7000: "7"}
_LEVEL_RANGE_DB: Final = (-80.0, 0.0)


def draw_emotions(axes: Axes, stretches: Sequence[Stretch]) -> None:
    """Draw a bar for each stretch of speech, as high as the answer is sure."""
    bars = [_box(each, 0, each.confidence) for each in stretches]
    axes.add_collection(PolyCollection(bars, facecolors=[each.colour for each in stretches]))
    axes.axhline(SURE_FROM, color=MUTED, linestyle=(0, (1, 2)), linewidth=1.2)
    axes.set_ylim(0, 1)
    axes.yaxis.set_major_locator(FixedLocator([0, SURE_FROM, 1]))
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    for place, words in ((SURE_FROM / 2, "not sure"), ((1 + SURE_FROM) / 2, "sure")):
        axes.text(_BESIDE, place, words, transform=axes.transAxes, va="center", color=MUTED)
    axes.set_ylabel("emotion,\nhow sure")


def draw_nobody(axes: Axes, message: str) -> None:
    """Write why there are no emotions where they would stand."""
    axes.set_ylim(0, 1)
    axes.yaxis.set_major_locator(NullLocator())
    axes.set_ylabel("emotion")
    axes.text(0.5, 0.5, message, transform=axes.transAxes, ha="center", va="center", color=MUTED)


def draw_waveform(axes: Axes, columns: Columns, stretches: Sequence[Stretch]) -> None:
    """Draw the samples between their extremes, on the colours of what is heard."""
    bands = [_box(each, -_HEIGHTS[-1], _HEIGHTS[-1]) for each in stretches]
    shades = [dilute(each.colour, _BAND) for each in stretches]
    axes.add_collection(PolyCollection(bands, facecolors=shades, zorder=0))
    moments = np.linspace(0, columns.seconds, columns.lowest.size)
    axes.fill_between(moments, columns.lowest, columns.highest, color=INK, linewidth=0.6, zorder=2)
    peak = max(columns.highest.max(), -columns.lowest.min())
    top = next(height for height in _HEIGHTS if height >= peak)
    axes.set_ylim(-top, top)
    axes.yaxis.set_major_locator(FixedLocator([-top, 0, top]))
    axes.set_ylabel("waveform")


def draw_spectrogram(axes: Axes, columns: Columns) -> AxesImage:
    """Draw how loud each frequency is."""
    image = _paint_loudness(axes, columns.power_db, columns.seconds)
    n_bins = columns.power_db.shape[1]
    kilohertz = np.arange(0, SAMPLING_RATE / 2000 + 1, 2)
    places = kilohertz / (SAMPLING_RATE / 2000) * (n_bins - 1)
    axes.set_yticks(places, [f"{each:.0f}" for each in kilohertz])
    axes.set_ylabel("spectrogram\nkHz")
    return image


def draw_mel(axes: Axes, columns: Columns) -> AxesImage:
    """Draw how loud each mel band is, as networks hear it."""
    image = _paint_loudness(axes, columns.mel_db, columns.seconds)
    places = find_mel_rows(tuple(_MEL_TICKS_HZ), SAMPLING_RATE)
    axes.set_yticks(places, list(_MEL_TICKS_HZ.values()))
    axes.set_ylabel("mel bands\nkHz")
    return image


def draw_mfcc(axes: Axes, columns: Columns) -> AxesImage:
    """Draw each coefficient from its own mean, so that the first does not drown the others."""
    away = columns.mfcc - columns.mfcc.mean(axis=0)
    spread = away.std(axis=0)
    deviations = away / np.where(spread > 1e-6, spread, 1)  # noqa: PLR2004 - silence: all are even
    image = _paint(axes, deviations, columns.seconds, _DIVERGING)
    image.set_clim(-_MOST_DEVIATIONS, _MOST_DEVIATIONS)
    axes.yaxis.set_major_locator(FixedLocator(range(0, columns.mfcc.shape[1], 5)))
    axes.set_ylabel("MFCC\nnumber")
    return image


def draw_chroma(axes: Axes, columns: Columns) -> AxesImage:
    """Draw the share of each pitch class; it fades where there is nothing but noise."""
    image = _paint(axes, columns.chroma, columns.seconds, _SEQUENTIAL)
    places = np.linspace(0, 1, len(columns.chroma))
    level = np.interp(places, np.linspace(0, 1, columns.level_db.size), columns.level_db)
    faded, clear = (max(level.max(), _QUIETEST_PEAK_DB) - down for down in _FADING_DB)
    shares = np.clip((level - faded) / (clear - faded), 0, 1)
    image.set_alpha(np.broadcast_to(shares, columns.chroma.T.shape))
    image.set_clim(0, 1)
    axes.set_yticks(list(_NOTES), list(_NOTES.values()))
    axes.set_ylabel("chroma\nnote")
    return image


def draw_pitch(axes: Axes, columns: Columns) -> None:
    """Draw the pitch of voiced frames."""
    moments = np.linspace(0, columns.seconds, columns.pitch_hz.size)
    axes.plot(moments, columns.pitch_hz, ".", color=OURS, markersize=4, zorder=2)
    axes.set_yscale("log")
    axes.set_ylim(PITCH_RANGE_HZ)
    axes.yaxis.set_minor_locator(NullLocator())
    axes.set_yticks(_PITCH_TICKS_HZ, [str(each) for each in _PITCH_TICKS_HZ])
    axes.grid(axis="y", color=FAINT, linewidth=0.8)
    axes.set_ylabel("pitch\nHz")


def draw_energy(axes: Axes, columns: Columns) -> None:
    """Draw the level."""
    moments = np.linspace(0, columns.seconds, columns.level_db.size)
    bottom, top = _LEVEL_RANGE_DB
    level = np.clip(columns.level_db, bottom, top)
    axes.fill_between(moments, bottom, level, color=OURS, alpha=0.25, linewidth=0)
    axes.plot(moments, level, color=OURS, linewidth=1.2)
    axes.set_ylim(bottom, top)
    axes.yaxis.set_major_locator(MultipleLocator(20))
    axes.grid(axis="y", color=FAINT, linewidth=0.8)
    axes.set_ylabel("energy\ndBFS")


def _box(stretch: Stretch, bottom: float, top: float) -> list[tuple[float, float]]:
    """Give the corners of a stretch between two heights."""
    start, end = stretch.start, stretch.end
    return [(start, bottom), (end, bottom), (end, top), (start, top)]


def _paint_loudness(axes: Axes, decibels: Matrix, seconds: float) -> AxesImage:
    """Paint decibels, down from the loudest."""
    top = max(float(decibels.max()), _QUIETEST_PEAK_DB)
    image = _paint(axes, decibels, seconds, _SEQUENTIAL)
    image.set_clim(top - _DYNAMIC_RANGE_DB, top)
    return image


def _paint(axes: Axes, rows: Matrix, seconds: float, colours: str) -> AxesImage:
    """Paint values over time; their numbers stand on the axis at the left."""
    # The frames at both ends are centred on the ends.
    edge = seconds / max(1, 2 * (len(rows) - 1))
    extent = (-edge, seconds + edge, -0.5, rows.shape[1] - 0.5)
    return axes.imshow(rows.T, cmap=colours, aspect="auto", origin="lower", extent=extent)
