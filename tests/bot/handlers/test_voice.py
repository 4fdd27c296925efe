from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.replies import notes
from bot.sandbox.bot_api import METHODS

if TYPE_CHECKING:
    from pathlib import Path

    from town import Town

    from bot.sandbox.params import Params
    from bot.sandbox.state import State

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


async def test_the_answer_is_one_message_which_is_edited_if_it_takes_longer(
    town: Town, tmp_path: Path
) -> None:
    person, go = town.meet(), tmp_path / "go"
    await person.send(f"wait {go}".encode())
    first = await person.read_answer("Listening")
    go.touch()
    answer = await person.read_answer("Angry")
    assert answer["edited"]
    assert answer["message_id"] == first["message_id"]


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
    assert (await person.read_answer("no audio"))["text"] == notes.refuse_file()


@pytest.mark.parametrize("text", ["hello there", "/unknown"])
async def test_a_text_gets_a_hint(town: Town, text: str) -> None:
    person = town.meet()
    await person.write(text)
    assert (await person.read_answer("voice note"))["text"] == notes.invite()


async def test_a_command_for_another_bot_in_a_private_chat_gets_a_hint(town: Town) -> None:
    person = town.meet()
    await person.write("/about@OtherBot")
    assert (await person.read_answer("voice note"))["text"] == notes.invite()


async def test_an_edited_caption_is_no_new_note(town: Town) -> None:
    person = town.meet()
    note = await person.send(text="listen to this")
    await person.read_answer("Angry")
    await person.edit(note, "do listen to this")
    await person.write("/help")
    assert len(await person.read(lambda found: "In a group" in found[-1]["text"])) == 2


async def test_whoever_blocks_the_bot_hears_no_more_of_it(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    works, tried = METHODS["editmessagetext"], asyncio.Event()

    def edit(state: State, params: Params) -> object:
        tried.set()
        return works(state, params)

    person, go = town.meet(), tmp_path / "go"
    await person.send(f"wait {go}".encode())
    await person.read_answer("Listening")
    await person.block_bot()
    monkeypatch.setitem(METHODS, "editmessagetext", edit)
    go.touch()
    await tried.wait()
    await person.block_bot(is_blocked=False)
    await person.send()
    first, _ = await person.read(lambda found: "Angry" in found[-1]["text"])
    assert "Listening" in first["text"]


async def test_an_answer_that_telegram_takes_only_later_comes_later(town: Town) -> None:
    person = town.meet()
    await town.flood("sendMessage", retry_after=1)
    await person.send()
    assert await person.read_answer("Angry")


async def test_what_channels_post_is_not_listened_to(town: Town) -> None:
    person = town.meet()
    channel = await town.open_channel(person)
    await channel.send()
    await person.send()
    await person.read_answer("Angry")
    assert [post for post in await channel.see_all() if post["from_bot"]] == []


async def test_groups_are_not_listened_to(town: Town) -> None:
    person, other = town.gather()
    await person.send()
    await person.write("hello there")
    await other.send(kind="document", name="thesis.pdf", mime_type="application/pdf")
    await other.write("/help")
    (answer,) = await person.read(bool)
    assert "/mood" in answer["text"]
