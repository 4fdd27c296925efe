from __future__ import annotations

import asyncio
from contextlib import ExitStack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import AllBusy, Stopping, UserBusy
from bot.line import Line, Place


def make_line(*, width: int = 1, max_per_user: int = 10, max_total: int = 100) -> Line:
    return Line(width=width, max_per_user=max_per_user, max_total=max_total)


def test_the_first_note_has_its_turn_at_once() -> None:
    with make_line().join(1) as place:
        assert place.has_turn
        assert place.position == 0


def test_the_next_notes_wait_and_know_their_position() -> None:
    line = make_line()
    with line.join(1), line.join(2) as second, line.join(3) as third:
        assert (second.position, third.position) == (1, 2)


def test_a_place_that_is_given_up_lets_the_others_move_up() -> None:
    line = make_line()
    with line.join(1), ExitStack() as impatient:
        impatient.enter_context(line.join(2))
        with line.join(3) as last:
            assert last.position == 2
            impatient.close()
            assert last.position == 1


def test_as_many_notes_as_the_line_is_wide_have_their_turn() -> None:
    line = make_line(width=2)
    with line.join(1) as first, line.join(1) as second, line.join(1) as third:
        assert [place.has_turn for place in (first, second, third)] == [True, True, False]


def test_senders_take_turns() -> None:
    line = make_line()
    with ExitStack() as notes:
        notes.enter_context(line.join(9))
        eager = [notes.enter_context(line.join(1)) for _ in range(3)]
        late = notes.enter_context(line.join(2))
        assert line.order() == [eager[0], late, eager[1], eager[2]]


def test_a_sender_with_too_many_notes_is_refused_and_may_come_again() -> None:
    line = make_line(max_per_user=1)
    with line.join(1), pytest.raises(UserBusy) as refusal, line.join(1):
        pass
    assert refusal.value.max_per_user == 1
    with line.join(1) as place:
        assert place.has_turn


def test_everybody_is_refused_when_the_line_is_full() -> None:
    line = make_line(max_total=2)
    with line.join(1), line.join(2), pytest.raises(AllBusy) as refusal, line.join(3):
        pass
    assert refusal.value.max_total == 2


async def test_waiting_ends_with_the_turn() -> None:
    line = make_line()
    with ExitStack() as first:
        first.enter_context(line.join(1))
        with line.join(2) as place:
            waiting = asyncio.ensure_future(place.wait(10.0))
            await asyncio.sleep(0)
            assert not waiting.done()
            first.close()
            assert await waiting


async def test_waiting_ends_with_its_time() -> None:
    line = make_line()
    with line.join(1), line.join(2) as place:
        assert not await place.wait(0.001)


async def test_closing_sends_away_who_waits_and_lets_the_others_finish() -> None:
    line = make_line()
    with line.join(1) as first, line.join(2) as second:
        line.close()
        assert await first.wait(1.0)
        with pytest.raises(Stopping):
            await second.wait(1.0)
    assert not line.order()


def test_a_closed_line_takes_no_more_notes() -> None:
    line = make_line()
    line.close()
    with pytest.raises(Stopping), line.join(1):
        pass


@given(senders=st.lists(st.integers(1, 4), min_size=1, max_size=12), width=st.integers(1, 3))
def test_turns_come_in_the_order_that_was_told(senders: list[int], width: int) -> None:
    line = make_line(width=width, max_per_user=12)
    stacks: dict[Place, ExitStack] = {}
    for sender in senders:
        stack = ExitStack()
        stacks[stack.enter_context(line.join(sender))] = stack
    while line.working:
        told = line.order()
        stacks[next(iter(line.working))].close()
        assert [place for place in told if place.has_turn] == told[:1]
        assert line.order() == told[1:]
    assert all(place.has_turn for place in stacks)
