from __future__ import annotations

import time
from typing import TYPE_CHECKING

from bot.sandbox.numbers import Numbers
from bot.sandbox.updates import Updates

if TYPE_CHECKING:
    import pytest


def test_numbers_begin_at_the_clock_and_grow_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Numbers, "_last", 0)
    begin = int(time.time())
    numbers = Numbers()
    first = numbers.take()
    assert begin <= first <= begin + 2
    assert [numbers.take(), numbers.take()] == [first + 1, first + 2]


def test_a_number_of_a_sandbox_before_never_comes_again() -> None:
    before = Numbers()
    given = [before.take() for _ in range(1_000)]
    assert Numbers().take() > max(given)


async def test_no_two_sandboxes_hand_out_the_same_update() -> None:
    ids = []
    for _ in range(2):
        updates = Updates()
        updates.add("message", {})
        updates.add("message", {})
        ids += [update["update_id"] for update in await updates.take(10, 0.0)]
    assert len(set(ids)) == 4
