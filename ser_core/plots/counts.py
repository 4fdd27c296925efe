"""The picture of corpora: how many clips of which emotion, in female and male voices."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from ser_core.emotions import EMOTION_COLOURS, EMOTIONS
from ser_core.evaluation.canvas import FAINT, INK
from ser_core.plots.lettering import make_writable
from ser_core.plots.sheet import MUTED, set_style
from ser_core.plots.stretches import dilute

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

    from ser_core.corpora import Clip, Reading

UNLABELLED: Final = "unlabelled"

_GENDERS: Final[Mapping[str | None, str]] = {"female": "female", "male": "male", None: "not given"}
"""As the legend calls them, in the order of the parts of a bar."""
_MALE_SHADE: Final = 0.55
"""How much of an emotion's colour the clips of men have; the rest is white."""
_N_ACROSS: Final = 3
_WIDTHS: Final = (6.0, 8.5, 11.0)
"""Inches, of one, two and three corpora side by side."""
_ROW: Final = 0.36
_ABOVE: Final = 1.25
_HEADING: Final = 0.75
_MAX_NAME_LETTERS: Final = 26
_ROOM: Final = 1.22
"""Right of the longest bar its number is written."""


def draw_counts(readings: Mapping[str, Reading]) -> Figure:
    """Draw how many clips of each emotion corpora hold, by their names."""
    n_across = min(len(readings), _N_ACROSS)
    n_down = -(-len(readings) // n_across)
    rows = _list_rows(readings)
    height = _HEADING + n_down * (_ABOVE + len(rows) * _ROW)
    with mpl.rc_context(set_style()):
        figure = Figure(figsize=(_WIDTHS[n_across - 1], height), layout="constrained")
        panels = figure.subplots(n_down, n_across, squeeze=False).ravel()
        for axes, (name, reading) in zip(panels, readings.items(), strict=False):
            _draw_corpus(axes, name, reading.clips, rows)
        for axes in panels[len(readings) :]:
            axes.set_visible(False)
        figure.legend(
            handles=[
                Patch(**_fill(MUTED, gender), label=_GENDERS[gender])
                for gender in _list_genders(readings)
            ],
            loc="outside upper left",
            ncols=len(_GENDERS),
            title="clips of each emotion, by the voice",
            alignment="left",
            title_fontproperties={"weight": "bold"},
        )
    return figure


def _list_rows(readings: Mapping[str, Reading]) -> tuple[str, ...]:
    """Give the emotions that any corpus has, from the top down, and "unlabelled" if it is one."""
    found = {clip.emotion for reading in readings.values() for clip in reading.clips}
    rows = tuple(emotion for emotion in EMOTIONS if emotion in found)
    return (*rows, UNLABELLED) if None in found else rows


def _list_genders(readings: Mapping[str, Reading]) -> list[str | None]:
    """Give the genders that any corpus has."""
    found = {clip.gender for reading in readings.values() for clip in reading.clips}
    return [gender for gender in _GENDERS if gender in found]


def _draw_corpus(axes: Axes, name: str, clips: Sequence[Clip], rows: Sequence[str]) -> None:
    """Draw a bar for each emotion, one part after the other for each gender."""
    counts = Counter((clip.emotion or UNLABELLED, clip.gender) for clip in clips)
    places = {row: len(rows) - 1 - number for number, row in enumerate(rows)}
    most = 0
    for row, place in places.items():
        total = 0
        for gender in _GENDERS:
            colours = _fill(EMOTION_COLOURS.get(row, MUTED), gender)
            axes.barh(place, counts[row, gender], left=total, height=0.72, **colours)
            total += counts[row, gender]
        words = f" {total:,}" if total else " none"
        axes.text(total, place, words, va="center", color=INK if total else MUTED)
        most = max(most, total)
    axes.set_xlim(0, most * _ROOM)
    axes.set_yticks(list(places.values()), list(places))
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_major_locator(MaxNLocator(3, integer=True))
    axes.grid(axis="x", color=FAINT, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.set_xlabel("clips")
    n_speakers = len({clip.speaker for clip in clips})
    axes.set_title(f"{make_writable(name, _MAX_NAME_LETTERS)}\n", loc="left", weight="bold")
    words = f"{_count(len(clips), 'clip')}, {_count(n_speakers, 'speaker')}"
    axes.text(0, 1.02, words, transform=axes.transAxes)


def _fill(colour: str, gender: str | None) -> dict[str, Any]:
    """Give how the part of a bar looks: full, pale, or hatched where no gender is given."""
    if gender is None:
        return {"facecolor": "white", "edgecolor": colour, "hatch": "////", "linewidth": 0}
    return {"facecolor": colour if gender == "female" else dilute(colour, _MALE_SHADE)}


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
