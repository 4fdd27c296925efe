from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from databases import NOTE, make_note
from hearings import make_recognition
from impressions import SOURCE, make_impression
from sqlalchemy import func, select

from bot.database.learning import (
    Opinion,
    change_consent,
    count_baseline,
    count_lessons,
    give_opinion,
    keep_impression,
    read_all_lessons,
    read_consent,
    read_opinion,
    read_speaker,
    reset_baseline,
)
from bot.database.learning_tables import ImpressionRow, OpinionRow
from bot.database.notes import delete_note, delete_older, keep_note
from ser_core.speaker import MOST_LESSONS

if TYPE_CHECKING:
    from bot.database import Database

ADA, BO = 5_000_000_001, 5_000_000_002


async def keep(database: Database, *users: int | None) -> list[int]:
    """Keep an angry note of each, give their ids."""
    async with database.begin() as session:
        return [
            await keep_note(session, make_note(message_id=number, user_id=user_id))
            for number, user_id in enumerate(users, start=1)
        ]


async def learn(database: Database, note_id: int, user_id: int = ADA, value: float = 1.0) -> None:
    """Keep an impression of a note."""
    async with database.begin() as session:
        await keep_impression(session, note_id, user_id, make_impression(value))


async def say(
    database: Database, note_id: int, emotion: str | None = "sad", gender: str | None = None
) -> Opinion | None:
    """Give an opinion of a note."""
    async with database.begin() as session:
        return await give_opinion(session, note_id, emotion=emotion, gender=gender)


async def answer(database: Database, *users: int, is_given: bool = True) -> None:
    """Have people say whether the bot may learn from them."""
    async with database.begin() as session:
        for user_id in users:
            await change_consent(session, user_id, is_given=is_given)


async def count(database: Database, user_id: int = ADA) -> tuple[int, int]:
    """Give how many notes are in a person's baseline, and how many lessons there are of them."""
    async with database.begin() as session:
        n_clips = await count_baseline(session, user_id)
        return n_clips, await count_lessons(session, user_id)


async def count_impressions(database: Database) -> int | None:
    async with database.begin() as session:
        return await session.scalar(select(func.count()).select_from(ImpressionRow))


async def is_right(database: Database, note_id: int) -> bool | None:
    async with database.begin() as session:
        row = OpinionRow.note_id == note_id
        return await session.scalar(select(OpinionRow.is_right).where(row))


# Consent


async def test_nobody_has_consented_before_they_say_so(database: Database) -> None:
    async with database.begin() as session:
        assert await read_consent(session, ADA) is None
        for is_given in (False, True, True, False):
            await change_consent(session, ADA, is_given=is_given)
            assert await read_consent(session, ADA) is is_given
        assert await read_consent(session, BO) is None


@pytest.mark.parametrize("is_asked", [False, True])
async def test_of_those_who_do_not_consent_nothing_is_learnt(
    database: Database, *, is_asked: bool
) -> None:
    (note_id,) = await keep(database, ADA)
    if is_asked:
        await answer(database, ADA, is_given=False)
    await learn(database, note_id)
    assert await say(database, note_id) == Opinion("sad", None)
    assert await count(database) == (0, 0)
    assert await count_impressions(database) == 0
    async with database.begin() as session:
        assert await read_speaker(session, ADA) is None


async def test_who_withdraws_leaves_nothing_that_was_learnt_and_others_all(
    database: Database,
) -> None:
    hers, his = await keep(database, ADA, BO)
    await answer(database, ADA, BO)
    for note_id, user_id in ((hers, ADA), (his, BO)):
        await learn(database, note_id, user_id)
        await say(database, note_id)
    await answer(database, ADA, is_given=False)
    assert await count(database, ADA) == (0, 0)
    assert await count(database, BO) == (1, 1)
    assert await count_impressions(database) == 1
    async with database.begin() as session:
        assert await read_speaker(session, ADA) is None
        assert [user_id for user_id, _ in await read_all_lessons(session)] == [BO]
        assert await read_opinion(session, hers) == Opinion("sad", None)


async def test_a_withdrawal_wins_over_what_is_kept_at_the_same_time(database: Database) -> None:
    notes = await keep(database, *[ADA] * 6)
    await answer(database, ADA)
    await asyncio.gather(
        *(learn(database, note_id) for note_id in notes[:3]),
        answer(database, ADA, is_given=False),
        *(learn(database, note_id) for note_id in notes[3:]),
    )
    assert await count(database) == (0, 0)
    assert await count_impressions(database) == 0


# Impressions and baselines


