"""Whatever people call themselves, their groups, files and models: it is shown as it is."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import hostile
import pytest
import retrainings
import structlog
from hearings import make_recognition
from hostile import NAME, say, say_all, watch_reactions
from made_up_comparisons import make_comparison
from made_up_moods import Heard, make_mood
from made_up_statistics import make_statistics
from stand_in import make_report
from town import run_town

from bot import replies
from bot.comparison import Failure
from bot.database import Database, models
from bot.moods import TooFew
from bot.progress import Progress
from bot.replies.models import Listed
from bot.replies.stats import Now
from bot.sandbox.markup import parse_html
from ser_core.errors import Undecodable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from person import Message, Person
    from town import Town

ADA, BEN = 4_001, 4_002
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

# What bot.replies finds words for, each with names wherever it holds any.

COMPARISON = make_comparison(failures=(Failure(NAME, "accuracy", -0.1, 0.01),))
EXAMPLES: dict[str, Any] = {
    "str": NAME,
    "str | None": NAME,
    "int": 3,
    "float": 0.5,
    "float | None": 0.5,
    "bool": True,
    "time": time(9),
    "datetime": NOON,
    "Exception": Undecodable(NAME),
    "Recognition": make_recognition(),
    "Mood": make_mood([Heard(hour, "happy") for hour in range(5)]),
    "TooFew": TooFew(n_notes=1, n_speakers=1, min_notes=3, min_speakers=2),
    "Comparison": replace(
        COMPARISON,
        champion=NAME,
        challenger=NAME,
        groups=tuple(replace(group, name=NAME) for group in COMPARISON.groups),
    ),
    "Mapping[str, Any]": hostile.MANIFEST,
    "Now": Now(1, 1, 1, NAME),
    "Progress": Progress(),
    "Sequence[Listed]": [Listed(NAME, NOON, NAME, reason=NAME)],
    "Statistics": make_statistics(),
    "Verdict": "refused",
    "Literal['group', 'own', 'day']": "group",
}
OWN_WORDS: dict[str, Any] = {
    "code": "en",
    "command": "forget",
    "emotion": "happy",
    "manner": "reply",
    "number": 2,
    "theme": "dark",
    "title": "The mood of 24 hours",
    "unit": "day",
    "until": NOON + timedelta(hours=24),
}
"""Parameters for which the code has a word of its own, never what somebody wrote."""


def list_texts() -> list[Callable[..., str]]:
    """Give every function that finds words for people."""
    modules = [
        importlib.import_module(f"{replies.__name__}.{found.name}")
        for found in pkgutil.iter_modules(replies.__path__)
    ]
    return [
        function
        for module in modules
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
        and not name.startswith("_")
        and inspect.signature(function).return_annotation == "str"
        and name != "punctuate"  # of numbers
    ]


@pytest.mark.parametrize("find_words", list_texts(), ids=lambda each: each.__name__)
def test_no_text_lets_a_name_become_markup(find_words: Callable[..., str]) -> None:
    parameters = inspect.signature(find_words).parameters.values()
    given = {
        each.name: OWN_WORDS.get(each.name, EXAMPLES.get(each.annotation)) for each in parameters
    }
    assert None not in given.values(), "tell in EXAMPLES what such a parameter holds"
    positional = [given.pop(each.name) for each in parameters if each.kind is not each.KEYWORD_ONLY]
    text = find_words(*positional, **given)
    assert "<b>x" not in text
    assert "x</b>" not in parse_html(text).text.replace(NAME, "")


def test_words_exist_for_names() -> None:
    found = [each.__name__ for each in list_texts()]
    assert {"tell_running", "list_models", "describe", "refuse_zone", "tell"} <= set(found)


async def keep_model(url: str, folder: Path) -> None:
    """Keep a model with such a name, made by somebody with such a name."""
    database = await Database.open(url)
    model = models.StoredModel(NAME, NOON, ADA, make_report(NAME), 1)
    async with database.begin() as session:
        await models.keep_model(session, model, retrainings.pack(folder / "model", NAME))
    await database.close()


async def be_called_so(*people: Person) -> None:
    """Give such a name to people, and to the groups that they are in."""
    for person in people:
        await person.rename(first_name=NAME, last_name=NAME)
        if person.chat_id < 0:
            await person.ask(f"chats/{person.chat_id}", title=NAME)


async def tap_all(person: Person) -> None:
    """Press every button that is shown, and some that are not."""
    for message in await person.see_all():
        for row in (message["reply_markup"] or {}).get("inline_keyboard", []):
            for button in row:
                await person.read_press(await person.press(message, button["callback_data"]))


async def send_all(person: Person) -> None:
    """Send a recording of each kind, in a file with such a name."""
    for kind, data in (
        ("voice", None),
        ("video_note", b"minute"),
        ("audio", b"garbage"),
        ("document", b"short"),
        ("document", b"mistake"),
    ):
        await person.send(data, kind=kind, name=f"{NAME}.mp3", mime_type="audio/mpeg", text=NAME)


def list_wrong(messages: list[Message]) -> list[str]:
    """Give what the bot has sent in which a name became markup."""
    sent = [one["html"] or "" for one in messages if one["from_bot"]]
    return [html for html in sent if "<b>x" in html]


async def do_everything(person: Person, commands: list[str]) -> None:
    """Write each command alone and with such a name behind it, and send each kind of file."""
    forms = [f"/{name}@SandboxBot {word}" for name in commands for word in ("", NAME)]
    await say_all(person, [form for form in forms if form != "/retrain@SandboxBot "])
    await send_all(person)


@asynccontextmanager
async def run_office(folder: Path) -> AsyncIterator[Town]:
    """Run a bot with two admins, and with such a name for its models."""
    url = f"sqlite:///{folder}/ser.sqlite3"
    await keep_model(url, folder)
    command = retrainings.make_command(folder, NAME, hold=folder / "go")
    options: dict[str, Any] = {"database_url": url, "admin_ids": frozenset({ADA, BEN})}
    async with run_town(start=hostile.start, command=command, **options) as town:
        yield town


async def test_every_message_of_the_bot_shows_names_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reactions = watch_reactions(monkeypatch)
    with structlog.testing.capture_logs() as logged:
        async with run_office(tmp_path) as town:
            ada, ben, (creator, _) = town.meet(ADA), town.meet(BEN), town.gather(2)
            people = (ada, ben, creator, ada.in_group(creator.chat_id))
            await be_called_so(*people)
            await say(creator, "/listen on reply")
            await say(ada, "/retrain")
            assert f"{NAME} {NAME} began" in (await say(ben, "/retrain"))["text"]
            for person in people:
                await do_everything(person, reactions.commands)
            (tmp_path / "go").touch()
            await ada.read_last(f"Model {NAME}")
            for person in people:
                await tap_all(person)
            shown = [await person.see_all() for person in people]
    failures = {"answer not sent", "update not handled", "digest not sent"}
    assert [entry for entry in logged if entry["event"] in failures] == []
    assert [list_wrong(messages) for messages in shown] == [[], [], [], []]
    texts = "\n".join(one["text"] for one in shown[0] if one["from_bot"])
    for text in (f"• {NAME}", f"by {NAME}", f"Trained on: {NAME}", f"Model: {NAME}"):
        assert text in texts
