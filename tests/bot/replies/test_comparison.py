from __future__ import annotations

from dataclasses import replace

import pytest
from made_up_comparisons import make_comparison

from bot.charts import Tick
from bot.comparison import Pair
from bot.languages import say_in
from bot.replies.comparison import format_share, label_comparison
from ser_core.emotions import EMOTIONS


def test_a_picture_tells_what_became_of_accuracy_and_of_confidence() -> None:
    labels = label_comparison(make_comparison())
    assert labels.title == "Right: 63.3 % → 67.2 %"
    assert labels.subtitle == "1219 recordings · 48 unknown speakers"
    assert labels.sides == ("before", "after")
    assert labels.errors == ("before: off by 4.1 %", "after: off by 2.6 %")


def test_its_figures_are_those_of_all_voices() -> None:
    comparison = make_comparison()
    groups = tuple(
        group if group.name == "all" else replace(group, n_clips=1, accuracy=Pair(0.1, 0.2))
        for group in reversed(comparison.groups)
    )
    assert label_comparison(replace(comparison, groups=groups)).title == "Right: 63.3 % → 67.2 %"


def test_one_recording_is_no_plural() -> None:
    (whole, *_others) = make_comparison().groups
    groups = (replace(whole, n_clips=1, n_speakers=1),)
    labels = label_comparison(replace(make_comparison(), groups=groups))
    assert labels.subtitle == "1 recording · 1 unknown speaker"


def test_it_names_emotions_in_their_order_and_both_ends_of_confidence() -> None:
    labels = label_comparison(make_comparison())
    assert labels.emotions[EMOTIONS.index("disgust")] == "Disgusted"
    assert labels.ticks == (Tick(0.0, "0 %"), Tick(0.5, "▶ how sure"), Tick(1.0, "100 %"))


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.6334, "63.3 %"), (0.63, "63.0 %"), (0.0412, "4.1 %"), (1.0, "100.0 %"), (1e-9, "0.0 %")],
)
def test_a_share_has_digits_in_which_models_differ(share: float, text: str) -> None:
    assert format_share(share) == text


def test_a_share_has_a_comma_where_one_is_written() -> None:
    assert say_in("de", lambda: format_share(0.6334)).startswith("63,3")