async def test_a_baseline_counts_every_note_of_its_own_speaker(database: Database) -> None:
    first, second, his = await keep(database, ADA, ADA, BO)
    await answer(database, ADA, BO)
    await learn(database, first, value=1.0)
    await learn(database, second, value=3.0)
    await learn(database, his, BO, value=9.0)
    assert await count(database) == (2, 0)
    async with database.begin() as session:
        speaker = await read_speaker(session, ADA)
    assert speaker is not None
    assert speaker.baseline is not None
    assert (speaker.baseline.source, speaker.baseline.n_clips) == (SOURCE, 2)
    assert speaker.baseline.mean == pytest.approx([2.0, 2.0 / 3])
    assert speaker.lessons == ()


async def test_who_has_just_consented_is_a_speaker_of_whom_nothing_is_known(
    database: Database,
) -> None:
    await answer(database, ADA)
    async with database.begin() as session:
        speaker = await read_speaker(session, ADA)
    assert speaker is not None
    assert (speaker.baseline, speaker.lessons) == (None, ())


async def test_notes_that_are_learnt_from_at_once_all_count(database: Database) -> None:
    notes = await keep(database, *[ADA] * 8)
    await answer(database, ADA)
    await asyncio.gather(*(learn(database, note_id) for note_id in notes))
    assert await count(database) == (8, 0)


async def test_a_note_is_learnt_from_once(database: Database) -> None:
    (note_id,) = await keep(database, ADA)
    await answer(database, ADA)
    for _ in range(2):
        await learn(database, note_id)
    assert await count(database) == (1, 0)
    assert await count_impressions(database) == 1


async def test_from_a_note_that_is_gone_or_another_s_nothing_is_learnt(
    database: Database,
) -> None:
    gone, his, nobodys = await keep(database, ADA, BO, None)
    await answer(database, ADA)
    async with database.begin() as session:
        await delete_note(session, gone)
    for note_id in (gone, his, nobodys):
        await learn(database, note_id)
    assert await count(database) == (0, 0)
    assert await count_impressions(database) == 0


async def test_a_note_that_is_deleted_while_it_is_learnt_from_teaches_nothing(
    database: Database,
) -> None:
    notes = await keep(database, *[ADA] * 6)
    await answer(database, ADA)

    async def delete(note_id: int) -> None:
        async with database.begin() as session:
            await delete_note(session, note_id)

    await asyncio.gather(
        *(act for n in notes for act in (say(database, n), delete(n), learn(database, n)))
    )
    assert (await count(database))[1] == 0
    assert await count_impressions(database) == 0


async def test_a_baseline_is_reset_and_begins_anew_while_lessons_stay(database: Database) -> None:
    first, second, his = await keep(database, ADA, ADA, BO)
    await answer(database, ADA, BO)
    await learn(database, first)
    await learn(database, his, BO)
    await say(database, first)
    async with database.begin() as session:
        await reset_baseline(session, ADA)
    assert await count(database) == (0, 1)
    assert await count(database, BO) == (1, 0)
    assert await count_impressions(database) == 1
    await learn(database, second)
    assert await count(database) == (1, 1)


# Opinions


@pytest.mark.parametrize(
    ("said", "opinion", "right"),
    [
        ([("sad", None)], Opinion("sad", None), False),
        ([("angry", None)], Opinion("angry", None), True),
        ([(None, "male")], Opinion(None, "male"), None),
        ([("sad", None), ("angry", "male")], Opinion("angry", "male"), True),
        ([("angry", None), (None, "male")], Opinion("angry", "male"), True),
        ([(None, "male"), ("sad", None), (None, "female")], Opinion("sad", "female"), False),
    ],
)
async def test_an_opinion_is_kept_and_changed_part_by_part(
    database: Database,
    said: list[tuple[str | None, str | None]],
    opinion: Opinion,
    right: bool | None,  # noqa: FBT001  a parameter of the test
) -> None:
    note_id, other = await keep(database, ADA, ADA)
    for emotion, gender in said:
        last = await say(database, note_id, emotion, gender)
    assert last == opinion
    assert await is_right(database, note_id) is right
    async with database.begin() as session:
        assert await read_opinion(session, note_id) == opinion
        assert await read_opinion(session, other) is None


async def test_of_a_note_that_is_gone_there_is_no_opinion(database: Database) -> None:
    (note_id,) = await keep(database, ADA)
    await say(database, note_id)
    async with database.begin() as session:
        await delete_note(session, note_id)
        assert await read_opinion(session, note_id) is None
    assert await say(database, note_id) is None


async def test_an_opinion_of_nobody_s_note_is_kept_and_teaches_nothing(
    database: Database,
) -> None:
    (note_id,) = await keep(database, None)
    assert await say(database, note_id) == Opinion("sad", None)
    async with database.begin() as session:
        assert await read_all_lessons(session) == []


# Lessons


