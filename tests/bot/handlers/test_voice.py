from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot import replies
from bot.sandbox.bot_api import METHODS

if TYPE_CHECKING:
    from town import Town

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize(
    ("kind", "name", "mime_type"),
    [
        ("voice", "note.ogg", "audio/ogg"),
        ("audio", "song.mp3", "audio/mpeg"),
        ("video_note", "note.mp4", "video/mp4"),
        ("document", "note.wav", "audio/x-wav"),
        ("document", "note.flac", "application/octet-stream"),
    ],
)
async def test_a_recording_is_answered_with_emotion_and_gender(
    town: Town, kind: str, name: str, mime_type: str
) -> None:
    person = town.meet()
    note = await person.send(kind=kind, name=name, mime_type=mime_type)
    answer = await person.read_answer("Angry — 82 %")
    assert "sounds female — 97 %" in answer["text"]
    assert answer["reply_to_message_id"] == note


async def test_the_answer_is_one_message_that_is_edited(town: Town) -> None:
    person = town.meet()
    await person.send()
    answer = await person.read_answer("Angry")
    assert answer["edited"]


async def test_the_first_answer_in_a_chat_carries_the_notice(town: Town) -> None:
    person = town.meet()
    await person.send()
    assert "not what a person feels" in (await person.read_answer("Angry"))["text"]
    await person.send()
    _, second = await person.read(
        lambda found: len(found) == 2 and all("Angry" in one["text"] for one in found)
    )
    assert "not what a person feels" not in second["text"]


async def test_an_unsure_recognition_is_told_as_such(town: Town) -> None:
    person = town.meet()
    await person.send(b"unsure")
    assert "Sad 30 %" in (await person.read_answer("Not sure"))["text"]


async def test_a_long_note_gets_a_timeline(town: Town) -> None:
    person = town.meet()
    await person.send(b"minute")
    assert "0:30\u20131:05 😢 Sad" in (await person.read_answer("Happy"))["text"]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"large", "too large"),
        (b"garbage", "cannot read any sound"),
        (b"endless", "took too long"),
        (b"short", "too short"),
        (b"long", "too long for me"),
        (b"silent", "no speech"),
        (b"die", "stumbled over that recording"),
        (b"mistake", "something went wrong on my side"),
    ],
    ids=lambda value: value.decode() if isinstance(value, bytes) else "",
)
async def test_a_note_that_cannot_be_recognised_is_told_why(
    town: Town, data: bytes, text: str
) -> None:
    person = town.meet()
    await person.send(data)
    assert await person.read_answer(text)


async def test_a_note_is_answered_after_one_that_cost_a_worker(town: Town) -> None:
    person = town.meet()
    await person.send(b"die")
    await person.send()
    words = await person.read(lambda found: "Angry" in found[-1]["text"] if found else False)
    assert "stumbled" in words[0]["text"]


async def test_the_duration_that_the_sender_tells_is_not_trusted(town: Town) -> None:
    person = town.meet()
    await person.send(duration=86_400)
    assert await person.read_answer("Angry")


async def test_a_file_over_20_mb_is_declined_before_it_is_fetched(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched: list[object] = []
    monkeypatch.setitem(METHODS, "getfile", lambda *args: fetched.append(args))
    person = town.meet()
    await person.send(b"x" * (20 * 1024 * 1024 + 1))
    answer = await person.read_answer("20 MB at most")
    assert not answer["edited"]
    assert not fetched


async def test_a_file_that_is_no_audio_gets_a_hint(town: Town) -> None:
    person = town.meet()
    await person.send(kind="document", name="thesis.pdf", mime_type="application/pdf")
    assert (await person.read_answer("no audio"))["text"] == replies.NOT_AUDIO


@pytest.mark.parametrize("text", ["hello there", "/unknown"])
async def test_a_text_gets_a_hint(town: Town, text: str) -> None:
    person = town.meet()
    await person.write(text)
    assert (await person.read_answer("voice note"))["text"] == replies.HINT


async def test_a_command_for_another_bot_in_a_private_chat_gets_a_hint(town: Town) -> None:
    person = town.meet()
    await person.write("/about@OtherBot")
    assert (await person.read_answer("voice note"))["text"] == replies.HINT


async def test_groups_are_not_listened_to(town: Town) -> None:
    person, other = town.gather()
    await person.send()
    await person.write("hello there")
    await other.send(kind="document", name="thesis.pdf", mime_type="application/pdf")
    await other.write("/help")
    (answer,) = await person.read(bool)
    assert "/mood" in answer["text"]
