from __future__ import annotations

import pytest

from bot.languages import LANGUAGES, say_in
from bot.replies import formats
from ser_core.emotions import EMOTIONS


@pytest.mark.parametrize(
    ("probability", "text"),
    [
        (1.0, "over 99 %"),
        (0.996, "over 99 %"),
        (0.99, "99 %"),
        (0.5, "50 %"),
        (0.006, "1 %"),
        (0.004, "under 1 %"),
        (0.0, "under 1 %"),
    ],
)
def test_no_probability_is_told_as_certain(probability: float, text: str) -> None:
    assert formats.format_percent(probability) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.5, "0.5 seconds"),
        (0.998, "1 second"),
        (1.0, "1 second"),
        (45.0, "45 seconds"),
        (60.0, "1 minute"),
        (60.02, "1 minute"),
        (90.0, "1.5 minutes"),
        (3600.0, "1 hour"),
        (3601.0, "1 hour"),
        (36000.0, "10 hours"),
    ],
)
def test_durations_are_told_in_the_unit_that_people_use(seconds: float, text: str) -> None:
    assert formats.format_seconds(seconds) == text


@pytest.mark.parametrize(
    ("code", "texts"),
    [
        ("es", ["0,5 segundos", "1 segundo", "1,5 minutos", "2 horas"]),
        ("de", ["0,5 Sekunden", "1 Sekunde", "1,5 Minuten", "2 Stunden"]),
        ("ru", ["0,5 секунды", "1 секунда", "1,5 минуты", "2 часа"]),
        ("pt", ["0,5 segundo", "1 segundo", "1,5 minuto", "2 horas"]),
        ("it", ["0,5 secondi", "1 secondo", "1,5 minuti", "2 ore"]),
        ("fr", ["0,5 seconde", "1 seconde", "1,5 minute", "2 heures"]),
    ],
)
def test_durations_are_told_as_each_language_tells_them(code: str, texts: list[str]) -> None:
    durations = (0.5, 1.0, 90.0, 7200.0)
    assert say_in(code, lambda: [formats.format_seconds(one) for one in durations]) == texts


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_emotion_has_a_name_of_its_own_and_a_face(code: str) -> None:
    names = say_in(code, lambda: [formats.name_emotion(emotion) for emotion in EMOTIONS])
    assert len(set(names)) == len(set(formats.EMOJIS.values())) == len(EMOTIONS)
    assert all(name[0].isupper() for name in names)


def test_a_number_has_a_comma_where_one_is_written() -> None:
    assert formats.format_number(1.25, n_digits=3) == "1.25"
    assert say_in("de", lambda: formats.format_number(1.25, n_digits=3)) == "1,25"


def test_a_moment_is_told_in_minutes_and_seconds() -> None:
    assert formats.format_clock(65.4) == "1:05"


@pytest.mark.parametrize(("share", "bar"), [(0.0, "▱" * 10), (0.82, "▰" * 8 + "▱" * 2)])
def test_a_bar_is_as_long_as_the_share(share: float, bar: str) -> None:
    assert formats.draw_bar(share) == bar


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != "en"])
def test_positions_are_numbers_outside_english(code: str) -> None:
    assert say_in(code, lambda: formats.format_position(3)) == "3"


@pytest.mark.parametrize(
    ("position", "text"),
    [
        (1, "first"),
        (3, "third"),
        (10, "tenth"),
        (11, "11th"),
        (12, "12th"),
        (13, "13th"),
        (21, "21st"),
        (22, "22nd"),
        (23, "23rd"),
        (24, "24th"),
        (100, "100th"),
        (101, "101st"),
        (111, "111th"),
        (113, "113th"),
    ],
)
def test_positions_are_told_as_ordinals(position: int, text: str) -> None:
    assert formats.format_position(position) == text
