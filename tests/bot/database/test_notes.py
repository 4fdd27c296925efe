from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from databases import NOON, NOTE, make_note
from hearings import make_recognition, spread
from sqlalchemy import func, select

from bot.database.notes import (
    Note,
    delete_note,
    delete_older,
    find_note,
    find_recognition,
    keep_note,
    sum_notes,
)
from bot.database.tables import NoteRow, OutlineRow
from ser_core.emotions import EMOTIONS
from ser_core.recognition import Segment

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.database import Database
    from bot.sums import Sums

DAY = timedelta(days=1)
LONG = replace(
    make_recognition("sad", 0.1 + 0.2, female=1 / 3, seconds=65.25),
    segments=(Segment(0.5, 30.0, spread("happy", 0.7)), Segment(30.0, 65.0, spread("sad", 1 / 3))),
    speech_seconds=61.125,
    strangeness=0.125,
    speech=((0.5, 29.0), (30.5, 65.0)),
    loudness=(0.0, 1 / 3, 1.0),
)


async def keep(database: Database, *notes: Note) -> list[int]:
    """Keep notes; give their ids."""
    async with database.begin() as session:
        return [await keep_note(session, note) for note in notes]


# One note


@pytest.mark.parametrize(
    "note",
    [
        NOTE,
        make_note(thread_id=7, recognition=LONG),
        make_note(user_id=None, chat_id=2**52, message_id=2**31, thread_id=2**31),
    ],
    ids=["short", "long", "nobody's"],
)
async def test_a_note_comes_back_as_it_was(database: Database, note: Note) -> None:
    (note_id,) = await keep(database, note)
    async with database.begin() as session:
        assert await find_note(session, note_id) == note
        assert await find_note(session, note_id + 1) is None


async def test_the_same_message_again_replaces_its_note(database: Database) -> None:
    edited = make_note(recognition=LONG, user_id=None, sent_at=NOON + DAY, weight=3.0)
    first, other, again = await keep(database, NOTE, make_note(chat_id=1), edited)
    assert first == again != other
    async with database.begin() as session:
        assert await find_note(session, first) == edited
        assert await find_note(session, other) == make_note(chat_id=1)


async def test_how_long_a_note_took_is_kept_until_it_is_told_anew(database: Database) -> None:
    async with database.begin() as session:
        for told, kept in ((None, None), (1.5, 1.5), (None, 1.5), (0.0, 0.0)):
            note_id = await keep_note(session, NOTE, told)
            row = select(NoteRow.took_seconds).where(NoteRow.id == note_id)
            assert await session.scalar(row) == kept


async def test_the_id_of_a_deleted_note_never_comes_again(database: Database) -> None:
    _, last = await keep(database, NOTE, make_note(message_id=2))
    async with database.begin() as session:
        await delete_note(session, last)
    (new,) = await keep(database, make_note(message_id=3))
    assert new > last


async def test_what_a_model_heard_in_a_file_is_found_wherever_it_was_sent(
    database: Database,
) -> None:
    await keep(database, NOTE, make_note(chat_id=1, user_id=None))
    model_id = NOTE.recognition.model_id
    async with database.begin() as session:
        found = await find_recognition(session, NOTE.file_unique_id, model_id)
        assert found == NOTE.recognition
        assert await find_recognition(session, NOTE.file_unique_id, "another") is None
        assert await find_recognition(session, "another", model_id) is None


# Deleting


async def count_outlines(session: AsyncSession) -> int | None:
    return await session.scalar(select(func.count()).select_from(OutlineRow))


async def test_a_deleted_note_is_gone_with_its_outline(database: Database) -> None:
    first, second = await keep(database, NOTE, make_note(message_id=2))
    async with database.begin() as session:
        await delete_note(session, first)
        await delete_note(session, first)
        assert await find_note(session, first) is None
        assert await find_note(session, second) is not None
        assert await count_outlines(session) == 1


async def test_older_notes_are_deleted_and_counted(database: Database) -> None:
    times = (NOON - DAY, NOON - timedelta(microseconds=1), NOON, NOON + DAY)
    notes = [make_note(message_id=number, sent_at=time) for number, time in enumerate(times)]
    ids = await keep(database, *notes)
    async with database.begin() as session:
        assert await delete_older(session, NOON) == 2
        assert await delete_older(session, NOON) == 0
        left = [note_id for note_id in ids if await find_note(session, note_id)]
        assert await count_outlines(session) == 2
    assert left == ids[2:]


# Sums


