from __future__ import annotations

import json
from typing import Any

import pytest
from telegram import Update

from bot.database.inbox import NOTE, PRESS, WORD, Entry
from bot.entries import make_entry

ADA = {"id": 1, "is_bot": False, "first_name": "Ada"}
ALONE = {"id": 1, "type": "private", "first_name": "Ada"}
GROUP = {"id": -5, "type": "supergroup", "title": "Friends"}
SOUND = {"file_id": "a", "file_unique_id": "b", "duration": 3}


def enter(chat: dict[str, Any] | None = None, **content: object) -> Entry:
    """Give what is kept of a message."""
    message = {"message_id": 9, "date": 0, "chat": chat or ALONE, "from": ADA, **content}
    return sort({"update_id": 1, "message": message})


def sort(raw: dict[str, Any]) -> Entry:
    """Give what is kept of an update."""
    return make_entry(Update.de_json(raw, None), json.dumps(raw))


def command(text: str) -> dict[str, Any]:
    """Give what a message with a command holds."""
    length = len(text.split(maxsplit=1)[0])
    return {"text": text, "entities": [{"type": "bot_command", "offset": 0, "length": length}]}


@pytest.mark.parametrize("kind", ["voice", "audio", "video_note", "video"])
def test_a_recording_in_a_private_chat_is_a_note_that_is_asked_about(kind: str) -> None:
    sizes = {"length": 9, "width": 9, "height": 9}
    entry = enter(**{kind: SOUND | sizes})
    assert (entry.kind, entry.waits_for, entry.is_asked) == (NOTE, WORD | NOTE, True)
    assert (entry.chat_id, entry.user_id, entry.update_id) == (1, 1, 1)


def test_a_voice_message_in_a_group_is_a_note_that_nobody_asked_about() -> None:
    entry = enter(GROUP, voice=SOUND)
    assert (entry.kind, entry.is_asked, entry.chat_id, entry.user_id) == (NOTE, False, -5, 1)


def test_a_sound_file_in_a_group_is_no_note() -> None:
    assert enter(GROUP, audio=SOUND).kind == WORD


def test_a_text_waits_for_texts_only() -> None:
    entry = enter(text="hello")
    assert (entry.kind, entry.waits_for, entry.is_asked) == (WORD, WORD, False)


@pytest.mark.parametrize(
    "text", ["/listen on", "/listen@SerBot on", "/OptIn", "/consent", "/baseline"]
)
def test_commands_that_let_more_be_done_with_notes_wait_for_them(text: str) -> None:
    assert enter(GROUP, **command(text)).waits_for == WORD | NOTE


@pytest.mark.parametrize(
    "text", ["/help", "/mood 24h", "/optout", "/forget", "/listen off", "/listening"]
)
def test_other_commands_do_not(text: str) -> None:
    entry = enter(GROUP, **command(text))
    assert (entry.kind, entry.waits_for) == (WORD, WORD)


def test_what_only_looks_like_a_command_is_none() -> None:
    assert enter(text="/consent").waits_for == WORD


def test_to_ask_how_a_voice_message_sounds_is_a_note() -> None:
    replied = {"message_id": 8, "date": 0, "chat": GROUP, "from": ADA, "voice": SOUND}
    entry = enter(GROUP, **command("/mood"), reply_to_message=replied)
    assert (entry.kind, entry.is_asked) == (NOTE, True)


def test_to_ask_for_the_mood_of_a_text_is_a_word() -> None:
    replied = {"message_id": 8, "date": 0, "chat": GROUP, "from": ADA, "text": "no sound"}
    assert enter(GROUP, **command("/mood"), reply_to_message=replied).kind == WORD


@pytest.mark.parametrize(
    ("data", "waits_for"), [("details:5", PRESS), ("consent:yes", PRESS | NOTE)]
)
def test_a_button_waits_for_buttons_and_for_notes_if_it_lets_more_be_done(
    data: str, waits_for: int
) -> None:
    message = {"message_id": 9, "date": 0, "chat": GROUP}
    query = {"id": "7", "from": ADA, "chat_instance": "x", "data": data, "message": message}
    entry = sort({"update_id": 1, "callback_query": query})
    assert (entry.kind, entry.waits_for) == (PRESS, waits_for)
    assert (entry.chat_id, entry.user_id) == (-5, 1)


def test_what_has_no_chat_is_kept_nevertheless() -> None:
    entry = sort({"update_id": 3})
    assert (entry.kind, entry.chat_id, entry.user_id) == (WORD, 0, None)
    assert json.loads(entry.data) == {"update_id": 3}
