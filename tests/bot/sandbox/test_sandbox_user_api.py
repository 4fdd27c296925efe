from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
import soundfile

from bot.sandbox import chats, posting
from bot.sandbox.files import Files
from bot.sandbox.params import Upload
from bot.sandbox.posting import measure_seconds
from bot.sandbox.samples import SAMPLES, Sample, find_sample, make_voice_note
from ser_core.decode import decode

if TYPE_CHECKING:
    from sandbox_user import File, User
    from telegram import Bot, Message


async def _receive(bot: Bot) -> Message:
    """Give the newest message that the bot got."""
    message = (await bot.get_updates())[-1].message
    assert message is not None
    return message


async def test_a_text_reaches_the_bot_with_its_commands_marked(bot: Bot, user: User) -> None:
    sent = await user.say("😊 /mood@SandboxBot now")
    message = await _receive(bot)
    assert message.message_id == sent
    assert (message.chat.id, message.chat.type, message.chat.first_name) == (7, "private", "User 7")
    assert message.from_user is not None
    assert (message.from_user.id, message.from_user.is_bot) == (7, False)
    assert list(message.parse_entities().values()) == ["/mood@SandboxBot"]


async def test_a_message_may_be_sent_as_json_or_as_a_plain_form(user: User) -> None:
    fields = {"chat_id": 7, "user_id": 7, "kind": "text", "text": "hello"}
    for options in ({"json": fields}, {"data": fields}):
        answer = await user.http.post("/sandbox/api/messages", **options)  # type: ignore[arg-type]  # either one
        assert answer.json()["message_id"] > 0


async def test_a_voice_note_carries_what_telegram_tells(
    bot: Bot, user: User, voice_file: File
) -> None:
    await user.post(kind="voice", file=voice_file, text="a caption")
    message = await _receive(bot)
    assert message.voice is not None
    assert message.voice.to_dict()["duration"] == 2
    assert (message.voice.mime_type, message.voice.file_size) == ("audio/ogg", len(voice_file[1]))
    assert message.caption == "a caption"


async def test_the_same_content_has_the_same_unique_id_only(
    bot: Bot, user: User, voice_file: File
) -> None:
    await user.post(kind="voice", file=voice_file)
    first = (await _receive(bot)).voice
    await user.post(kind="audio", file=voice_file)
    second = (await _receive(bot)).audio
    assert first is not None
    assert second is not None
    assert first.file_unique_id == second.file_unique_id
    assert first.file_id != second.file_id


async def test_the_sender_may_lie_about_the_duration(
    bot: Bot, user: User, voice_file: File
) -> None:
    await user.post(kind="voice", file=voice_file, duration=999)
    voice = (await _receive(bot)).voice
    assert voice is not None
    assert voice.to_dict()["duration"] == 999


async def test_every_kind_of_file_arrives_as_itself(bot: Bot, user: User, voice_file: File) -> None:
    await user.post(kind="audio", file=voice_file)
    audio = (await _receive(bot)).audio
    assert audio is not None
    assert (audio.file_name, audio.mime_type) == ("voice.ogg", "audio/ogg")
    await user.post(kind="video_note", file=("v.mp4", b"no video", "video/mp4"))
    video_note = (await _receive(bot)).video_note
    assert video_note is not None
    assert (video_note.length, video_note.to_dict()["duration"]) == (384, 0)
    await user.post(kind="document", file=("d.wav", b"x", "audio/wav"))
    document = (await _receive(bot)).document
    assert document is not None
    assert (document.file_name, document.mime_type, document.file_size) == (
        "d.wav",
        "audio/wav",
        1,
    )


async def test_a_reply_tells_the_bot_what_it_replies_to(
    bot: Bot, user: User, voice_file: File
) -> None:
    note = await user.post(kind="voice", file=voice_file)
    sent = await user.say("/mood", reply_to_message_id=note)
    message = await _receive(bot)
    assert message.reply_to_message is not None
    assert message.reply_to_message.voice is not None
    assert (await user.see(sent))["reply_to_message_id"] == note


