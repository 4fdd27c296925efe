from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from ser_core.corpora import Clip, Reading
from ser_core.emotions import EMOTION_COLOURS
from ser_core.plots import draw_counts

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def read(counts: dict[tuple[str | None, str | None], int]) -> Reading:
    """Give a corpus with so many clips of an emotion and a gender."""
    clips = [
        Clip(Path("x.wav"), emotion, gender, f"x/{gender}", "", "x")
        for (emotion, gender), number in counts.items()
        for _ in range(number)
    ]
    return Reading(tuple(clips), ())


def list_bars(axes: Axes) -> dict[str, list[float]]:
    """Give how long the parts of each bar are, by the name of the bar."""
    names = {
        tick: label.get_text()
        for tick, label in zip(axes.get_yticks(), axes.get_yticklabels(), strict=True)
    }
    bars: dict[str, list[float]] = {name: [] for name in names.values()}
    for bar in axes.patches:
        assert isinstance(bar, Rectangle)
        bars[names[round(bar.get_y() + bar.get_height() / 2)]].append(bar.get_width())
    return bars


def test_each_emotion_has_a_bar_of_its_genders() -> None:
    reading = read({("sad", "female"): 3, ("sad", "male"): 2, ("happy", "male"): 1})
    figure = draw_counts({"mine": reading})
    (axes,) = figure.axes
    assert list_bars(axes) == {"happy": [0, 1, 0], "sad": [3, 2, 0]}
    texts = [text.get_text() for text in axes.texts]
    assert texts == [" 1", " 5", "6 clips, 2 speakers"]
    assert axes.get_title(loc="left") == "mine\n"
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["female", "male"]
    figure.savefig(io.BytesIO(), dpi=30)


def test_bars_have_the_colours_of_the_emotions() -> None:
    (axes,) = draw_counts({"mine": read({("sad", "female"): 3})}).axes
    assert to_hex(axes.patches[0].get_facecolor()).upper() == EMOTION_COLOURS["sad"]


def test_what_a_corpus_lacks_is_said_where_another_has_it() -> None:
    readings = {"a": read({("sad", "male"): 1}), "b": read({("calm", None): 2})}
    figure = draw_counts(readings)
    first, second = figure.axes
    assert list_bars(first) == {"calm": [0, 0, 0], "sad": [0, 1, 0]}
    assert first.texts[0].get_text() == " none"
    assert second.patches[2].get_hatch() is not None
    assert "1 clip, 1 speaker" in [text.get_text() for text in first.texts]


def test_clips_without_an_emotion_are_counted_apart() -> None:
    (axes,) = draw_counts({"everyday": read({(None, None): 4})}).axes
    assert list_bars(axes) == {"unlabelled": [0, 0, 4]}


def test_many_corpora_stand_in_rows_without_empty_panels() -> None:
    figure = draw_counts({str(number): read({("sad", "male"): 1}) for number in range(4)})
    assert [axes.get_visible() for axes in figure.axes] == [True] * 4 + [False] * 2