@pytest.mark.parametrize("is_opinion_first", [True, False])
async def test_an_opinion_and_an_impression_make_a_lesson_whichever_comes_first(
    database: Database, *, is_opinion_first: bool
) -> None:
    (note_id,) = await keep(database, ADA)
    await answer(database, ADA)
    if is_opinion_first:
        await say(database, note_id, "sad", "male")
        await learn(database, note_id)
    else:
        await learn(database, note_id)
        await say(database, note_id, "sad", "male")
    async with database.begin() as session:
        speaker = await read_speaker(session, ADA)
    assert speaker is not None
    (lesson,) = speaker.lessons
    assert (lesson.emotion, lesson.gender) == ("sad", "male")
    assert lesson.told_emotions == NOTE.recognition.emotions
    assert lesson.told_genders == NOTE.recognition.genders
    assert lesson.impression.to_bytes() == make_impression().to_bytes()


async def test_an_opinion_and_an_impression_at_once_make_lessons_of_all(
    database: Database,
) -> None:
    notes = await keep(database, *[ADA] * 6)
    await answer(database, ADA)
    await asyncio.gather(
        *(say(database, note_id) for note_id in notes),
        *(learn(database, note_id) for note_id in notes),
    )
    assert await count(database) == (6, 6)


async def test_without_an_impression_an_opinion_is_no_lesson(database: Database) -> None:
    (note_id,) = await keep(database, ADA)
    await answer(database, ADA)
    await say(database, note_id)
    assert await count(database) == (0, 0)


@pytest.mark.parametrize("is_reset", [False, True])
async def test_a_changed_opinion_changes_its_lesson(database: Database, *, is_reset: bool) -> None:
    (note_id,) = await keep(database, ADA)
    await answer(database, ADA)
    await learn(database, note_id)
    await say(database, note_id, "sad")
    if is_reset:
        async with database.begin() as session:
            await reset_baseline(session, ADA)
    await say(database, note_id, "happy", "male")
    async with database.begin() as session:
        ((user_id, lesson),) = await read_all_lessons(session)
    assert (user_id, lesson.emotion, lesson.gender) == (ADA, "happy", "male")


async def test_the_next_answer_hears_of_the_latest_lessons_the_oldest_first(
    database: Database,
) -> None:
    notes = await keep(database, *[ADA] * (MOST_LESSONS + 2))
    await answer(database, ADA)
    async with database.begin() as session:
        for number, note_id in enumerate(notes):
            await keep_impression(session, note_id, ADA, make_impression(float(number)))
            await give_opinion(session, note_id, emotion="sad")
        await give_opinion(session, notes[3], emotion="happy")
        speaker = await read_speaker(session, ADA)
    assert speaker is not None
    firsts = [lesson.impression.vector[0] for lesson in speaker.lessons]
    numbers = [*range(2, MOST_LESSONS + 2)]
    numbers.remove(3)
    assert firsts == [*numbers, 3][-MOST_LESSONS:]
    assert speaker.lessons[-1].emotion == "happy"


async def test_lessons_of_all_who_consent_are_read_in_the_order_of_time(
    database: Database,
) -> None:
    users = (ADA, BO, ADA)
    notes = await keep(database, *users)
    await answer(database, ADA, BO)
    for note_id, user_id in zip(notes, users, strict=True):
        await learn(database, note_id, user_id, value=float(note_id))
    for note_id in reversed(notes):
        await say(database, note_id)
    async with database.begin() as session:
        lessons = await read_all_lessons(session)
    assert [user_id for user_id, _ in lessons] == [ADA, BO, ADA]
    firsts = [lesson.impression.vector[0] for _, lesson in lessons]
    assert firsts == notes[::-1]


async def test_a_lesson_outlives_its_note_unless_that_is_deleted_by_hand(
    database: Database,
) -> None:
    deleted, expired = await keep(database, ADA, ADA)
    await answer(database, ADA)
    for note_id in (deleted, expired):
        await learn(database, note_id, value=float(note_id))
        await say(database, note_id)
    async with database.begin() as session:
        await delete_note(session, deleted)
        assert await delete_older(session, NOTE.sent_at.replace(year=3000)) == 1
        lessons = await read_all_lessons(session)
    assert [lesson.impression.vector[0] for _, lesson in lessons] == [expired]
    assert await count_impressions(database) == 0


async def test_what_had_been_told_is_what_the_note_says(database: Database) -> None:
    note = make_note(recognition=make_recognition("happy", 0.5, female=0.25))
    await answer(database, ADA)
    async with database.begin() as session:
        note_id = await keep_note(session, note)
    await learn(database, note_id)
    await say(database, note_id, "happy")
    assert await is_right(database, note_id) is True
    async with database.begin() as session:
        ((_, lesson),) = await read_all_lessons(session)
    assert lesson.told_emotions == note.recognition.emotions
    assert lesson.told_genders == (0.25, 0.75)
