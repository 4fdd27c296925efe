from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from made_up_lab import make_figures, make_system
from matplotlib.figure import Figure

from ser_core.lab.pictures import PICTURES, draw_pictures

if TYPE_CHECKING:
    from pathlib import Path


def draw(name: str, **systems: dict[str, object]) -> Figure:
    figure = PICTURES[name](make_figures(**systems))
    assert isinstance(figure, Figure)
    return figure


def texts_of(figure: Figure) -> set[str]:
    """Give the texts within the axes."""
    return {text.get_text() for axes in figure.axes for text in axes.texts}


def test_every_picture_is_written_under_the_name_of_the_corpus(tmp_path: Path) -> None:
    drawn = draw_pictures(make_figures(), tmp_path)
    assert [path.name for path in drawn] == [
        "accuracy-ravdess.png",
        "confusion-ravdess.png",
        "loss-ravdess.png",
    ]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in drawn)


def test_what_cannot_be_drawn_is_left_out(tmp_path: Path) -> None:
    drawn = draw_pictures(make_figures(a=make_system(None, 0.5)), tmp_path)
    assert [path.stem for path in drawn] == ["accuracy-ravdess"]


def test_each_system_has_two_bars_with_its_accuracies() -> None:
    figure = draw("accuracy")
    (axes,) = figure.axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["mlp", "svm", "shipped"]
    assert texts_of(figure) == {"43%", "67%", "50%", "60%", "70%", "80%", "chance"}
    assert sorted(round(bar.get_width(), 3) for bar in axes.patches) == [  # type: ignore[attr-defined]
        *(0.434, 0.5, 0.6, 0.671, 0.7, 0.8),
    ]


def test_published_figures_are_marked_in_the_row_of_their_system() -> None:
    (axes,) = draw("accuracy").axes
    marks = [
        (*line.get_xdata(), line.get_ydata()[0])
        for line in axes.lines
        if line.get_marker() == "D" and len(line.get_xdata())
    ]
    assert marks == [(0.62, 0.745, 0)]


@pytest.mark.parametrize(
    ("unseen", "random", "published", "legend"),
    [
        (0.5, 0.6, False, ["unseen speakers", "random split"]),
        (0.5, None, False, ["unseen speakers"]),
        (None, 0.6, True, ["random split", "published"]),
    ],
)
def test_the_legend_names_what_is_there(
    unseen: float | None, random: float | None, *, published: bool, legend: list[str]
) -> None:
    shares = [{"accuracy": 0.7, "what": "x"}] if published else []
    figure = draw("accuracy", a=make_system(unseen, random, published=shares))
    assert [text.get_text() for text in figure.legends[0].get_texts()] == legend


def test_each_system_has_a_confusion_matrix_on_unseen_speakers() -> None:
    systems = {f"s{n}": make_system(0.5, 0.6) for n in range(4)} | {"r": make_system(None, 0.9)}
    figure = draw("confusion", **systems)
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert titles == ["s0", "s1", "s2", "s3", "", ""]
    assert texts_of(figure) == {"50"}


def test_each_network_has_its_loss_as_a_line() -> None:
    curves = {f"s{n}": make_system(0.5, None, losses=[2.0, 0.0, 0.5]) for n in range(9)}
    (axes,) = draw("loss", **curves, without=make_system(0.9, None)).axes
    assert [line.get_label() for line in axes.lines] == list(curves)
    looks = {(line.get_color(), line.get_linestyle()) for line in axes.lines}
    assert len(looks) == 9
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
