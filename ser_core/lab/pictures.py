"""The pictures of a corpus, drawn from its figures alone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, PercentFormatter

from ser_core.evaluation.canvas import (
    FAINT,
    INK,
    LINES,
    MARKERS,
    OTHERS,
    OURS,
    SECOND,
    STYLE,
    WIDTH,
    start,
)
from ser_core.lab.table import OURS as OUR_SYSTEM
from ser_core.lab.table import sort_systems

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

    from ser_core.lab.figures import Figures

_BAR: Final = 0.4
"""The height of a bar; each system has two, and its place is 1 high."""

_COLOURS: Final = {"unseen-speakers": OURS, "random-split": OTHERS}
_LETTERS: Final = {"unseen-speakers": "white", "random-split": INK}
_N_ACROSS: Final = 3
"""So many confusion matrices stand side by side: more would be too small on a telephone."""

_N_LEGEND: Final = 2

_STROKES: Final = ("-", "--", ":")
_N_MARKS: Final = 6
_NAME_SIZE: Final = 10
_CELL_SIZE: Final = 9


def draw_pictures(figures: Figures, folder: Path) -> tuple[Path, ...]:
    """Draw what the figures allow into a folder, and give the files."""
    drawn = []
    with mpl.rc_context(STYLE):
        for name, draw in PICTURES.items():
            figure = draw(figures)
            if figure is not None:
                path = folder / f"{name}-{figures['corpus']}.png"
                figure.savefig(path, dpi=180, metadata={"Software": None})
                drawn.append(path)
    return tuple(drawn)


def _draw_accuracy(figures: Figures) -> Figure:
    """Draw two bars for each system, and a mark for what people publish."""
    names = sort_systems(figures)[::-1]
    figure, axes = start(f"{figures['corpus'].upper()}: accuracy", 1.5 + 0.62 * len(names))
    for place, name in enumerate(names):
        system = figures["systems"][name]
        for row, (protocol, colour) in enumerate(_COLOURS.items()):
            found = system["protocols"].get(protocol)
            if found:
                y = place + (0.5 - row) * _BAR
                axes.barh(y, found["accuracy"], _BAR, color=colour)
                text = f"{found['accuracy']:.0%}"
                axes.text(0.015, y, text, va="center", size=10, color=_LETTERS[protocol])
        shares = [each["accuracy"] for each in system["published"]]
        axes.plot(shares, [place] * len(shares), "D", color=SECOND, mec="white", ms=8, zorder=3)
    axes.axvline(figures["chance"], color=INK, linestyle=":", linewidth=1.5)
    axes.text(figures["chance"], len(names) - 0.45, "chance", ha="center", va="bottom", size=10)
    axes.set_yticks(range(len(names)), names)
    for label in axes.get_yticklabels():
        label.set_fontweight("bold" if label.get_text() == OUR_SYSTEM else "normal")
    axes.tick_params(axis="y", length=0)
    axes.set(xlim=(0, 1), ylim=(-0.55, len(names) - 0.4))
    axes.xaxis.set_major_formatter(PercentFormatter(1))
    _list_bars(figure, axes, figures)
    return figure


def _list_bars(figure: Figure, axes: Axes, figures: Figures) -> None:
    """Name the kinds of bars and marks that are there."""
    systems = figures["systems"].values()
    present = {protocol for system in systems for protocol in system["protocols"]}
    handles: list[Patch | Line2D] = [
        Patch(color=colour, label=protocol.replace("-", " "))
        for protocol, colour in _COLOURS.items()
        if protocol in present
    ]
    if any(system["published"] for system in systems):
        handles += axes.plot([], [], "D", color=SECOND, mec="white", ms=8, label="published")
    figure.legend(handles=handles, loc="outside lower left", ncols=3, columnspacing=1.2)


def _draw_confusions(figures: Figures) -> Figure | None:
    """Draw a small confusion matrix for each system, in shares of each row."""
    found = {
        name: figures["systems"][name]["protocols"]["unseen-speakers"]["evaluations"][0]
        for name in sort_systems(figures)
        if "unseen-speakers" in figures["systems"][name]["protocols"]
    }
    if not found:
        return None
    n_down = math.ceil(len(found) / _N_ACROSS)
    figure = Figure(figsize=(WIDTH, 1.3 + 2.05 * n_down), layout="constrained")
    title = f"{figures['corpus'].upper()}, unseen speakers: of 100 clips"
    figure.suptitle(title, x=0.02, ha="left", weight="bold", size=13)
    panels = figure.subplots(n_down, _N_ACROSS, squeeze=False).ravel()
    for number, (axes, (name, each)) in enumerate(zip(panels, found.items(), strict=False)):
        _draw_matrix(axes, each)
        axes.set_title(
            name, loc="left", size=_NAME_SIZE, weight="bold" if name == OUR_SYSTEM else "normal"
        )
        if number % _N_ACROSS:
            axes.set_yticklabels([])
        if number + _N_ACROSS < len(found):
            axes.set_xticklabels([])
    for axes in panels[len(found) :]:
        axes.set_axis_off()
    figure.supxlabel("heard", size=_NAME_SIZE)
    figure.supylabel("truth", size=_NAME_SIZE)
    return figure


def _draw_matrix(axes: Axes, found: Mapping[str, Any]) -> None:
    """Draw one; numbers stand where the answer was right."""
    counts = np.array(found["confusion"], float)
    shares = counts / counts.sum(axis=1, keepdims=True)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for place, share in enumerate(np.diagonal(shares)):
        colour = "white" if share > 0.5 else INK  # noqa: PLR2004 - half of the scale
        text = f"{100 * share:.0f}"
        axes.text(place, place, text, ha="center", va="center", color=colour, size=_CELL_SIZE)
    names = [emotion[:3] for emotion in found["emotions"]]
    axes.set_xticks(range(len(names)), names, rotation=90, size=_CELL_SIZE)
    axes.set_yticks(range(len(names)), names, size=_CELL_SIZE)
    axes.tick_params(length=0, pad=2)
    axes.spines[:].set_visible(True)
    axes.spines[:].set_color(FAINT)


def _draw_losses(figures: Figures) -> Figure | None:
    """Draw the training loss of each system that has one; both axes grow by factors."""
    curves = {
        name: np.array(figures["systems"][name]["losses"])
        for name in sort_systems(figures)
        if any(loss > 0 for loss in figures["systems"][name]["losses"])
    }
    if not curves:
        return None
    n_rows = math.ceil(len(curves) / _N_LEGEND)
    figure, axes = start(f"{figures['corpus'].upper()}: training loss", 4.2 + 0.28 * n_rows)
    for number, (name, losses) in enumerate(curves.items()):
        axes.plot(
            np.arange(1, losses.size + 1),
            np.where(losses > 0, losses, np.nan),
            color=LINES[number % len(LINES)],
            linestyle=_STROKES[number // len(LINES) % len(_STROKES)],
            marker=MARKERS[number % len(MARKERS)],
            markevery=_space_marks(losses.size),
            label=name,
            linewidth=1.6,
            markersize=6,
        )
    axes.set(xscale="log", yscale="log", xlabel="epoch", ylabel="loss (nats)")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.grid(color=FAINT)
    figure.legend(loc="outside lower left", ncols=_N_LEGEND)
    return figure


def _space_marks(n_epochs: int) -> list[int]:
    """Give the epochs that are marked, spaced evenly where the axis grows by factors."""
    return sorted({int(n) - 1 for n in np.geomspace(1, n_epochs, _N_MARKS).round()})


PICTURES: Final[Mapping[str, Callable[[Figures], Figure | None]]] = {
    "accuracy": _draw_accuracy,
    "confusion": _draw_confusions,
    "loss": _draw_losses,
}
"""Every picture by the beginning of its file's name; None where nothing is to be drawn."""
