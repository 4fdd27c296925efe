"""Names that are markup, wherever somebody can choose a name; and all that the bot reacts to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import hearings
import telegram.ext

from bot.handlers import admins, messages
from bot.worker import Hearing

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest
    from person import Message, Person

    from ser_core.speaker import Perception, Speaker

NAME = "<b>x</b>&\"'"
"""Shown as it is, it stands in HTML as ``&lt;b&gt;x…``; pasted, it is a bold x and an error."""

MANIFEST: dict[str, Any] = {
    "id": NAME,
    "feature_set": {"name": NAME, "version": NAME},
    "trained_on": [NAME],
    "licence": NAME,
    "figures": {NAME: {"accuracy": 0.6, "gender_accuracy": None}},
    "unseen_corpora": {NAME: {"accuracy": 0.4, "gender_accuracy": 0.9}},
}


def start(_place: str = "default") -> Hearing:
    """Listen as in other tests, with a model in whose manifest all is called so."""
    hearing = hearings.start()

    def listen(data: bytes, speaker: Speaker | None) -> Perception:
        perception = hearing.listen(data, speaker)
        return perception._replace(recognition=replace(perception.recognition, model_id=NAME))

    return Hearing(listen, MANIFEST)


class Reactions:
    """Hold what the bot reacts to: commands, and what the data of buttons begin with."""

    def __init__(self) -> None:
        self.commands: list[str] = []
        self.buttons: list[str] = []
        self.admin_commands: list[str] = []
        self.admin_buttons: list[str] = []


def watch_reactions(monkeypatch: pytest.MonkeyPatch) -> Reactions:
    """Note what the bot reacts to that starts from now on, as its own code says it."""
    reactions = Reactions()

    def note(module: object, name: str, found: list[str]) -> None:
        before = getattr(module, name)

        def call(first: str, *rest: object, **options: object) -> object:
            found.append(first)
            return before(first, *rest, **options)

        monkeypatch.setattr(module, name, call)

    note(messages, "CommandHandler", reactions.commands)
    note(admins, "on_command", reactions.admin_commands)
    note(admins, "on_button", reactions.admin_buttons)
    press = telegram.ext.CallbackQueryHandler

    def watch_press(callback: Any, *, pattern: str) -> object:  # noqa: ANN401 - the library's
        reactions.buttons.append(pattern.removeprefix("^").removesuffix(":"))
        return press(callback, pattern=pattern)

    monkeypatch.setattr(messages, "CallbackQueryHandler", watch_press)
    return reactions


async def say(person: Person, text: str, **options: object) -> Message:
    """Write something; give the bot's first answer."""
    return (await say_all(person, [text], **options))[0]


async def say_all(person: Person, texts: Sequence[str], **options: object) -> list[Message]:
    """Write some things in a row; give the answers, once there are as many."""
    asked = [await person.write(text, **options) for text in texts]

    def answers(found: list[Message]) -> list[Message]:
        return [one for one in found if one["message_id"] > asked[0]]

    try:
        return answers(await person.read(lambda found: len(answers(found)) >= len(asked)))
    except TimeoutError:
        raise AssertionError(texts) from None