async def test_a_negative_chat_is_a_group_of_any_number_of_users(bot: Bot, user: User) -> None:
    await user.say("one", chat_id=-5)
    await user.say("two", chat_id=-5, user_id=8)
    message = await _receive(bot)
    assert (message.chat.type, message.from_user and message.from_user.id) == ("group", 8)
    await user.say("three", chat_id=-6, chat_type="supergroup")
    assert (await _receive(bot)).chat.type == "supergroup"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"kind": "sticker"}, "kind must be text, voice, audio, video_note or document"),
        ({"text": " "}, "text must not be empty"),
        ({"text": "x" * 4097}, "text must have at most 4096 characters"),
        ({"chat_id": ""}, "chat_id must be a whole number"),
        ({"chat_id": 0}, "chat_id must not be 0"),
        ({"chat_id": 2**52}, "at most 52 bits"),
        ({"user_id": "me"}, "user_id must be a whole number"),
        ({"user_id": -7}, "user_id must be positive"),
        ({"user_id": 1_000_001}, "not the bot's own"),
        ({"chat_type": "room"}, "chat_type must be one of private"),
        ({"chat_type": "group"}, "chat 7 is a private chat"),
        ({"user_id": 8}, "chat 7 is private, and another user's"),
        ({"kind": "voice"}, "kind voice needs a file"),
        ({"reply_to_message_id": 1}, "the message to reply to is not there"),
        ({"reply_to_message_id": "x"}, "reply_to_message_id must be a whole number"),
    ],
)
async def test_a_message_that_makes_no_sense_is_refused_with_a_reason(
    user: User, fields: dict[str, Any], reason: str
) -> None:
    await user.say("hello")
    assert reason in (await user.ask_to_post(**{"text": "x"} | fields)).json()["error"]


async def test_a_caption_has_its_own_bound_and_its_own_entities(
    bot: Bot, user: User, voice_file: File
) -> None:
    answer = await user.ask_to_post(kind="voice", file=voice_file, text="x" * 1025)
    assert answer.json() == {"error": "text must have at most 1024 characters"}
    await user.post(kind="voice", file=voice_file, text="see /help")
    message = await _receive(bot)
    assert list(message.parse_caption_entities().values()) == ["/help"]


async def test_a_duration_must_be_a_number(user: User, voice_file: File) -> None:
    answer = await user.ask_to_post(kind="voice", file=voice_file, duration="long")
    assert answer.json() == {"error": "duration must be a whole number"}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"data": ""}, "data must have 1 to 64 bytes"),
        ({"data": "é" * 33}, "data must have 1 to 64 bytes"),
        ({"chat_id": 8}, "there is no such message"),
        ({"message_id": 1}, "there is no such message"),
        ({"user_id": 8}, "this user has not written in this chat"),
    ],
)
async def test_a_press_that_makes_no_sense_is_refused_with_a_reason(
    user: User, fields: dict[str, Any], reason: str
) -> None:
    message_id = await user.say("hello")
    data = {"chat_id": 7, "user_id": 7, "message_id": message_id, "data": "x"} | fields
    answer = await user.http.post("/sandbox/api/callbacks", data=data)
    assert (answer.status_code, answer.json()) == (400, {"error": reason})


async def test_reading_gives_what_is_numbered_after(user: User) -> None:
    first = await user.say("one")
    second = await user.say("two")
    everything = await user.read()
    assert [message["message_id"] for message in everything["messages"]] == [first, second]
    later = await user.read(after=first)
    assert [message["text"] for message in later["messages"]] == ["two"]


async def test_a_chat_that_nobody_has_begun_is_empty(user: User) -> None:
    assert await user.read() == {
        "messages": [],
        "revision": 0,
        "action": None,
        "callback_answers": [],
        "bot_is_here": False,
    }


async def test_reading_since_a_revision_gives_what_was_edited(bot: Bot, user: User) -> None:
    await user.say("hello")
    sent = await bot.send_message(7, "one")
    before = await user.read()
    waiting = asyncio.ensure_future(user.read(since=before["revision"], wait=10))
    await bot.edit_message_text("two", 7, sent.message_id)
    (edited,) = (await waiting)["messages"]
    assert (edited["text"], edited["revision"]) == ("two", before["revision"] + 1)


async def test_waiting_ends_with_the_first_message_or_empty(user: User) -> None:
    waiting = asyncio.ensure_future(user.read(wait=10))
    await asyncio.sleep(0.05)
    await user.say("hello")
    assert len((await waiting)["messages"]) == 1
    seen = await user.read()
    quiet = await user.read(since=seen["revision"], wait=1)
    assert quiet["messages"] == []


