from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from inboxes import ADA, BEN, NOW, keep, note, press, word
from sqlalchemy import func, select

from bot.database.chats import change_chat
from bot.database.inbox import (
    NOTE,
    Entry,
    Limits,
    change_answer,
    count_try,
    finish_job,
    forget_seen,
    free_job,
    free_lost_jobs,
    keep_hold,
    take_jobs,
)
from bot.database.inbox_tables import JobRow, SeenRow
from bot.database.line import (
    borrow_job,
    cancel_job,
    forget_jobs,
    give_back_job,
    list_waiting,
    read_backlog,
)
from bot.database.replicas import enter_replica, remove_replicas

if TYPE_CHECKING:
    from datetime import datetime

    from bot.database import Database


async def take(
    database: Database, replica_id: int = 7, n_notes: int = 10, *, now: datetime = NOW
) -> list[int]:
    """Take what can be taken; give the numbers of the updates."""
    async with database.begin() as session:
        taken = await take_jobs(session, replica_id, n_notes=n_notes, n_others=10, now=now)
    return [job.update_id for job in taken]


async def finish(database: Database, *update_ids: int, replica_id: int = 7) -> None:
    async with database.begin() as session:
        for update_id in update_ids:
            await finish_job(session, update_id, replica_id)


async def count(database: Database, table: type[JobRow | SeenRow]) -> int:
    async with database.begin() as session:
        return int(await session.scalar(select(func.count()).select_from(table)) or 0)


async def test_an_update_is_kept_once_even_after_it_was_handled(database: Database) -> None:
    assert await keep(database, note(1), note(1)) == ["received", "duplicate"]
    assert await take(database) == [1]
    await finish(database, 1)
    assert await keep(database, note(1)) == ["duplicate"]
    assert await take(database) == []


async def test_what_is_in_hand_is_taken_by_nobody_else(database: Database) -> None:
    await keep(database, note(1, ADA), note(2, BEN))
    assert await take(database, 7, n_notes=1) == [1]
    assert await take(database, 8) == [2]
    assert await take(database, 7) == []


async def test_what_is_taken_holds_all_that_its_handling_needs(database: Database) -> None:
    await keep(database, replace(note(1), data='{"update_id": 1}'))
    async with database.begin() as session:
        (job,) = await take_jobs(session, 7, n_notes=1, n_others=0, now=NOW)
    assert (job.update_id, job.kind, job.data) == (1, NOTE, '{"update_id": 1}')
    assert (job.received_at, job.tries) == (NOW, 0)
    assert (job.refusal, job.answer_id, job.sent_after) == (None, None, None)


async def test_the_notes_of_a_chat_are_taken_one_after_the_other(database: Database) -> None:
    await keep(database, note(1), note(2), note(3, BEN))
    assert await take(database) == [1, 3]
    await finish(database, 3)
    assert await take(database) == []
    await finish(database, 1)
    assert await take(database) == [2]


async def test_an_older_update_that_comes_late_goes_first(database: Database) -> None:
    await keep(database, note(2), note(1))
    assert await take(database) == [1]


async def test_words_overtake_notes_and_notes_do_not_overtake_words(database: Database) -> None:
    await keep(database, note(1), word(2), note(3))
    assert await take(database) == [1, 2]
    await finish(database, 1)
    assert await take(database) == []
    await finish(database, 2)
    assert await take(database) == [3]


async def test_words_that_settle_what_becomes_of_notes_wait_for_those_before(
    database: Database,
) -> None:
    await keep(database, note(1), word(2, settles=True), word(3))
    assert await take(database) == [1]
    await finish(database, 1)
    assert await take(database) == [2]
    await finish(database, 2)
    assert await take(database) == [3]


async def test_a_press_waits_for_earlier_presses_only(database: Database) -> None:
    await keep(database, note(1), word(2), press(3), press(4))
    assert await take(database) == [1, 2, 3]


