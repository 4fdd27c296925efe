from __future__ import annotations

from contextvars import copy_context
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from made_up_moods import Heard, make_mood
from sheets import Sheet, check_words, draw

from bot.charts.labels import MoodLabels, Tick
from bot.charts.mood import draw_mood
from bot.charts.paper import COLOURS
from bot.languages import LANGUAGES, speak
from bot.replies.moods import label_mood, title_mood
from ser_core.emotions import EMOTION_COLOURS, EMOTIONS

if TYPE_CHECKING:
    from bot.charts import Theme
    from bot.moods import Mood

DAY = [Heard(hour, emotion, 0.6) for hour, emotion in enumerate(EMOTIONS * 3)]
LABELS = MoodLabels(
    title="How this chat sounded",
    subtitle="24 voice notes",
    pleasant="pleasant",
    unpleasant="unpleasant",
    lively="lively",
    quiet="quiet",
    ticks=(Tick(0.0, "24 hours ago"), Tick(0.5, "12 hours ago"), Tick(1.0, "now")),
    emotions=tuple(emotion.capitalize() for emotion in EMOTIONS),
    shares=tuple(f"{place + 10} %" for place in range(8)),
)
LONG = "Niedergeschlagenheit"


def label(mood: Mood, language: str) -> MoodLabels:
    """Give the labels that the bot writes in a language."""

    def write() -> MoodLabels:
        speak(language)
        title = title_mood(mood.since, mood.until, whose="group")
        return label_mood(mood, title=title)

    return copy_context().run(write)


def look(
    monkeypatch: pytest.MonkeyPatch,
    mood: Mood,
    *,
    theme: Theme = "light",
    labels: MoodLabels = LABELS,
) -> Sheet:
    return draw(monkeypatch, lambda: draw_mood(mood, theme=theme, labels=labels))


def measure_difference(one: str, other: str) -> int:
    """Give how far two colours are apart, of 255."""
    channels = zip(bytes.fromhex(one[1:]), bytes.fromhex(other[1:]), strict=True)
    return max(abs(mine - theirs) for mine, theirs in channels)


@pytest.mark.parametrize("hours", [1, 720])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_is_clipped_or_covers_another_in_any_language(
    monkeypatch: pytest.MonkeyPatch, language: str, hours: int
) -> None:
    mood = make_mood([Heard(0, emotion, 0.6) for emotion in EMOTIONS], hours=hours)
    check_words(look(monkeypatch, mood, labels=label(mood, language)))


def test_long_names_leave_room_for_their_bars(monkeypatch: pytest.MonkeyPatch) -> None:
    names = tuple(f"{LONG}{place}" for place in range(8))
    shares = tuple(f"menos de {place} %" for place in range(8))
    sheet = look(monkeypatch, make_mood(DAY), labels=replace(LABELS, emotions=names, shares=shares))
    check_words(sheet)
    assert sheet.find(shares[0]).x0 - sheet.find(names[0]).x1 > 100


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_each_emotion_has_its_colour_as_area_and_as_bar(
    monkeypatch: pytest.MonkeyPatch, theme: Theme
) -> None:
    for emotion in EMOTIONS:
        sheet = look(monkeypatch, make_mood([Heard(12, emotion, 1.0)] * 3), theme=theme)
        assert sheet.read(390, 150) == EMOTION_COLOURS[emotion]
        name = sheet.texts[emotion.capitalize()]
        assert name.get_fontweight() == "bold"
        height = sheet.image.height - sheet.find(emotion.capitalize()).y0
        assert sheet.read(400, height - 10) == EMOTION_COLOURS[emotion]
        assert sheet.read(1, 1) == COLOURS[theme].ground


def test_the_largest_share_is_on_top(monkeypatch: pytest.MonkeyPatch) -> None:
    mood = make_mood([*[Heard(1, "sad")] * 3, *[Heard(1, "calm")] * 2, Heard(1, "angry")])
    sheet = look(monkeypatch, mood)
    heights = [sheet.find(name).y0 for name in ("Sad", "Calm", "Angry", "Happy")]
    assert heights == sorted(heights, reverse=True)


def test_where_nobody_spoke_nothing_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = look(monkeypatch, make_mood([Heard(20, "happy", 1.0)] * 3))
    colours = COLOURS["light"]
    for x in (60, 200, 400, 500):
        assert measure_difference(sheet.read(x, 200), colours.panel) <= 2
        assert measure_difference(sheet.read(x, 470), colours.ground) <= 2
    assert sheet.read(650, 200) == EMOTION_COLOURS["happy"]


def test_an_area_carries_its_name_only_where_it_has_room(monkeypatch: pytest.MonkeyPatch) -> None:
    written = [text.get_text() for text in look(monkeypatch, make_mood(DAY[:3])).paper._axes.texts]
    assert written.count("Surprised") == 1
    notes = [Heard(hour, "happy", 0.9) for hour in range(24)]
    written = [text.get_text() for text in look(monkeypatch, make_mood(notes)).paper._axes.texts]
    assert written.count("Happy") == 2


def test_a_name_wider_than_the_areas_is_no_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    names = (LONG * 4, *LABELS.emotions[1:])
    labels = replace(LABELS, emotions=names)
    assert look(monkeypatch, make_mood([Heard(12, "happy")] * 3), labels=labels)


@pytest.mark.parametrize(
    ("emotion", "valence_is_up", "arousal_is_up"),
    [("happy", True, True), ("calm", True, False), ("sad", False, False), ("angry", False, True)],
)
def test_pleasant_and_lively_voices_rise_above_the_line(
    monkeypatch: pytest.MonkeyPatch, emotion: str, *, valence_is_up: bool, arousal_is_up: bool
) -> None:
    sheet = look(monkeypatch, make_mood([Heard(hour, emotion, 0.9) for hour in range(24)]))
    for words, is_up in (
        ("▲ pleasant   ▼ unpleasant", valence_is_up),
        ("▲ lively   ▼ quiet", arousal_is_up),
    ):
        words_bottom = round(sheet.image.height - sheet.find(words).y0)
        column = [sheet.read(400, y) for y in range(words_bottom, words_bottom + 110)]
        curve = column.index(COLOURS["light"].ink)
        filled = column.index(COLOURS["light"].faint)
        assert (curve < filled) == is_up


def test_a_mood_that_hardly_moves_does_not_fill_its_height(monkeypatch: pytest.MonkeyPatch) -> None:
    notes = [Heard(hour, "neutral", 0.9) for hour in range(24)]
    sheet = look(monkeypatch, make_mood(notes))
    top = round(sheet.image.height - sheet.find("▲ pleasant   ▼ unpleasant").y0)
    rows = [y for y in range(top, top + 110) if sheet.read(400, y) == COLOURS["light"].ink]
    assert rows[0] > top + 30
