"""The pictures of the results, drawn from the figures alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator, PercentFormatter

from ser_core.emotions import EMOTION_COLOURS
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
    list_above,
    start,
)
from ser_core.evaluation.conditions import CLEAN
from ser_core.evaluation.goals import ANCHORED_FIGURES, ANCHORS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from ser_core.evaluation.goals import Results

FEWEST_CLIPS: Final = 20
"""Fewer of the same confidence say nothing of it."""


def draw_pictures(results: Results, folder: Path) -> tuple[Path, ...]:
    """Draw what the figures allow into a folder, and give the files."""
    drawn = []
    with mpl.rc_context(STYLE):
        for name, draw in PICTURES.items():
            try:
                figure = draw(results)
            except KeyError:
                continue  # its section was not measured
            path = folder / f"{name}.png"
            figure.savefig(path, dpi=180, metadata={"Software": None})
            drawn.append(path)
    return tuple(drawn)


def _draw_anchors(results: Results, corpus: str) -> Figure:
    """Draw our figure as a bar among those of others."""
    figure_name = ANCHORED_FIGURES[corpus]
    ours = results["unseen-speakers"]["corpora"][corpus]
    bars = [(anchor.share, anchor.what, OTHERS) for anchor in ANCHORS[corpus]]
    bars = sorted([*bars, (ours[figure_name], "this project", OURS)])
    shown = "accuracy" if figure_name == "accuracy" else "UAR"
    title = f"{corpus.upper()}, unseen speakers: {shown}"
    figure, axes = start(title, 1.1 + 0.42 * len(bars))
    shares, names, colours = zip(*bars, strict=True)
    places = range(len(bars))
    axes.barh(places, shares, color=colours, height=0.72)
    for place, share, name in zip(places, shares, names, strict=True):
        weight = "bold" if name == "this project" else "normal"
        axes.text(share + 0.01, place, f"{share:.0%}", va="center", weight=weight)
    axes.set_yticks(places, names)
    axes.tick_params(axis="y", length=0)
    axes.axvline(ours["chance"], color=INK, linestyle=":", linewidth=1.5)
    axes.text(ours["chance"], len(bars) - 0.5, "chance", ha="center", va="bottom", size=10)
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(PercentFormatter(1))
    return figure


def _draw_confusion(results: Results, corpus: str) -> Figure:
    """Draw a confusion matrix in shares of each row."""
    found = results["unseen-speakers"]["corpora"][corpus]
    counts = np.array(found["confusion"], float)
    shares = counts / counts.sum(axis=1, keepdims=True)
    figure, axes = start(f"{corpus.upper()}, unseen speakers: of 100 clips", WIDTH)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for truth, heard in np.ndindex(shares.shape):
        share = shares[truth, heard]
        if share >= 0.005:  # noqa: PLR2004 - what would be rounded to 0
            colour = "white" if share > 0.5 else INK  # noqa: PLR2004 - half of the scale
            axes.text(heard, truth, f"{100 * share:.0f}", ha="center", va="center", color=colour)
    axes.set_xticks(range(len(shares)), found["emotions"], rotation=45, ha="right")
    axes.set_yticks(range(len(shares)), found["emotions"])
    axes.set_xlabel("heard")
    axes.set_ylabel("truth")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    return figure


def _draw_recalls(results: Results) -> Figure:
    """Draw how often each emotion is recognised: a dot a corpus, a bar for their mean."""
    recalls: dict[str, list[float]] = {name: [] for name in EMOTION_COLOURS}
    for found in results["unseen-speakers"]["corpora"].values():
        for emotion, recall in found["recall"].items():
            recalls[emotion].append(recall)
    heard = {emotion: shares for emotion, shares in recalls.items() if shares}
    figure, axes = start(
        "Recall of each emotion: bar = mean, dot = a corpus", 1.0 + 0.45 * len(heard)
    )
    for place, (emotion, shares) in enumerate(reversed(heard.items())):
        axes.barh(place, np.mean(shares), color=EMOTION_COLOURS[emotion], height=0.7)
        axes.plot(
            shares, [place] * len(shares), "o", color="white", markeredgecolor=INK, clip_on=False
        )
    axes.set_yticks(range(len(heard)), list(reversed(heard)))
    axes.tick_params(axis="y", length=0)
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(PercentFormatter(1))
    return figure


def _draw_earlier_clips(results: Results) -> Figure:
    """Draw accuracy over the number of earlier clips, at even steps."""
    curves = results["earlier-clips"]["corpora"]
    figure, axes = start("Accuracy on unseen speakers", 5.2)
    for number, (corpus, curve) in enumerate(curves.items()):
        axes.plot(
            [point["accuracy"] for point in curve],
            color=LINES[number % len(LINES)],
            marker=MARKERS[number % len(MARKERS)],
            label=corpus,
        )
    steps = [point["earlier_clips"] for point in next(iter(curves.values()))]
    axes.set_xticks(range(len(steps)), steps)
    axes.set_xlabel("earlier clips of the speaker, unlabelled")
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.grid(axis="y", color=FAINT)
    list_above(axes)
    return figure


def _draw_learning(results: Results) -> Figure:
    """Draw how often the next note is right, in each way, beside each other for each corpus."""
    curves = results["learning"]["corpora"]
    figure = Figure(figsize=(WIDTH, 4.6), layout="constrained")
    figure.suptitle("The next note of a user is right", x=0.02, ha="left", weight="bold", size=13)
    panels = figure.subplots(1, len(curves), sharey=True, squeeze=False)[0]
    colours = (OTHERS, *LINES)
    for axes, (corpus, curve) in zip(panels, curves.items(), strict=True):
        steps = [point["earlier_notes"] for point in curve]
        ways = results["learning"]["ways"]
        for way, colour, marker in zip(ways, colours, MARKERS, strict=False):
            known = [place for place, point in enumerate(curve) if way in point]
            shares = [curve[place][way] for place in known]
            axes.plot(known, shares, color=colour, marker=marker, label=way)
        axes.set_xticks(range(len(steps)), steps)
        axes.set_xlabel("earlier notes")
        axes.set_title(corpus, loc="left", size=12)
        axes.yaxis.set_major_locator(MultipleLocator(0.02))
        axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        axes.grid(axis="y", color=FAINT)
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4)
    return figure


def _draw_reliability(results: Results) -> Figure:
    """Draw how often answers are right over how sure they are; the diagonal is honest."""
    figure, axes = start("Is it as right as it is sure?", 6.2)
    axes.plot((0, 1), (0, 1), color=INK, linestyle=":", linewidth=1.5)
    axes.text(0.04, 0.09, "as sure as right", rotation=45, rotation_mode="anchor", color=INK)
    for name, colour, marker in _known_and_strange(results):
        found = results["confidence"][name]
        bins = [each for each in found["reliability"] if each["n_clips"] >= FEWEST_CLIPS]
        sizes = [20 + 600 * each["n_clips"] / found["clips"] for each in bins]
        places = [each["confidence"] for each in bins], [each["accuracy"] for each in bins]
        axes.plot(*places, color=colour)
        axes.scatter(*places, s=sizes, color=colour, marker=marker, alpha=0.85, edgecolor="white")
        axes.plot([], [], color=colour, marker=marker, label=f"{name}: ECE {found['ece']:.1%}")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(PercentFormatter(1))
    axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal", xlabel="confidence", ylabel="right")
    list_above(axes, 1)
    return figure


def _draw_risk(results: Results) -> Figure:
    """Draw the share of wrong answers over the share of clips that is answered."""
    figure, axes = start("What “not sure” saves", 4.6)
    for name, colour, marker in _known_and_strange(results):
        found = results["confidence"][name]
        curve = found["risk_coverage"]
        places = [p["coverage"] for p in curve], [p["risk"] for p in curve]
        axes.plot(*places, color=colour, label=name)
        answered, accuracy = found["sure"]["answered"], found["sure"]["accuracy"]
        if accuracy is not None:
            axes.plot(answered, 1 - accuracy, marker, color=colour, markersize=11, mec="white")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.set(xlim=(0, 1.02), ylim=(0, None), xlabel="answered, the surest first", ylabel="wrong")
    axes.grid(axis="y", color=FAINT)
    list_above(axes)
    return figure


def _draw_robustness(results: Results) -> Figure:
    """Draw the points of UAR that each condition costs."""
    conditions = results["robustness"]["conditions"]
    names = [name for name in reversed(conditions) if name != CLEAN]
    corpora = list(conditions[CLEAN])
    figure, axes = start("What bad lines and rooms cost", 1.4 + 0.45 * len(names))
    height = 0.8 / len(corpora)
    for number, corpus in enumerate(corpora):
        clean = conditions[CLEAN][corpus]["uar"]
        lost = [100 * (clean - conditions[name][corpus]["uar"]) for name in names]
        places = np.arange(len(names)) + (len(corpora) / 2 - number - 0.5) * height
        axes.barh(places, lost, height, color=(OURS, SECOND)[number], label=corpus)
    axes.axvline(0, color=INK, linewidth=1)
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color=FAINT)
    axes.set_axisbelow(True)
    axes.margins(y=0.02)
    axes.set_xlabel("points of UAR lost")
    list_above(axes)
    return figure


def _known_and_strange(results: Results) -> list[tuple[str, str, str]]:
    """Give the kinds of clips whose confidence was measured, with colour and marker."""
    kinds = [("unseen speakers", OURS, "o"), ("unseen corpora", SECOND, "s")]
    return [kind for kind in kinds if kind[0] in results["confidence"]]


PICTURES: Final[Mapping[str, Callable[[Results], Figure]]] = {
    "anchors-ravdess": lambda results: _draw_anchors(results, "ravdess"),
    "anchors-crema-d": lambda results: _draw_anchors(results, "crema-d"),
    "confusion-ravdess": lambda results: _draw_confusion(results, "ravdess"),
    "confusion-crema-d": lambda results: _draw_confusion(results, "crema-d"),
    "emotions": _draw_recalls,
    "earlier-clips": _draw_earlier_clips,
    "learning": _draw_learning,
    "reliability": _draw_reliability,
    "risk-coverage": _draw_risk,
    "robustness": _draw_robustness,
}
"""Every picture by the name of its file; each raises KeyError where its figures are missing."""
