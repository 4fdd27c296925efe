from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pytest
from made_up_results import make_results
from matplotlib.colors import to_hex, to_rgb

from ser_core.emotions import EMOTION_COLOURS, EMOTIONS
from ser_core.evaluation.canvas import OURS, STYLE
from ser_core.evaluation.plots import PICTURES, draw_pictures

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes


@pytest.fixture
def results() -> dict[str, Any]:
    return make_results()


def draw(name: str, results: dict[str, Any]) -> Axes:
    with mpl.rc_context(STYLE):
        (axes,) = PICTURES[name](results).axes
    return axes


def test_each_emotion_has_a_colour_of_its_own() -> None:
    assert tuple(EMOTION_COLOURS) == EMOTIONS
    assert len(set(EMOTION_COLOURS.values())) == len(EMOTIONS)


def test_every_picture_that_the_figures_allow_is_drawn(
    results: dict[str, Any], tmp_path: Path
) -> None:
    few = {name: results[name] for name in ("confidence", "random-split")}
    drawn = draw_pictures(few, tmp_path)
    assert [path.name for path in drawn] == ["reliability.png", "risk-coverage.png"]
    for path in drawn:
        assert path.read_bytes().startswith(b"\x89PNG")


def test_pictures_stand_on_white_in_any_theme(results: dict[str, Any]) -> None:
    with mpl.rc_context(STYLE):
        figure = PICTURES["earlier-clips"](results)
    assert to_rgb(figure.get_facecolor()) == (1, 1, 1)


def test_our_bar_stands_out_among_those_of_others(results: dict[str, Any]) -> None:
    axes = draw("anchors-ravdess", results)
    names = [label.get_text() for label in axes.get_yticklabels()]
    colours = {
        name: to_hex(bar.get_facecolor()).upper()
        for name, bar in zip(names, axes.patches, strict=True)
    }
    assert [name for name, colour in colours.items() if colour == OURS] == ["this project"]
    widths = [bar.get_width() for bar in axes.patches]  # type: ignore[attr-defined]  # bars
    assert widths == sorted(widths)


def test_a_confusion_matrix_shows_shares_of_the_truth(results: dict[str, Any]) -> None:
    axes = draw("confusion-crema-d", results)
    (image,) = axes.images
    shares = np.asarray(image.get_array())
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    assert next(label.get_text() for label in axes.get_yticklabels()) == "neutral"
    assert all(int(text.get_text()) > 0 for text in axes.texts)


def test_each_emotion_of_any_corpus_has_a_bar(results: dict[str, Any]) -> None:
    assert len(draw("emotions", results).patches) == len(EMOTIONS)
    few = {"unseen-speakers": {"corpora": {"emodb": {"recall": {"sad": 0.5, "angry": 0.75}}}}}
    axes = draw("emotions", few)
    assert [label.get_text() for label in axes.get_yticklabels()] == ["angry", "sad"]


def test_each_corpus_has_a_line_over_the_earlier_clips(results: dict[str, Any]) -> None:
    axes = draw("earlier-clips", results)
    assert len(axes.lines) == 6
    assert [label.get_text() for label in axes.get_xticklabels()] == [*"01248", "16"]


def test_confidences_of_few_clips_are_left_out_of_the_diagram(results: dict[str, Any]) -> None:
    found = results["confidence"]["unseen speakers"]
    found["reliability"] = [
        {"confidence": 0.3, "accuracy": 0.9, "n_clips": 3},
        {"confidence": 0.6, "accuracy": 0.6, "n_clips": 500},
    ]
    line = draw("reliability", results).lines[1]
    assert list(line.get_xdata()) == [0.6]


def test_without_strange_corpora_their_lines_are_missing(results: dict[str, Any]) -> None:
    only_known = {"confidence": {**results["confidence"]}}
    del only_known["confidence"]["unseen corpora"]
    assert len(draw("risk-coverage", only_known).lines) == 2
    assert len(draw("risk-coverage", results).lines) == 4


def test_who_is_never_sure_has_no_mark(results: dict[str, Any]) -> None:
    confidence = {
        name: {**results["confidence"][name], "sure": {"answered": 0.0, "accuracy": None}}
        for name in ("unseen speakers", "unseen corpora")
    }
    assert len(draw("risk-coverage", {"confidence": confidence}).lines) == 2


def test_what_each_condition_costs_is_a_bar_for_each_corpus(results: dict[str, Any]) -> None:
    axes = draw("robustness", results)
    assert len(axes.patches) == 2 * 12
    lost = {round(bar.get_width()) for bar in axes.patches}  # type: ignore[attr-defined]  # bars
    assert lost == set(range(1, 13))


def test_each_way_of_being_known_has_a_line_where_it_was_tried(results: dict[str, Any]) -> None:
    with mpl.rc_context(STYLE):
        panels = PICTURES["learning"](results).axes
    assert [axes.get_title(loc="left") for axes in panels] == ["ravdess", "crema-d"]
    for axes in panels:
        lines = {str(line.get_label()): line for line in axes.get_lines()}
        assert list(lines) == ["stranger", "baseline", "feedback", "retrained"]
        assert list(lines["stranger"].get_xdata()) == [0, 1, 2, 3, 4, 5]
        assert list(lines["retrained"].get_xdata()) == [3, 4, 5]
        assert len({line.get_color() for line in lines.values()}) == 4