async def test_a_revision_from_before_a_restart_does_not_wait(user: User) -> None:
    assert (await user.read(since=57, wait=50))["revision"] == 0


async def test_a_number_in_the_query_must_be_one(user: User) -> None:
    for path in ("/sandbox/api/chats/me/messages", "/sandbox/api/chats/7/messages?after=x"):
        answer = await user.http.get(path)
        assert answer.status_code == 400
        assert "must be a whole number" in answer.json()["error"]


async def test_a_recording_can_be_played_back(user: User, voice_file: File) -> None:
    seen = await user.see(await user.post(kind="voice", file=voice_file))
    assert (seen["file"]["kind"], seen["file"]["duration"]) == ("voice", 2)
    answer = await user.http.get(seen["file"]["url"])
    assert answer.content == voice_file[1]
    assert answer.headers["content-type"] == "audio/ogg"


async def test_an_uploaded_page_is_saved_and_never_shown(user: User) -> None:
    page = ("evil.html", b"<script>alert(1)</script>", "text/html")
    seen = await user.see(await user.post(kind="document", file=page))
    answer = await user.http.get(seen["file"]["url"])
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == "attachment"


async def test_what_is_not_there_is_not_found(user: User) -> None:
    for path in ("files/unknown", "samples/unknown"):
        answer = await user.http.get(f"/sandbox/api/{path}")
        assert answer.status_code == 404
        assert answer.json()["error"].startswith("there is no such")


async def test_old_messages_and_too_many_chats_are_let_go(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chats, "MAX_MESSAGES_PER_CHAT", 2)
    monkeypatch.setattr(chats, "MAX_CHATS", 1)
    for text in ("one", "two", "three"):
        await user.say(text)
    seen = await user.read()
    assert [message["text"] for message in seen["messages"]] == ["two", "three"]
    fields = {"chat_id": 8, "user_id": 8, "text": "hello"}
    answer = await user.http.post("/sandbox/api/messages", data=fields)
    assert (answer.status_code, answer.json()) == (503, {"error": "there are too many chats"})


def test_the_oldest_files_make_room_for_the_newest() -> None:
    files = Files(max_total_bytes=5)
    first = files.keep(Upload("a", "audio/ogg", b"123"), "voice")
    second = files.keep(Upload("b.wav", "audio/wav", b"456789"), "document")
    assert files.find(first.file_id) is None
    assert files.find(second.file_id) == second
    assert files.find_path(second.path) == second
    assert second.path == "documents/file_2.wav"


@pytest.mark.parametrize("name", ["a", "a.", "a.?x=1", "a.verylongsuffix", "../../a.é"])
def test_a_strange_ending_of_a_name_is_left_out(name: str) -> None:
    file = Files().keep(Upload(name, "audio/wav", b"x"), "document")
    assert file.path == "documents/file_1"


async def test_a_strange_type_is_bytes_that_are_never_shown(user: User) -> None:
    for mime_type in ("nonsense", "audio/\u00e9", "audio/x y"):
        sent = await user.post(("a.wav", b"x", mime_type), kind="document")
        assert (await user.see(sent))["file"]["mime_type"] == "application/octet-stream"


def test_an_absurd_duration_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    class Absurd:
        frames = 2**62
        samplerate = 0

    monkeypatch.setattr(soundfile, "info", lambda _file: Absurd)
    assert measure_seconds(Upload("a", "audio/wav", b"")) == posting.MAX_SECONDS


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_every_sample_is_a_voice_note_that_decodes(sample: Sample) -> None:
    note = make_voice_note(sample)
    assert note.startswith(b"OggS")
    assert decode(note).seconds == pytest.approx(sample.seconds, abs=0.1)


async def test_the_samples_are_listed_and_served(user: User) -> None:
    listed = (await user.http.get("/sandbox/api/samples")).json()["samples"]
    assert [sample["name"] for sample in listed] == [sample.name for sample in SAMPLES]
    answer = await user.http.get(listed[0]["url"])
    sample = find_sample(listed[0]["name"])
    assert sample is not None
    assert answer.content == make_voice_note(sample)
    assert answer.headers["content-type"] == "audio/ogg"
