from __future__ import annotations

from dataclasses import replace

from heard import hear

from ser_core.emotions import EMOTION_COLOURS
from ser_core.plots.stretches import choose_colour, find_colours, find_stretches


def test_stretches_are_the_speech_inside_segments() -> None:
    recognition = hear((0.5, 4.0, "happy", 0.8), (4.0, 9.0, "sad", 0.3), seconds=10.0)
    recognition = replace(recognition, speech=((0.5, 2.0), (3.0, 6.0), (7.0, 9.0)))
    found = [(each.start, each.end, each.emotion) for each in find_stretches(recognition)]
    assert found == [
        (0.5, 2.0, "happy"),
        (3.0, 4.0, "happy"),
        (4.0, 6.0, "sad"),
        (7.0, 9.0, "sad"),
    ]


def test_pauses_that_nobody_could_see_are_no_gaps() -> None:
    recognition = hear((0.0, 100.0, "happy", 0.8), seconds=100.0)
    recognition = replace(recognition, speech=((0.0, 50.0), (50.2, 80.0), (81.0, 100.0)))
    found = [(each.start, each.end) for each in find_stretches(recognition)]
    assert found == [(0.0, 80.0), (81.0, 100.0)]


def test_without_word_of_the_speech_segments_are_stretches() -> None:
    recognition = replace(hear((1.0, 4.0, "happy", 0.8), seconds=5.0), speech=())
    assert [(each.start, each.end) for each in find_stretches(recognition)] == [(1.0, 4.0)]


def test_what_is_not_sure_is_pale() -> None:
    sure, unsure = find_stretches(hear((0.0, 2.0, "sad", 0.9), (2.0, 4.0, "sad", 0.3), seconds=4.0))
    assert sure.colour == EMOTION_COLOURS["sad"]
    assert unsure.colour == choose_colour("sad", is_sure=False) != sure.colour


def test_colours_are_listed_in_the_usual_order() -> None:
    recognition = hear((0, 2, "sad", 0.9), (2, 4, "calm", 0.3), (4, 6, "sad", 0.2), seconds=6.0)
    assert list(find_colours(recognition)) == ["calm, not sure", "sad", "sad, not sure"]
