from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import time
from typing import TYPE_CHECKING, Any

import inboxes
from databases import NOON, NOTE, make_note
from impressions import SOURCE, make_impression
from sqlalchemy import text

from bot.database.chats import Chat, change_chat, read_chat
from bot.database.learning import (
    change_consent,
    count_baseline,
    count_lessons,
    give_opinion,
    keep_impression,
    read_consent,
    read_speaker,
)
from bot.database.line import borrow_job
from bot.database.models import StoredModel, keep_model, list_models, list_promotions, promote
from bot.database.notes import Note, find_note, keep_note
from bot.database.people import (
    change_language,
    export_person,
    forget_person,
    has_opted_out,
    opt_in,
    opt_out,
    read_language,
)
from bot.database.retrainings import beat, begin_retraining
from bot.database.tables import Base

if TYPE_CHECKING:
    from bot.database import Database

ADA, BO = 5_000_000_001, 5_000_000_002
GROUP, OTHER_GROUP = -7, -8
NOTHING = {
    "language": None,
    "opted_out_in": [],
    "private_chat": None,
    "consent": None,
    "baseline": None,
    "lessons": [],
    "models": [],
    "promotions": [],
    "retrainings": [],
    "waiting": [],
}


async def keep(database: Database, *notes: Note) -> list[int]:
    """Keep notes, each as a message of its own; give their ids."""
    async with database.begin() as session:
        return [
            await keep_note(session, replace(note, message_id=number))
            for number, note in enumerate(notes, start=1)
        ]


async def list_kept(database: Database, ids: list[int]) -> list[bool]:
    """Tell which notes are still there."""
    async with database.begin() as session:
        return [await find_note(session, note_id) is not None for note_id in ids]


# Language


async def test_a_chosen_language_is_kept_until_it_is_changed_or_forgotten(
    database: Database,
) -> None:
    async with database.begin() as session:
        await change_language(session, BO, "it")
        for code in (None, "de", "ru", None, None):
            await change_language(session, ADA, code)
            assert await read_language(session, ADA) == code
        assert await read_language(session, BO) == "it"


# Opting out


async def test_who_opts_out_is_out_in_that_chat_alone_until_they_opt_in(
    database: Database,
) -> None:
    async with database.begin() as session:
        for _ in range(2):
            await opt_out(session, GROUP, ADA)
        assert await has_opted_out(session, GROUP, ADA)
        assert not await has_opted_out(session, GROUP, BO)
        assert not await has_opted_out(session, OTHER_GROUP, ADA)
        await opt_out(session, OTHER_GROUP, ADA)
        for _ in range(2):
            await opt_in(session, GROUP, ADA)
        assert not await has_opted_out(session, GROUP, ADA)
        assert await has_opted_out(session, OTHER_GROUP, ADA)


async def test_opting_out_deletes_one_s_notes_in_that_chat_and_forwards_of_them(
    database: Database,
) -> None:
    ids = await keep(
        database,
        make_note(chat_id=GROUP, user_id=ADA, file_unique_id="a"),
        make_note(chat_id=GROUP, user_id=None, file_unique_id="a"),
        make_note(chat_id=GROUP, user_id=None, file_unique_id="b"),
        make_note(chat_id=GROUP, user_id=BO, file_unique_id="b"),
        make_note(chat_id=OTHER_GROUP, user_id=ADA, file_unique_id="c"),
        make_note(chat_id=OTHER_GROUP, user_id=None, file_unique_id="a"),
    )
    async with database.begin() as session:
        await opt_out(session, GROUP, ADA)
    assert await list_kept(database, ids) == [False, False, True, True, True, True]


# Everything of a person


async def test_an_export_holds_everything_that_is_held_of_a_person(database: Database) -> None:
    recognition = replace(NOTE.recognition, speech=((0.5, 3.5),), loudness=(0.25, 1.0))
    note = make_note(chat_id=GROUP, user_id=ADA, thread_id=7, recognition=recognition)
    await keep(database, note, make_note(chat_id=GROUP, user_id=BO))
    async with database.begin() as session:
        await change_language(session, ADA, "de")
        await change_chat(session, ADA, digest_at=time(20), digest_zone="UTC", has_notice=True)
        await opt_out(session, OTHER_GROUP, ADA)
        exported = await export_person(session, ADA)
    (told,) = exported.pop("notes")
    assert exported == {
        "user_id": ADA,
        **NOTHING,
        "language": "de",
        "opted_out_in": [OTHER_GROUP],
        "private_chat": {
            "chat_id": ADA,
            "language": None,
            "is_listening": False,
            "manner": "reaction",
            "has_notice": True,
            "theme": "light",
            "digest_at": "20:00:00",
            "digest_zone": "UTC",
            "digest_language": None,
            "digest_sent_on": None,
        },
    }
    assert told == {
        "chat_id": GROUP,
        "message_id": 1,
        "thread_id": 7,
        "user_id": ADA,
        "file_unique_id": note.file_unique_id,
        "sent_at": "2026-03-01T12:00:00+00:00",
        "weight": 2.0,
        **recognition.as_dict(),
        "speech": ((0.5, 3.5),),
        "loudness": (0.25, 1.0),
        "took_seconds": None,
        "opinion": None,
        "impression": None,
    }


