from __future__ import annotations

from contextvars import copy_context
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from made_up_comparisons import make_comparison
from sheets import Sheet, check_words, draw

from bot.charts.comparison import draw_comparison
from bot.charts.paper import COLOURS
from bot.comparison import Bin
from bot.languages import LANGUAGES, speak
from bot.replies.comparison import label_comparison
from ser_core.emotions import EMOTION_COLOURS, EMOTIONS

if TYPE_CHECKING:
    from bot.charts import Theme
    from bot.comparison import Comparison, Matrix

PERFECT: Matrix = tuple(
    tuple(40 if row == column else 0 for column in range(8)) for row in range(8)
)
ALL_CALM: Matrix = tuple(
    tuple(40 if column == 1 else 0 for column in range(8)) for _row in range(8)
)
NOTHING: Matrix = ((0,) * 8,) * 8


def look(
    monkeypatch: pytest.MonkeyPatch,
    comparison: Comparison,
    *,
    theme: Theme = "light",
    language: str = "en",
) -> Sheet:
    def write() -> bytes:
        speak(language)
        labels = label_comparison(comparison)
        return draw_comparison(comparison, theme=theme, labels=labels)

    return draw(monkeypatch, lambda: copy_context().run(write))


def find_row(sheet: Sheet, name: str) -> float:
    """Give the height of the row of an emotion, from above."""
    box = sheet.find(name)
    return sheet.image.height - (box.y0 + box.y1) / 2


def find_columns(sheet: Sheet, which: int) -> list[float]:
    """Give where the columns of a matrix are: its heads are written over it in their colours."""
    y = next(
        y for y in range(140, 220) if EMOTION_COLOURS["fearful"] in read_line(sheet, y, start=150)
    )
    line = read_line(sheet, y + 3)
    found = []
    for emotion in EMOTIONS:
        places = [x for x, colour in enumerate(line) if colour == EMOTION_COLOURS[emotion]]
        parts = [x for x in places if x - 1 not in places]
        ends = [x for x in places if x + 1 not in places]
        found.append((parts[which] + ends[which]) / 2)
    return found


def read_line(sheet: Sheet, y: int, *, start: int = 0) -> list[str]:
    return [sheet.read(x, y) for x in range(start, sheet.image.width)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_is_clipped_or_covers_another_in_any_language(
    monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    comparison = replace(make_comparison(), confusion=(NOTHING, NOTHING))  # numbers are apart
    check_words(look(monkeypatch, comparison, language=language))


@pytest.mark.parametrize(
    ("matrix", "language"),
    [(make_comparison().confusion[0], "en"), *((PERFECT, language) for language in LANGUAGES)],
)
def test_numbers_stay_in_their_cells_and_can_be_read(
    monkeypatch: pytest.MonkeyPatch, matrix: Matrix, language: str
) -> None:
    comparison = replace(make_comparison(), confusion=(matrix, matrix))
    sheet = look(monkeypatch, comparison, language=language)
    left, right = find_columns(sheet, 0), find_columns(sheet, 1)
    cell = left[1] - left[0]
    renderer = sheet.paper._canvas.get_renderer()
    numbers = [text for text in sheet.paper._axes.texts if text.get_text().isdecimal()]
    assert numbers
    for number in numbers:
        box = number.get_window_extent(renderer)
        assert number.get_fontsize() >= 13
        assert box.width <= cell - 2
        assert min(abs((box.x0 + box.x1) / 2 - x) for x in (*left, *right)) < 2


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_is_always_right_has_the_full_colour_on_the_diagonal_and_nothing_beside_it(
    monkeypatch: pytest.MonkeyPatch, theme: Theme
) -> None:
    comparison = replace(make_comparison(), confusion=(PERFECT, ALL_CALM))
    sheet = look(monkeypatch, comparison, theme=theme)
    colours = COLOURS[theme]
    before, after = find_columns(sheet, 0), find_columns(sheet, 1)
    names = [each.capitalize() if each != "disgust" else "Disgusted" for each in EMOTIONS]
    for row, (emotion, name) in enumerate(zip(EMOTIONS, names, strict=True)):
        corner = find_row(sheet, name) - 14  # the number stands in the middle
        assert sheet.read(before[row], corner) == EMOTION_COLOURS[emotion]
        assert sheet.read(before[row - 1], corner) == colours.panel
        mistake = EMOTION_COLOURS["calm"] if emotion == "calm" else colours.ink
        assert sheet.read(after[1], corner) == mistake
        assert sheet.read(after[2], corner) == colours.panel


def test_a_share_is_written_in_per_cent_of_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    rare = tuple((30, 9, 1, 0, 0, 0, 0, 0) if row == 0 else (0,) * 8 for row in range(8))
    comparison = replace(make_comparison(), confusion=(rare, NOTHING))
    sheet = look(monkeypatch, comparison)
    numbers = [text.get_text() for text in sheet.paper._axes.texts if text.get_text().isdecimal()]
    assert numbers == ["75", "22", "2"]


def test_a_share_that_would_be_written_as_nothing_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rare = tuple((999, 1, *(0,) * 6) if row == 0 else (0,) * 8 for row in range(8))
    sheet = look(monkeypatch, replace(make_comparison(), confusion=(rare, NOTHING)))
    numbers = [text.get_text() for text in sheet.paper._axes.texts if text.get_text().isdecimal()]
    assert numbers == ["100"]


def test_reliability_goes_up_the_diagonal_where_answers_are_as_right_as_sure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    honest = tuple(Bin(each / 10, each / 10, 0.1) for each in range(2, 10))
    boastful = tuple(Bin(each / 10, 0.1, 0.1) for each in range(2, 10))
    comparison = replace(make_comparison(), reliability=(boastful, honest))
    sheet = look(monkeypatch, comparison)
    colours = COLOURS["light"]
    top = round(sheet.image.height - sheet.find("▲ how often right").y1) - 17
    height = 280
    for each in (3, 6, 9):
        x = 36 + each / 10 * 728
        column = [sheet.read(x, y) for y in range(top, top + height)]
        assert column.index(colours.accent) == pytest.approx((1 - each / 10) * height, abs=12)
        assert column[round(0.9 * height)] == colours.muted


def test_bars_tell_how_many_answers_are_how_sure(monkeypatch: pytest.MonkeyPatch) -> None:
    bins = (Bin(0.3, 0.9, 0.2), Bin(0.8, 0.9, 0.8))
    sheet = look(monkeypatch, replace(make_comparison(), reliability=(bins, ())))
    panel = COLOURS["light"].panel
    bottom = sheet.image.height - sheet.find("0 %").y1 - 16

    def is_filled(sure: float, up: float) -> bool:
        return sheet.read(36 + sure * 728 - 8, bottom - up) != panel

    assert is_filled(0.3, 20)
    assert not is_filled(0.3, 40)
    assert is_filled(0.8, 100)
    assert not is_filled(0.8, 130)


def test_models_that_have_not_answered_anything_are_no_mistake(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    comparison = replace(make_comparison(), confusion=(NOTHING, NOTHING), reliability=((), ()))
    check_words(look(monkeypatch, comparison))
