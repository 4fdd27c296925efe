from __future__ import annotations

from contextvars import copy_context
from typing import TYPE_CHECKING

import pytest
from made_up_statistics import make_statistics
from sheets import Sheet, check_words, draw

from bot.charts.paper import COLOURS
from bot.charts.stats import draw_stats
from bot.languages import LANGUAGES, speak
from bot.replies.stats import label_stats
from bot.statistics import Latency

if TYPE_CHECKING:
    from bot.charts import Theme
    from bot.statistics import Statistics

LIGHT = COLOURS["light"]
_HALF_CAPITAL = 0.73 / 2 * 25


def look(
    monkeypatch: pytest.MonkeyPatch,
    statistics: Statistics,
    *,
    theme: Theme = "light",
    language: str = "en",
) -> Sheet:
    def write() -> bytes:
        speak(language)
        return draw_stats(statistics, theme=theme, labels=label_stats(statistics))

    return draw(monkeypatch, lambda: copy_context().run(write))


class Charts:
    """Find one's way on a sheet by its words."""

    def __init__(self, sheet: Sheet, n_days: int = 30) -> None:
        self.sheet = sheet
        self.n_days = n_days
        self.right = sheet.find("100 %").x0 - 16

    def find_day(self, number: float) -> float:
        """Give where a day is from left to right."""
        return 36 + (number + 0.5) / self.n_days * (self.right - 36)

    def find_share(self, share: float) -> float:
        """Give where a share of opinions is, from above: there its label has its middle."""
        top, bottom = (
            self.sheet.texts[label].get_position()[1] - _HALF_CAPITAL for label in ("100 %", "0 %")
        )
        return bottom - share * (bottom - top)

    def find_most(self) -> float:
        """Give where the largest number of notes is, from above."""
        return self.sheet.image.height - self.sheet.find("Voice notes a day").y0 + 33

    def read_share(self, number: float, share: float) -> str:
        """Give the colour where a share of opinions on a day is."""
        return self.sheet.read(self.find_day(number), self.find_share(share))

    def read_count(self, number: int, share: float) -> str:
        """Give the colour where the bar of a day has such a share of the largest."""
        top, bottom = self.find_most() + 6, self.find_most() + 128
        return self.sheet.read(self.find_day(number), bottom - share * (bottom - top))


@pytest.mark.parametrize("n_notes", [3, 123_456])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_is_clipped_or_covers_another_in_any_language(
    monkeypatch: pytest.MonkeyPatch, language: str, n_notes: int
) -> None:
    latency = Latency(0.62, 1.4, 59.0, 4000.0)
    statistics = make_statistics({3: n_notes}, {4: (999, 1000)}, latency=latency)
    check_words(look(monkeypatch, statistics, language=language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_bot_that_nobody_has_used_has_a_picture(
    monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    sheet = look(monkeypatch, make_statistics({}, {}, latency=None), language=language)
    check_words(sheet)
    assert sheet.image.height < 700


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_day_of_many_notes_has_a_higher_bar_and_today_a_pale_one(
    monkeypatch: pytest.MonkeyPatch, theme: Theme
) -> None:
    charts = Charts(look(monkeypatch, make_statistics({5: 40, 6: 10, 29: 40}, {}), theme=theme))
    colours = COLOURS[theme]
    assert charts.read_count(5, 0.9) == charts.read_count(6, 0.1) == colours.muted
    assert charts.read_count(6, 0.5) == charts.read_count(7, 0.05) == colours.panel
    assert charts.read_count(29, 0.9) not in {colours.muted, colours.panel}


def test_agreement_is_the_share_of_a_week(monkeypatch: pytest.MonkeyPatch) -> None:
    charts = Charts(look(monkeypatch, make_statistics({}, {10: (1, 1), 12: (0, 3)})))
    assert charts.read_share(10.5, 1.0) == LIGHT.accent
    assert charts.read_share(14, 0.25) == LIGHT.accent
    assert charts.read_share(18, 0.0) == LIGHT.accent


def test_agreement_has_a_gap_where_nobody_said_anything_for_a_week(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    charts = Charts(look(monkeypatch, make_statistics({}, {3: (1, 4), 20: (1, 4)})))
    assert charts.read_share(8.5, 0.25) == LIGHT.accent
    assert charts.read_share(10.5, 0.25) == charts.read_share(19, 0.25) == LIGHT.panel
    assert charts.read_share(21, 0.25) == LIGHT.accent
    assert charts.read_share(29, 0.25) == LIGHT.panel


def test_each_day_on_which_somebody_said_something_has_a_pale_dot(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    charts = Charts(look(monkeypatch, make_statistics({}, {10: (4, 4), 12: (1, 4), 13: (0, 0)})))
    assert charts.read_share(12, 0.25) not in {LIGHT.panel, LIGHT.accent}
    assert charts.read_share(13, 0.25) == LIGHT.panel


def test_what_is_said_today_for_the_first_time_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    charts = Charts(look(monkeypatch, make_statistics({}, {29: (3, 4)})))
    assert charts.read_share(29, 0.75) == LIGHT.accent


def test_one_day_is_enough_for_a_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    charts = Charts(look(monkeypatch, make_statistics({0: 3}, {0: (1, 4)}, n_days=1)), 1)
    assert charts.read_share(0, 0.25) == LIGHT.accent


def test_the_longest_percentile_has_the_longest_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = look(monkeypatch, make_statistics())
    ends = [sheet.find(f"{each} seconds").x0 for each in ("0.62", "1.4", "1.9", "4.4")]
    assert ends == sorted(ends)
    assert (ends[3] - ends[1]) / (ends[2] - ends[1]) == pytest.approx(3.0 / 0.5, rel=0.05)
