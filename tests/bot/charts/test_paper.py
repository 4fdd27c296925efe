from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from bot.charts.paper import COLOURS, INNER, MARGIN, Box, Letters, Paper, blend, choose_ink
from ser_core.emotions import EMOTION_COLOURS

SHEET = Box(0, 0, 800, 100)
RED, BLUE = (255, 0, 0), (0, 0, 255)


def look(paper: Paper) -> Image.Image:
    return Image.open(BytesIO(paper.print())).convert("RGB")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_empty_sheet_has_the_ground_of_its_theme(theme: str) -> None:
    image = look(Paper(100, theme))
    assert image.size == (800, 100)
    colour = bytes.fromhex(COLOURS[theme].ground[1:])
    assert image.getcolors() == [(80_000, tuple(colour))]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("letters", ["ink", "muted"])
def test_letters_have_the_contrast_that_accessible_pages_need(theme: str, letters: str) -> None:
    def measure(colour: str) -> float:
        channels = np.frombuffer(bytes.fromhex(colour[1:]), np.uint8) / 255
        linear = np.where(
            channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4
        )
        return float(linear @ (0.2126, 0.7152, 0.0722))

    colours = COLOURS[theme]
    dark, light = sorted((measure(colours.ground), measure(getattr(colours, letters))))
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_y_goes_downwards_and_pixels_are_pixels() -> None:
    paper = Paper(100, "light")
    paper.fill_box(Box(10, 20, 30, 40), "#FF0000")
    image = look(paper)
    assert image.getpixel((10, 20)) == RED
    assert image.getpixel((39, 59)) == RED
    assert image.getpixel((9, 20)) == image.getpixel((40, 59)) == (255, 255, 255)


def test_round_corners_are_left_out() -> None:
    paper = Paper(100, "light")
    paper.fill_box(Box(0, 0, 100, 100), "#FF0000", radius=20)
    image = look(paper)
    assert image.getpixel((1, 1)) == (255, 255, 255)
    assert image.getpixel((50, 1)) == RED


def test_a_box_is_never_rounder_than_it_is_wide() -> None:
    paper = Paper(100, "light")
    paper.fill_box(Box(50, 10, 4, 80), "#FF0000", radius=20)
    image = look(paper)
    assert image.getpixel((51, 50)) == RED
    assert image.getpixel((46, 50)) == image.getpixel((58, 50)) == (255, 255, 255)


def test_what_comes_later_lies_on_top_whatever_its_kind() -> None:
    paper = Paper(100, "light")
    x = np.array([0.0, 800.0])
    paper.draw_line(x, np.array([50.0, 50.0]), "#FF0000", width=10)
    paper.fill_between(x, np.array([40.0, 40.0]), np.array([60.0, 60.0]), "#0000FF")
    assert look(paper).getpixel((400, 50)) == BLUE


def test_hiding_covers_by_how_much_it_is_told() -> None:
    paper = Paper(100, "light")
    paper.fill_box(SHEET, "#FF0000")
    paper.hide(SHEET, np.array([0.0, 0.0, 0.0, 1.0, 1.0, 1.0]), "#0000FF")
    image = look(paper)
    assert image.getpixel((100, 50)) == RED
    assert image.getpixel((700, 50)) == BLUE


def test_a_frame_shows_only_what_lies_in_it_until_it_is_taken_away() -> None:
    paper = Paper(100, "light")
    paper.frame(Box(0, 0, 400, 100), radius=10)
    paper.fill_box(SHEET, "#FF0000")
    paper.frame(None)
    paper.fill_box(Box(600, 0, 200, 100), "#0000FF")
    image = look(paper)
    assert image.getpixel((200, 50)) == RED
    assert image.getpixel((500, 50)) == (255, 255, 255)
    assert image.getpixel((700, 50)) == BLUE


def test_a_text_too_long_for_the_sheet_is_written_smaller() -> None:
    paper = Paper(100, "light")
    letters = Letters("#000000")
    paper.write("mmm " * 12, MARGIN, 50, letters)
    (text,) = paper._axes.texts
    assert text.get_fontsize() < letters.size
    assert text.get_window_extent(paper._canvas.get_renderer()).width <= INNER + 1


def test_an_empty_text_and_a_formula_are_written_as_they_are() -> None:
    paper = Paper(100, "light")
    paper.write("", MARGIN, 50, Letters("#000000"))
    paper.write("$x^2$ costs $5", MARGIN, 50, Letters("#000000"))
    assert paper.print()
    assert [text.get_text() for text in paper._axes.texts] == ["", "$x^2$ costs $5"]


def test_umlauts_and_descenders_do_not_move_a_line() -> None:
    heights = set()
    for words in ("nnn", "ÄÖÜ", "ggg"):
        paper = Paper(100, "light")
        paper.write(words, MARGIN, 50, Letters("#000000"))
        (text,) = paper._axes.texts
        heights.add(text.get_position()[1])
        assert text.get_verticalalignment() == "baseline"
    assert len(heights) == 1


@pytest.mark.parametrize(
    ("ground", "ink"), [("#FFFFFF", "#000000"), ("#000000", "#FFFFFF"), ("#0072B2", "#FFFFFF")]
)
def test_the_ink_is_what_can_be_read_on_a_ground(ground: str, ink: str) -> None:
    assert choose_ink(ground) == ink


@pytest.mark.parametrize(
    ("share", "blended"), [(0.0, "#ffffff"), (0.5, "#ff8080"), (1.0, "#ff0000")]
)
def test_a_colour_covers_as_much_of_its_ground_as_it_is_told(share: float, blended: str) -> None:
    assert blend("#FF0000", "#FFFFFF", share) == blended


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_accent_is_no_emotions_colour_and_stands_out_from_its_ground(theme: str) -> None:
    def apart(one: str, other: str) -> int:
        channels = zip(bytes.fromhex(one[1:]), bytes.fromhex(other[1:]), strict=True)
        return max(abs(mine - theirs) for mine, theirs in channels)

    colours = COLOURS[theme]
    for other in (*EMOTION_COLOURS.values(), colours.ground, colours.panel, colours.muted):
        assert apart(colours.accent, other) > 40


def test_the_font_has_the_letters_of_all_languages() -> None:
    paper = Paper(100, "light")
    words = "Überraschung ¡ñáéíóúãõçàèùâêîôûœ! «ßäöü» Ёжик щъэю ▲▼ · — …"
    paper.write(words, MARGIN, 50, Letters(EMOTION_COLOURS["happy"]))
    assert paper.print()  # a missing letter is a warning, and a warning is an error
