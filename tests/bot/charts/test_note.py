from __future__ import annotations

from contextvars import copy_context
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from made_up_moods import make_detailed
from sheets import Sheet, check_words, draw

from bot.charts.note import draw_note
from bot.charts.paper import COLOURS
from bot.languages import LANGUAGES, speak
from bot.replies.moods import label_note
from ser_core.emotions import EMOTION_COLOURS

if TYPE_CHECKING:
    from bot.charts import Theme
    from ser_core.recognition import Recognition

WAVE_MIDDLE = 242
STEP = 728 / 120


def look(
    monkeypatch: pytest.MonkeyPatch,
    recognition: Recognition,
    *,
    theme: Theme = "light",
    language: str = "en",
) -> Sheet:
    def write() -> bytes:
        speak(language)
        return draw_note(recognition, theme=theme, labels=label_note(recognition))

    return draw(monkeypatch, lambda: copy_context().run(write))


def read_wave(sheet: Sheet, share: float, *, above: float = 0.0) -> str:
    """Give the colour of the bar at a share of the time, so far above its middle."""
    place = int(share * 120)
    return sheet.read(36 + (place + 0.5) * STEP - 0.5, WAVE_MIDDLE - above)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_is_clipped_or_covers_another_in_any_language(
    monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    note = replace(make_detailed(last_share=0.3), genders=(0.999, 0.001))
    check_words(look(monkeypatch, note, language=language))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_waveform_has_the_colour_of_what_is_heard_and_grey_pauses(
    monkeypatch: pytest.MonkeyPatch, theme: Theme
) -> None:
    sheet = look(monkeypatch, make_detailed(), theme=theme)
    assert read_wave(sheet, 0.2) == EMOTION_COLOURS["happy"]
    assert read_wave(sheet, 0.5) == COLOURS[theme].faint
    assert read_wave(sheet, 0.8) == EMOTION_COLOURS["sad"]


def test_speech_between_two_segments_belongs_to_the_nearer_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sheet = look(monkeypatch, replace(make_detailed(), speech=((0.0, 10.0),)))
    assert read_wave(sheet, 0.45) == EMOTION_COLOURS["happy"]
    assert read_wave(sheet, 0.55) == EMOTION_COLOURS["sad"]


def test_what_is_not_sure_is_faint_and_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    sure = look(monkeypatch, make_detailed())
    unsure = look(monkeypatch, make_detailed(last_share=0.3))
    assert "faint: not sure" not in sure.texts
    assert "faint: not sure" in unsure.texts
    assert read_wave(unsure, 0.2) == EMOTION_COLOURS["happy"]
    assert read_wave(unsure, 0.8) not in {EMOTION_COLOURS["sad"], COLOURS["light"].ground}


def test_loud_stretches_are_higher_than_quiet_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    loudness = (*(1.0,) * 30, *(0.3,) * 30, *(0.0,) * 60)
    note = replace(make_detailed(), loudness=loudness, speech=((0.0, 10.0),))
    sheet = look(monkeypatch, note)
    ground = COLOURS["light"].ground
    assert read_wave(sheet, 0.1, above=80) == EMOTION_COLOURS["happy"]
    assert read_wave(sheet, 0.3, above=80) == ground
    assert read_wave(sheet, 0.3, above=20) == EMOTION_COLOURS["happy"]
    assert read_wave(sheet, 0.9, above=20) == ground
    assert read_wave(sheet, 0.9) != ground


def test_a_note_whose_loudness_is_unknown_has_an_even_waveform(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sheet = look(monkeypatch, replace(make_detailed(), loudness=()))
    assert read_wave(sheet, 0.2, above=50) == EMOTION_COLOURS["happy"]
    assert read_wave(sheet, 0.2, above=60) == COLOURS["light"].ground


@pytest.mark.parametrize(
    ("female", "strong"), [(0.9, "sounds female: 90 %"), (0.2, "sounds male: 80 %")]
)
def test_the_voice_is_one_bar_in_two_parts(
    monkeypatch: pytest.MonkeyPatch, female: float, strong: str
) -> None:
    sheet = look(monkeypatch, replace(make_detailed(), genders=(female, 1 - female)))
    assert [words for words in sheet.texts if words.startswith("sounds")] == [strong]
    colours = COLOURS["light"]
    middle = sheet.image.height - 36 - 13
    left, right = sheet.read(60, middle), sheet.read(740, middle)
    assert (left, right) == (
        (colours.muted, colours.faint) if female > 0.5 else (colours.faint, colours.muted)
    )
    split = 36 + female * 728
    assert sheet.read(split - 3, middle) == left
    assert sheet.read(split + 3, middle) == right
