from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.mood_check import Check
from bot.replies.groups import offer_theme

UNTIL = datetime(2026, 2, 3, 20, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "check",
    [
        Check(-5, None, "group", "30d", UNTIL),
        Check(-5, 7, "own", "1h", UNTIL),
        Check(7, 7, "day", "24h", UNTIL),
    ],
)
def test_a_button_holds_the_whole_check(check: Check) -> None:
    assert Check.parse(check.format(), chat_id=check.chat_id) == check


def test_a_button_has_no_more_bytes_than_telegram_allows() -> None:
    check = Check(-5, 2**52, "group", "24h", datetime(2159, 1, 1, tzinfo=UTC))
    assert Check.parse(check.format(), chat_id=-5) == check
    (button,), *_ = offer_theme("light", check.format()).inline_keyboard
    assert len(str(button.callback_data).encode()) <= 64


@pytest.mark.parametrize(
    "data", ["", "group:1h:0", "all:1h:0:1", "group:99y:0:1", "own:1h:-1:1", "own:1h:1:999999999"]
)
def test_other_data_hold_none(data: str) -> None:
    assert Check.parse(data, chat_id=-5) is None
