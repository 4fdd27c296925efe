"""What people do in their private chat with the bot, time and again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from person import Message, Person


async def be_answered(
    person: Person, data: bytes | None = None, containing: str = "Angry", **options: object
) -> Message:
    """Send a note, by default one that nobody has sent yet; give its answer."""
    note = await person.send(data, **options)

    def is_answer(message: Message) -> bool:
        return message["reply_to_message_id"] == note and containing in message["text"]

    answers = await person.read(lambda found: any(map(is_answer, found)))
    return next(each for each in answers if is_answer(each))


def list_labels(message: Message) -> list[str]:
    """Give what the buttons under a message say."""
    return [button["text"] for button in _list_buttons(message)]


def list_data(message: Message) -> list[str]:
    """Give the data of the buttons under a message."""
    return [button["callback_data"] for button in _list_buttons(message)]


async def read_export(person: Person) -> dict[str, Any]:
    """Ask for everything that is held of somebody; give what the file holds."""
    asked = await person.write("/export")

    def is_file(message: Message) -> bool:
        return message["file"] is not None and message["message_id"] > asked

    answers = await person.read(lambda found: any(map(is_file, found)))
    (answer,) = filter(is_file, answers)
    assert answer["file"]["file_name"] == "my-data.json"
    return dict(json.loads(await person.download(answer)))


def _list_buttons(message: Message) -> list[dict[str, str]]:
    rows = (message["reply_markup"] or {}).get("inline_keyboard", [])
    return [button for row in rows for button in row]