async def test_an_export_is_ready_for_json(database: Database) -> None:
    await keep(database, make_note(user_id=ADA))
    async with database.begin() as session:
        exported = json.loads(json.dumps(await export_person(session, ADA)))
    assert exported["notes"][0]["emotion"] == NOTE.recognition.emotion


async def test_an_export_holds_what_somebody_forwarded_to_the_bot_but_not_who_forwarded_them(
    database: Database,
) -> None:
    await keep(
        database,
        make_note(chat_id=ADA, user_id=None, file_unique_id="a"),
        make_note(chat_id=GROUP, user_id=ADA, file_unique_id="b"),
        make_note(chat_id=BO, user_id=None, file_unique_id="b"),
    )
    async with database.begin() as session:
        exported = await export_person(session, ADA)
    assert [note["chat_id"] for note in exported["notes"]] == [ADA, GROUP]


async def test_an_export_holds_what_was_learnt_from_a_person(database: Database) -> None:
    note_id, his = await keep(database, make_note(user_id=ADA), make_note(user_id=BO))
    async with database.begin() as session:
        await keep_note(session, make_note(user_id=ADA), 1.25)
    await teach(database, note_id, ADA)
    await teach(database, his, BO)
    async with database.begin() as session:
        exported = json.loads(json.dumps(await export_person(session, ADA)))
    numbers = {
        "source": SOURCE,
        "vector": [3.0, 1.0],
        "views": [[-3.0] * 8] * 2,
        "genders": [1.5] * 2,
    }
    (note,), (lesson,) = exported["notes"], exported["lessons"]
    assert note["took_seconds"] == 1.25
    assert note["impression"] == numbers
    said_at = note["opinion"].pop("said_at")
    assert note["opinion"] == {"emotion": "sad", "gender": "male", "is_right": False}
    assert lesson.pop("id")
    assert lesson == numbers | {
        "note_id": note_id,
        "user_id": ADA,
        "emotion": "sad",
        "gender": "male",
        "told_emotions": list(NOTE.recognition.emotions),
        "told_genders": list(NOTE.recognition.genders),
        "said_at": said_at,
    }
    assert exported["baseline"] == {
        "user_id": ADA,
        "source": SOURCE,
        "n_clips": 1,
        "mean": numbers["vector"],
        "views": numbers["views"],
    }
    assert exported["consent"].pop("changed_at") <= said_at
    assert exported["consent"] == {"user_id": ADA, "is_given": True}


async def test_exported_numbers_have_the_digits_that_they_had(database: Database) -> None:
    (note_id,) = await keep(database, make_note(user_id=ADA))
    await teach(database, note_id, ADA, value=0.1)
    async with database.begin() as session:
        (note,) = (await export_person(session, ADA))["notes"]
    assert note["impression"]["vector"] == [0.1, 0.03333334]


async def test_an_export_holds_what_somebody_did_as_an_admin(database: Database) -> None:
    for user_id in (ADA, BO):
        await act_as_admin(database, user_id)
    async with database.begin() as session:
        exported = json.loads(json.dumps(await export_person(session, ADA)))
    ((model,), (promotion,), (retraining,)) = (
        exported[name] for name in ("models", "promotions", "retrainings")
    )
    assert model == {"id": f"made by {ADA}", "made_at": "2026-03-01T12:00:00+00:00"}
    assert (promotion["model_id"], promotion["promoted_by"]) == (model["id"], ADA)
    assert (retraining["started_by"], retraining["started_name"]) == (ADA, f"number {ADA}")


async def test_an_export_holds_what_waits_of_a_person_and_is_not_in_hand(
    database: Database,
) -> None:
    for update_id in (1, 2):
        entry = inboxes.note(update_id, ADA)
        await inboxes.keep(database, replace(entry, data=f'{{"update_id": {update_id}}}'))
    await inboxes.keep(database, inboxes.note(3, BO))
    async with database.begin() as session:
        await borrow_job(session, 1, replica_id=1)
        exported = await export_person(session, ADA)
    assert exported["waiting"] == [{"update_id": 2}]


async def test_of_somebody_unknown_an_export_holds_nothing(database: Database) -> None:
    async with database.begin() as session:
        exported = await export_person(session, ADA)
    assert exported == {"user_id": ADA, "notes": [], **NOTHING}


