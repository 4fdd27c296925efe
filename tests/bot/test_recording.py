from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from telegram import (
    Audio,
    Chat,
    Document,
    Message,
    MessageOriginHiddenUser,
    User,
    Video,
    VideoNote,
    Voice,
)

from bot.recording import Recording, find_recording, find_speaker

NOTE = {"file_id": "f", "file_unique_id": "u", "duration": 4, "file_size": 7}


def make_message(**content: object) -> Message:
    return Message(1, datetime.now(UTC), Chat(1, Chat.PRIVATE), **content)


def make_document(name: str | None = None, mime_type: str | None = None) -> Message:
    return make_message(document=Document("f", "u", name, mime_type, file_size=7))


@pytest.mark.parametrize(
    "content",
    [
        {"voice": Voice(**NOTE)},
        {"audio": Audio(**NOTE)},
        {"video_note": VideoNote(length=384, **NOTE)},
        {"video": Video(width=640, height=480, **NOTE)},
    ],
    ids=lambda content: next(iter(content)),
)
def test_a_recording_is_found_whatever_way_it_was_sent(content: dict[str, Any]) -> None:
    assert find_recording(make_message(**content)) == Recording("f", "u", 7)


@pytest.mark.parametrize(
    ("name", "mime_type"),
    [
        ("note.ogg", "application/ogg"),
        ("note", "audio/x-wav"),
        ("clip.bin", "video/mp4"),
        ("NOTE.MP3", "application/octet-stream"),
        ("note.opus", None),
    ],
)
def test_a_file_that_claims_to_hold_sound_is_a_recording(
    name: str | None, mime_type: str | None
) -> None:
    assert find_recording(make_document(name, mime_type)) == Recording("f", "u", 7)


@pytest.mark.parametrize(
    ("name", "mime_type"),
    [("thesis.pdf", "application/pdf"), ("mp3", None), (None, None), ("photo.png", "image/png")],
)
def test_any_other_file_is_none(name: str | None, mime_type: str | None) -> None:
    assert find_recording(make_document(name, mime_type)) is None


def test_a_text_is_none() -> None:
    assert find_recording(make_message(text="hello")) is None


def test_the_speaker_is_who_sent_the_message() -> None:
    assert find_speaker(make_message(from_user=User(7, "Ada", is_bot=False))) == 7


@pytest.mark.parametrize(
    "content",
    [
        {"forward_origin": MessageOriginHiddenUser(datetime.now(UTC), "Bo")},
        {"sender_chat": Chat(-9, Chat.SUPERGROUP)},
        {"from_user": None},
        {"from_user": User(8, "Bot", is_bot=True)},
    ],
    ids=["forwarded", "sent as a chat", "sent by nobody", "sent by a bot"],
)
def test_what_is_not_the_senders_own_voice_has_no_speaker(content: dict[str, Any]) -> None:
    sender = {"from_user": User(7, "Ada", is_bot=False)}
    assert find_speaker(make_message(**(sender | content))) is None