async def test_a_chat_with_many_notes_and_others_take_turns(database: Database) -> None:
    await keep(database, note(1), note(2), note(3))
    assert await take(database, n_notes=1) == [1]
    await keep(database, note(4, BEN), note(5, 3), note(6, BEN))
    order = []
    last = 1
    for _ in range(5):
        await finish(database, last)
        (last,) = await take(database, n_notes=1)
        order.append(last)
    assert order == [2, 4, 5, 3, 6]


@pytest.mark.parametrize(
    ("limits", "more", "refusal"),
    [
        (Limits(per_user=2, per_chat=9, total=9), note(3), "user"),
        (Limits(per_user=9, per_chat=2, total=9), note(3, ADA, BEN), "chat"),
        (Limits(per_user=9, per_chat=9, total=2), note(3, BEN), "all"),
    ],
)
async def test_one_note_too_many_is_told_at_once(
    database: Database, limits: Limits, more: Entry, refusal: str
) -> None:
    assert await keep(database, note(1), note(2), limits=limits) == ["received"] * 2
    assert await keep(database, more, limits=limits) == ["refused"]
    async with database.begin() as session:
        taken = await take_jobs(session, 7, n_notes=0, n_others=9, now=NOW)
    assert [(job.update_id, job.refusal) for job in taken] == [(3, refusal)]


async def test_words_are_never_too_many(database: Database) -> None:
    limits = Limits(per_user=1, per_chat=1, total=1)
    assert await keep(database, note(1), word(2), word(3), limits=limits) == ["received"] * 3


async def test_a_flood_is_told_so_a_few_times_and_then_dropped(database: Database) -> None:
    fates = await keep(database, *(note(number) for number in range(1, 21)))
    assert fates == ["received"] * 3 + ["refused"] * 3 + ["dropped"] * 14
    assert await count(database, JobRow) == 6


async def listen(database: Database, chat_id: int) -> None:
    """Have a chat listened to."""
    async with database.begin() as session:
        await change_chat(session, chat_id, is_listening=True)


async def test_a_note_where_nobody_wants_to_be_heard_takes_no_turn(database: Database) -> None:
    quiet = [replace(note(number), is_asked=False) for number in (1, 2)]
    await keep(database, quiet[0])
    assert await take(database, n_notes=0) == [1]
    await finish(database, 1)
    await listen(database, ADA)
    await keep(database, quiet[1])
    assert await take(database, n_notes=0) == []
    assert await take(database) == [2]


async def test_a_note_after_a_word_may_be_wanted_by_then(database: Database) -> None:
    await keep(database, word(1), replace(note(2), is_asked=False))
    assert await take(database, n_notes=0) == [1]
    await finish(database, 1)
    assert await take(database, n_notes=0) == []


async def test_a_note_too_many_that_nobody_asked_about_is_dropped(database: Database) -> None:
    await listen(database, ADA)
    quiet = [replace(note(number), is_asked=False) for number in range(1, 5)]
    assert await keep(database, *quiet) == ["received"] * 3 + ["dropped"]


async def test_what_failed_is_taken_again_when_its_time_has_come_and_not_counted(
    database: Database,
) -> None:
    await keep(database, note(1))
    assert await take(database) == [1]
    later = NOW + timedelta(seconds=5)
    async with database.begin() as session:
        assert await count_try(session, 1, 7)
        await free_job(session, 1, 7, not_before=later, n_tries=1)
    assert await take(database) == []
    async with database.begin() as session:
        (job,) = await take_jobs(session, 7, n_notes=1, n_others=0, now=later)
    assert job.tries == 0


async def test_what_a_replica_was_listening_to_is_free_when_it_is_gone_and_counted(
    database: Database,
) -> None:
    async with database.begin() as session:
        gone, living = [await enter_replica(session, "webhook", "x", NOW) for _ in range(2)]
    await keep(database, note(1), note(2, BEN), note(3, 3), word(4, 4))
    assert await take(database, gone, 2) == [1, 2, 4]
    assert await take(database, living, 1) == [3]
    async with database.begin() as session:
        assert await count_try(session, 1, gone)
        assert not await count_try(session, 1, living)
        await remove_replicas(session, [gone])
        assert await free_lost_jobs(session) == 3
    async with database.begin() as session:
        jobs = await take_jobs(session, living, n_notes=9, n_others=9, now=NOW)
    assert [(job.update_id, job.tries) for job in jobs] == [(1, 1), (2, 0), (4, 2)]


