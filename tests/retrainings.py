"""Retrainings that go as planned, and the models that they leave."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING

import stand_in
from stand_in import make_report

from bot.database.models import StoredModel, keep_model
from ser_core.parcel import pack_model

if TYPE_CHECKING:
    from pathlib import Path

    from person import Message, Person

    from bot.database import Database

moments = (datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=n) for n in count())


def make_command(folder: Path, model_id: str = "challenger-1", **plan: object) -> list[str]:
    """Give the command of a stand-in whose plan lies in a folder, and may be changed there.

    ``failures`` are those of the report, ``accuracy`` both accuracies; ``hold`` is a path that
    the fitting waits for; ``bundle`` is copied; ``exit_code`` and ``stderr`` are how it ends;
    ``leaves`` names what it leaves, by default all; ``step_seconds`` is how long a step takes.
    """
    change_plan(folder, id=model_id, **plan)
    return [sys.executable, stand_in.__file__, str(folder / "plan.json")]


def change_plan(folder: Path, **changes: object) -> None:
    """Change what the next run of the stand-in does."""
    path = folder / "plan.json"
    before = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps(before | changes, default=str))


def read_options(folder: Path) -> dict[str, str]:
    """Give the options with which the stand-in was run last."""
    return dict(json.loads((folder / "options.json").read_text()))


def pack(folder: Path, model_id: str) -> bytes:
    """Give the parcel of a bundle that holds no more than what `hearings.start` reads."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps({"id": model_id}))
    return pack_model(folder)


async def keep(
    database: Database, folder: Path, model_id: str, *, n_lessons: int = 0, bundle: bytes = b""
) -> None:
    """Keep a model in a database, a later one with each call."""
    stored = StoredModel(
        model_id, next(moments), 1, make_report(model_id, n_lessons=n_lessons), n_lessons
    )
    async with database.begin() as session:
        await keep_model(session, stored, bundle or pack(folder / model_id, model_id))


async def list_models(person: Person) -> str:
    """Give the page of /models."""
    asked = await person.write("/models")
    answers = await person.read(lambda found: any(_is_page(one, asked) for one in found))
    return next(str(one["text"]) for one in answers if _is_page(one, asked))


async def ask_who_answers(person: Person) -> str:
    """Give what /models tells of the model that answers."""
    page = await list_models(person)
    (block,) = (block for block in page.split("\n\n") if "answers now" in block)
    return block


def _is_page(message: Message, asked: int) -> bool:
    """Tell whether a message is the answer to /models."""
    return message["message_id"] > asked and "🧠 Models" in message["text"]
