from __future__ import annotations

import io
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from heard import hear
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from sounds import make_waveform, noise, silence, tone

from ser_core.plots import draw_recording, sheet
from ser_core.plots.columns import measure_columns
from ser_core.plots.panels import draw_waveform
from ser_core.plots.recording import NOBODY, describe
from ser_core.synthesis import speak

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PANELS = (
    "emotion,\nhow sure",
    "waveform",
    "spectrogram\nkHz",
    "mel bands\nkHz",
    "MFCC\nnumber",
    "chroma\nnote",
    "pitch\nHz",
    "energy\ndBFS",
)


def find_panels(figure: Figure) -> dict[str, Axes]:
    """Give the panels by their labels, without the scales beside them."""
    x0 = figure.axes[0].get_position().x0
    return {each.get_ylabel(): each for each in figure.axes if each.get_position().x0 == x0}


def list_texts(figure: Figure) -> list[str]:
    return [text.get_text() for each in (figure, *figure.axes) for text in each.texts]


def list_legend(figure: Figure) -> list[str]:
    return [text.get_text() for legend in figure.legends for text in legend.get_texts()]


def test_a_recording_is_drawn_in_every_way_over_one_time() -> None:
    figure = draw_recording(speak(seconds=1.0), hear((0, 1, "sad", 0.8), seconds=1.0), "note.ogg")
    panels = find_panels(figure)
    assert tuple(panels) == PANELS
    assert {each.get_xlim() for each in panels.values()} == {(0.0, 1.0)}
    assert [each.get_xlabel() for each in panels.values()] == [*[""] * 7, "seconds"]
    places = [each.get_position() for each in panels.values()]
    assert all(above.y0 > below.y1 for above, below in pairwise(places))
    assert "note.ogg" in list_texts(figure)


def test_emotions_stand_over_the_time_in_which_they_are_heard() -> None:
    recognition = hear((0.5, 2.0, "happy", 0.8), (3.0, 4.0, "sad", 0.4), seconds=4.5)
    figure = draw_recording(make_waveform(noise(4.5)), recognition, "x")
    panels = find_panels(figure)
    (bars,) = panels[PANELS[0]].findobj(PolyCollection)
    corners = [path.vertices for path in bars.get_paths()]  # type: ignore[attr-defined]  # its type is too wide
    assert [(each[:, 0].min(), each[:, 0].max()) for each in corners] == [(0.5, 2.0), (3.0, 4.0)]
    assert [each[:, 1].max() for each in corners] == pytest.approx([0.8, 0.4])
    assert {"happy 80%", "sad? 40%"} <= set(list_texts(figure))
    assert list_legend(figure) == []


def test_where_names_have_no_room_a_legend_names_the_colours() -> None:
    many = [(each / 10, each / 10 + 0.1, ("sad", "calm")[each % 2], 0.8) for each in range(40)]
    figure = draw_recording(make_waveform(noise(4)), hear(*many, seconds=4), "x")
    assert list_legend(figure) == ["calm", "sad"]
    few = [(0.0, 3.8, "calm", 0.8), (3.8, 4.0, "surprised", 0.8)]
    figure = draw_recording(make_waveform(noise(4)), hear(*few, seconds=4), "x")
    assert "calm 80%" in list_texts(figure)
    assert list_legend(figure) == ["calm", "surprised"]


def test_a_name_without_room_for_how_sure_it_is_stands_alone() -> None:
    two = [(0.0, 3.7, "calm", 0.8), (3.7, 4.0, "sad", 0.8)]
    figure = draw_recording(make_waveform(noise(4)), hear(*two, seconds=4), "x")
    assert "sad" in list_texts(figure)


def test_a_recording_in_which_nobody_speaks_is_drawn_and_says_so() -> None:
    figure = draw_recording(make_waveform(silence(1.0)), None, "empty.wav")
    assert f"{NOBODY} · 1.0 s" in list_texts(figure)
    assert tuple(find_panels(figure)) == ("emotion", *PANELS[1:])
    write(figure)


def test_silence_is_dark() -> None:
    panels = find_panels(draw_recording(make_waveform(silence(1.0)), None, "x"))
    for name in PANELS[2:4]:
        (image,) = panels[name].images
        assert np.asarray(image.norm(image.get_array())).max() <= 0


@pytest.mark.parametrize(("peak", "top"), [(0.04, 0.05), (0.3, 0.5), (1.0, 1.0)])
def test_the_waveform_fills_its_panel(peak: float, top: float) -> None:
    axes = Figure().add_subplot()
    draw_waveform(axes, measure_columns(make_waveform(tone(200, peak=peak))), ())
    assert axes.get_ylim() == (-top, top)


def test_long_recordings_are_told_in_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "_MINUTES_FROM", 2)
    monkeypatch.setattr(sheet, "_TICK_STEPS", (1, 2))
    figure = draw_recording(make_waveform(noise(4)), hear((0, 4, "sad", 1), seconds=4), "x")
    axes = find_panels(figure)["energy\ndBFS"]
    write(figure)
    assert axes.get_xlabel() == "minutes"
    labels = [label.get_text() for label in axes.get_xticklabels()]
    assert {"0:00", "0:01", "0:04"} <= set(labels)
    assert "sad 100% · female 90% · 0:04 min of speech in 0:04 min" in list_texts(figure)


def test_days_have_ticks_at_the_widest_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "_MINUTES_FROM", 2)
    monkeypatch.setattr(sheet, "_TICK_STEPS", (0.1, 0.2))
    axes = find_panels(draw_recording(make_waveform(noise(3)), None, "x"))["pitch\nHz"]
    assert axes.get_xticks()[1] - axes.get_xticks()[0] == pytest.approx(0.2)


def test_the_answer_is_told_in_a_line() -> None:
    waveform = make_waveform(silence(4.0))
    recognition = hear((0, 2, "sad", 0.8), seconds=4.0)
    assert describe(waveform, recognition) == "sad 80% · female 90% · 2.0 s of speech in 4.0 s"
    vague = describe(waveform, hear((0, 2, "sad", 0.3), seconds=150.0))
    assert vague == "not sure, perhaps sad 30% · female 90% · 2.0 s of speech in 2:30 min"


def test_names_in_any_script_are_drawn_without_complaint() -> None:
    waveform = make_waveform(noise(0.5))
    write(draw_recording(waveform, None, "日本語 हिन्दी \U0001f600 \udcff $x_$ {}.wav"))


def write(figure: Figure) -> None:
    figure.savefig(io.BytesIO(), dpi=30)