async def test_who_lost_a_job_can_neither_finish_nor_free_nor_change_it(
    database: Database,
) -> None:
    await keep(database, note(1))
    await take(database, 7)
    async with database.begin() as session:
        await finish_job(session, 1, 8)
        await free_job(session, 1, 8, not_before=NOW)
        assert not await change_answer(session, 1, 8, answer_id=5, sent_after=None)
    assert await take(database, 8) == []
    assert await count(database, JobRow) == 1


async def test_where_the_answer_stands_is_known_to_whoever_goes_on(database: Database) -> None:
    await keep(database, note(1))
    await take(database)
    async with database.begin() as session:
        assert await change_answer(session, 1, 7, answer_id=None, sent_after=40)
        await free_job(session, 1, 7, not_before=NOW)
        (job,) = await take_jobs(session, 8, n_notes=1, n_others=0, now=NOW)
        assert (job.answer_id, job.sent_after) == (None, 40)
        assert await change_answer(session, 1, 8, answer_id=41, sent_after=None)
        await free_job(session, 1, 8, not_before=NOW)
        (job,) = await take_jobs(session, 9, n_notes=1, n_others=0, now=NOW)
    assert (job.answer_id, job.sent_after) == (41, None)


async def test_the_line_is_told_in_the_order_of_its_turns(database: Database) -> None:
    quiet = replace(note(3, BEN), is_asked=False)
    await listen(database, BEN)
    await keep(database, note(1), note(2), quiet, note(4, 3))
    await take(database, n_notes=1)
    async with database.begin() as session:
        waiting = await list_waiting(session, 10)
        assert [(one.update_id, one.position, one.told) for one in waiting] == [
            (4, 2, None),
            (2, 3, None),
        ]
        borrowed = await borrow_job(session, 4, 7)
        assert borrowed is not None
        assert borrowed.tries == 0
        assert await borrow_job(session, 4, 8) is None
        await give_back_job(session, 4, 7, told_position=2)
    async with database.begin() as session:
        assert (await list_waiting(session, 10))[0].told == 2


async def test_only_the_sender_can_cancel_and_only_what_waits(database: Database) -> None:
    await keep(database, note(1), note(2, BEN))
    await take(database, n_notes=1)
    async with database.begin() as session:
        assert await cancel_job(session, 1, ADA) == "working"
        assert await cancel_job(session, 2, ADA) == "gone"
        assert await cancel_job(session, 2, BEN) == "cancelled"
        assert await cancel_job(session, 2, BEN) == "gone"


async def test_who_is_forgotten_has_nothing_waiting(database: Database) -> None:
    group = -5
    await keep(database, note(1), note(2), note(3, group, ADA), note(4, group, BEN), press(5))
    assert await take(database) == [1, 3, 5]
    async with database.begin() as session:
        await forget_jobs(session, ADA, but=5)
        assert not await keep_hold(session, 1, 7)
        assert await keep_hold(session, 5, 7)
    await finish(database, 5)
    assert await take(database) == [4]


async def test_what_waits_and_what_is_in_hand_is_counted(database: Database) -> None:
    async with database.begin() as session:
        assert await read_backlog(session) == (0, 0, 0.0)
    await keep(database, note(1), note(2, BEN), word(3))
    await take(database, n_notes=1)
    async with database.begin() as session:
        backlog = await read_backlog(session)
    assert (backlog.n_waiting, backlog.n_working) == (1, 1)
    assert backlog.oldest_seconds > 0


async def test_numbers_of_old_updates_are_forgotten(database: Database) -> None:
    await keep(database, note(1))
    async with database.begin() as session:
        await forget_seen(session, NOW)
    assert await count(database, SeenRow) == 1
    async with database.begin() as session:
        await forget_seen(session, NOW + timedelta(seconds=1))
    assert await count(database, SeenRow) == 0