async def sum_day(
    database: Database,
    chat_id: int | None = NOTE.chat_id,
    *,
    n_slices: int = 4,
    user_id: int | None = None,
) -> Sums:
    """Give the sums of the day that begins at noon."""
    async with database.begin() as session:
        return await sum_notes(
            session,
            chat_id,
            since=NOON,
            until=NOON + DAY,
            n_slices=n_slices,
            user_id=user_id,
        )


def make_notes(n_notes: int) -> list[Note]:
    """Give notes of different people, weights and emotions, two hours apart."""
    draw = random.Random(0)  # noqa: S311 - no secret
    return [
        make_note(
            message_id=number,
            user_id=draw.choice([1, 2, 3]),
            sent_at=NOON + number * timedelta(hours=2),
            weight=draw.uniform(0, 60),
            recognition=make_recognition(draw.choice(EMOTIONS), draw.random(), seconds=number),
        )
        for number in range(n_notes)
    ]


async def test_sums_are_those_that_python_would_add_up(database: Database) -> None:
    notes = make_notes(12)
    await keep(database, *notes)
    sums = await sum_day(database)
    for number, piece in enumerate(sums.slices):
        inside = notes[3 * number : 3 * number + 3]
        assert piece.start == NOON + number * DAY / 4
        assert piece.n_notes == 3
        assert piece.weight == pytest.approx(sum(note.weight for note in inside))
        assert sum(piece.emotions) == pytest.approx(piece.weight)
        assert piece.emotions == pytest.approx(
            [
                sum(note.weight * note.recognition.emotions[index] for note in inside)
                for index in range(len(EMOTIONS))
            ]
        )
    assert (sums.since, sums.until) == (NOON, NOON + DAY)
    assert (sums.n_notes, sums.n_speakers) == (12, 3)
    assert sums.speech_seconds == pytest.approx(sum(range(12)))
    assert sums.confidence_sum == pytest.approx(
        sum(note.weight * note.recognition.emotion_confidence for note in notes)
    )


async def test_slices_without_notes_are_there_and_empty(database: Database) -> None:
    await keep(database, make_note(sent_at=NOON + DAY / 2))
    sums = await sum_day(database)
    assert [piece.n_notes for piece in sums.slices] == [0, 0, 1, 0]
    assert sums.slices[0].weight == 0
    assert sums.slices[0].emotions == (0.0,) * len(EMOTIONS)


async def test_the_sums_of_no_notes_are_zero(database: Database) -> None:
    sums = await sum_day(database, n_slices=2)
    assert [piece.n_notes for piece in sums.slices] == [0, 0]
    assert (sums.n_notes, sums.n_speakers, sums.speech_seconds, sums.confidence_sum) == (0,) * 4


async def test_a_note_counts_from_the_first_moment_until_just_before_the_last(
    database: Database,
) -> None:
    moment = timedelta(microseconds=1)
    times = (NOON - moment, NOON, NOON + DAY / 7, NOON + DAY - moment, NOON + DAY)
    notes = [make_note(message_id=number, sent_at=time) for number, time in enumerate(times)]
    await keep(database, *notes)
    sums = await sum_day(database, n_slices=7)
    assert [piece.n_notes for piece in sums.slices] == [1, 1, 0, 0, 0, 0, 1]
    assert (sums.n_notes, sums.n_speakers) == (3, 1)


async def test_what_is_nobody_s_counts_as_a_note_but_as_no_speaker(database: Database) -> None:
    await keep(database, NOTE, make_note(message_id=2, user_id=None))
    sums = await sum_day(database)
    assert (sums.n_notes, sums.n_speakers) == (2, 1)


async def test_sums_are_of_one_chat_or_of_one_person_or_of_both(database: Database) -> None:
    here, there, ada, bo = 1, 2, 3, 4
    places = [(here, ada), (here, ada), (here, bo), (there, ada)]
    await keep(
        database,
        *(
            make_note(message_id=number, chat_id=chat_id, user_id=user_id)
            for number, (chat_id, user_id) in enumerate(places)
        ),
    )
    assert (await sum_day(database, here)).n_notes == 3
    assert (await sum_day(database, here, user_id=ada)).n_notes == 2
    assert (await sum_day(database, None, user_id=ada)).n_notes == 3
    assert (await sum_day(database, there, user_id=bo)).n_notes == 0


async def test_nobody_may_have_the_sums_of_everybody(database: Database) -> None:
    with pytest.raises(ValueError, match="nobody's business"):
        await sum_day(database, None)
