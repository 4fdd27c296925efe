from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from jobs import PaperJob

from bot.database.inbox import Limits
from bot.errors import AllBusy, ChatBusy, GaveUp, NoteError, TooLate, UserBusy
from bot.job import MAX_TRIES
from bot.terms import Terms, measure_wait

TERMS = Terms(Limits(per_user=5, per_chat=20, total=1000), max_minutes=60)


def send_before(**passed: float) -> dict[str, Any]:
    return {"received_at": datetime.now(UTC) - timedelta(**passed)}


@pytest.mark.parametrize(
    "changes", [{}, {"tries": MAX_TRIES - 1}, send_before(minutes=30), send_before(minutes=-30)]
)
def test_a_usual_note_is_listened_to(changes: dict[str, Any]) -> None:
    TERMS.check(PaperJob(**changes))


@pytest.mark.parametrize(
    ("changes", "kind", "value"),
    [
        ({"refusal": "user"}, UserBusy, 5),
        ({"refusal": "chat"}, ChatBusy, 20),
        ({"refusal": "all"}, AllBusy, 1000),
        ({"tries": MAX_TRIES}, GaveUp, MAX_TRIES),
        (send_before(minutes=90), TooLate, 60),
    ],
)
def test_others_are_not_and_it_is_told_why(
    changes: dict[str, Any], kind: type[NoteError], value: int
) -> None:
    with pytest.raises(kind) as refusal:
        TERMS.check(PaperJob(**changes))
    assert list(vars(refusal.value).values()) == [value]


def test_a_wait_is_measured_in_seconds() -> None:
    assert 5 <= measure_wait(PaperJob(**send_before(seconds=5))) < 30


def test_a_clock_that_was_set_back_makes_no_wait_negative() -> None:
    assert measure_wait(PaperJob(**send_before(seconds=-5))) == 0