async def test_who_is_forgotten_leaves_nothing_but_their_opt_outs(database: Database) -> None:
    ids = await keep(
        database,
        make_note(chat_id=GROUP, user_id=ADA, file_unique_id="a"),
        make_note(chat_id=ADA, user_id=ADA, file_unique_id="b"),
        make_note(chat_id=ADA, user_id=None, file_unique_id="c"),
        make_note(chat_id=BO, user_id=None, file_unique_id="a"),
        make_note(chat_id=BO, user_id=None, file_unique_id="d"),
        make_note(chat_id=BO, user_id=BO, file_unique_id="e"),
    )
    async with database.begin() as session:
        for person in (ADA, BO):
            await change_language(session, person, "de")
            await change_chat(session, person, theme="dark")
        await opt_out(session, OTHER_GROUP, ADA)
        assert await forget_person(session, ADA) == 4
        assert await forget_person(session, ADA) == 0
    assert await list_kept(database, ids) == [False, False, False, False, True, True]
    async with database.begin() as session:
        assert await read_language(session, ADA) is None
        assert await read_chat(session, ADA) == Chat(ADA)
        assert await has_opted_out(session, OTHER_GROUP, ADA)
        assert await read_language(session, BO) == "de"
        assert await read_chat(session, BO) == Chat(BO, theme="dark")


async def test_of_who_is_forgotten_nothing_that_was_learnt_is_left(database: Database) -> None:
    hers, his = await keep(database, make_note(user_id=ADA), make_note(user_id=BO))
    await teach(database, hers, ADA)
    await teach(database, his, BO)
    async with database.begin() as session:
        await forget_person(session, ADA)
        assert await read_consent(session, ADA) is None
        assert await read_speaker(session, ADA) is None
        assert await read_consent(session, BO) is True
        for user_id, left in ((ADA, 0), (BO, 1)):
            assert await count_baseline(session, user_id) == left
            assert await count_lessons(session, user_id) == left


async def test_while_somebody_is_forgotten_nothing_is_learnt_from_them(
    database: Database,
) -> None:
    ids = await keep(database, *[make_note(user_id=ADA)] * 6)
    async with database.begin() as session:
        await change_consent(session, ADA, is_given=True)

    async def forget() -> None:
        async with database.begin() as session:
            await forget_person(session, ADA)

    async def learn(note_id: int) -> None:
        async with database.begin() as session:
            await keep_impression(session, note_id, ADA, make_impression())
            await give_opinion(session, note_id, emotion="sad")

    await asyncio.gather(*map(learn, ids[:3]), forget(), *map(learn, ids[3:]))
    assert str(ADA) not in str(await dump(database))


async def test_models_outlive_the_admin_who_made_them(database: Database) -> None:
    for user_id in (ADA, BO):
        await act_as_admin(database, user_id)
    async with database.begin() as session:
        await forget_person(session, ADA)
        made_by = {model.id: model.made_by for model in await list_models(session)}
        promoted_by = [promotion.promoted_by for promotion in await list_promotions(session)]
    assert made_by == {f"made by {ADA}": None, f"made by {BO}": BO}
    assert promoted_by == [BO, None]


async def test_a_retraining_whose_admin_is_forgotten_is_broken_off(database: Database) -> None:
    retraining_id = await act_as_admin(database, ADA)
    async with database.begin() as session:
        assert await beat(session, retraining_id, now=NOON)
        await forget_person(session, ADA)
        assert not await beat(session, retraining_id, now=NOON)


async def test_a_person_s_number_stands_nowhere_once_they_are_forgotten(
    database: Database,
) -> None:
    _, note_id = await keep(database, make_note(chat_id=ADA, user_id=ADA), make_note(user_id=ADA))
    await teach(database, note_id, ADA)
    async with database.begin() as session:
        await change_language(session, ADA, "de")
        await change_chat(session, ADA, theme="dark")
        await begin_retraining(
            session, started_by=ADA, started_name="Ada", chat_id=GROUP, is_dry=False, now=NOON
        )
        await promote(session, None, promoted_by=ADA)
    assert str(ADA) in str(await dump(database))
    async with database.begin() as session:
        await forget_person(session, ADA)
    assert str(ADA) not in str(await dump(database))


async def teach(database: Database, note_id: int, user_id: int, value: float = 3.0) -> None:
    """Have the bot learn from a note what its sender says of it."""
    async with database.begin() as session:
        await change_consent(session, user_id, is_given=True)
        await keep_impression(session, note_id, user_id, make_impression(value))
        await give_opinion(session, note_id, emotion="sad", gender="male")


async def act_as_admin(database: Database, user_id: int) -> int:
    """Have somebody make a model and promote it; give the id of a retraining, if none ran."""
    model = StoredModel(f"made by {user_id}", NOON, user_id, {}, 0)
    async with database.begin() as session:
        retraining = await begin_retraining(
            session,
            started_by=user_id,
            started_name=f"number {user_id}",
            chat_id=GROUP,
            is_dry=False,
            now=NOON,
        )
        await keep_model(session, model, b"bundle")
        await promote(session, model.id, promoted_by=user_id)
    return retraining.id if retraining else 0


async def dump(database: Database) -> list[tuple[Any, ...]]:
    """Give every row of every table."""
    async with database.begin() as session:
        return [
            tuple(row)
            for table in Base.metadata.tables
            for row in await session.execute(text(f"SELECT * FROM {table}"))  # noqa: S608 - ours
        ]
