"""Retrain while people send voice notes: how long it takes, and how much longer they wait.

    python benchmarks/retraining.py [--lessons 500] [--people 25] [--rate 2] [--json]

A fresh bot, as a process of its own, has what ships, all clips of it, and lessons of people who
are made of those clips. Notes come at an even pace, first while it has nothing else to do, then
while it retrains; both in one run. The time of a note is from sending it to its final answer.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, cast

import httpx
import numpy as np
from load import (
    make_people,
    make_voices,
    read_answers,
    read_chat,
    run_bot,
    send_notes,
    wait_until_warm,
)

from bot.database import Database
from bot.database.learning import change_consent
from bot.database.learning_tables import LessonRow
from bot.sandbox.server import Sandbox
from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.speaker import Impression
from ser_core.store import load_model
from ser_core.training.course import recall
from ser_core.training.memory import read_memory

if TYPE_CHECKING:
    from ser_core.classify import Outputs

ADMIN: Final = 1
IDLE_SECONDS: Final = 40.0
_PATIENCE_SECONDS: Final = 900.0


def main() -> int:
    """Print the figures; give 1 if the retraining failed or a note was lost."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--lessons", type=int, default=500)
    parser.add_argument("--people", type=int, default=25)
    parser.add_argument("--rate", type=float, default=2.0, help="notes a second")
    parser.add_argument("--seconds", type=float, default=4.0, help="how long each note is")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = asyncio.run(measure(options))
    text = "\n".join(f"{name.replace('_', ' '):<24}  {value}" for name, value in figures.items())
    print(json.dumps(figures) if options.json else text)
    return 1 if figures["lost"] or not figures["is_done"] else 0


async def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Run sandbox, bot and people; give the figures."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/ser.sqlite3"
        n_clips = await _teach(url, options.lessons, options.people)
        more = {"DATABASE_URL": url, "BOT_ADMIN_IDS": str(ADMIN)}
        async with (
            Sandbox(port=0) as sandbox,
            httpx.AsyncClient(base_url=sandbox.url, timeout=30, trust_env=False) as client,
            run_bot(sandbox, options.workers, more),
        ):
            await wait_until_warm(client)
            idle, lost = await _send_for(client, options, IDLE_SECONDS, first_person=10_000)
            retraining = asyncio.create_task(_retrain(client))
            busy: list[float] = []
            round_ = 0
            while not retraining.done():
                round_ += 1
                found, missed = await _send_for(client, options, 10.0, 10_000 + 1_000 * round_)
                busy, lost = busy + found, lost + missed
            seconds, text = await retraining
    before, during = (statistics.quantiles(each, n=20)[18] for each in (idle, busy))
    return {
        "base_clips": n_clips,
        "lessons": options.lessons,
        "retraining_seconds": round(seconds, 1),
        "is_done": "The new model answers" in text,
        "told": text.splitlines()[0],
        "notes_idle": len(idle),
        "notes_meanwhile": len(busy),
        "lost": lost,
        "p95_idle_seconds": round(before, 3),
        "p95_meanwhile_seconds": round(during, 3),
        "ratio": round(during / before, 2),
    }


async def _teach(url: str, n_lessons: int, n_people: int) -> int:
    """Fill a new database with lessons; give how many clips the bundle remembers."""
    model, course = load_model(), recall(read_memory("default"))
    random = np.random.default_rng(0)
    chosen = random.choice(len(course.scores), n_lessons, replace=False)
    classifier = model.classifier
    vectors = course.scores[chosen] * classifier.deviation + classifier.mean
    emotions, genders, _ = classifier.classify(vectors)
    database = await Database.open(url)
    async with database.begin() as session:
        for person in range(n_people):
            await change_consent(session, 500 + person, is_given=True)
        for place, clip in enumerate(chosen):
            views, said, _ = cast("Outputs", course.heard)  # what ships has an encoder
            impression = Impression(model.source, vectors[place], views[clip], said[clip])
            session.add(
                LessonRow(
                    note_id=1_000_000 + place,
                    user_id=500 + place % n_people,
                    emotion=EMOTIONS[course.emotions[clip]],
                    gender=GENDERS[max(0, course.genders[clip])],
                    told_emotions=emotions[place].tolist(),
                    told_genders=genders[place].tolist(),
                    data=impression.to_bytes(),
                    said_at=datetime.now(UTC),
                )
            )
    await database.close()
    return len(course.scores)


async def _send_for(
    client: httpx.AsyncClient, options: argparse.Namespace, seconds: float, first_person: int
) -> tuple[list[float], int]:
    """Send notes for so long; give how long each took, and how many have no answer."""
    n_notes = round(seconds * options.rate)
    people = make_people(10, n_notes, first_person)
    pace = argparse.Namespace(notes=n_notes, rate=options.rate)
    async with asyncio.TaskGroup() as group:
        for person in people:
            group.create_task(read_answers(client, person, seconds))
        group.create_task(send_notes(client, people, make_voices(options.seconds), pace))
    took = [
        person.answered[note] - sent
        for person in people
        for note, sent in person.sent.items()
        if note in person.answered
    ]
    return took, n_notes - len(took)


async def _retrain(client: httpx.AsyncClient) -> tuple[float, str]:
    """Say /retrain, and give how long it took until the result, and what that is."""
    begin = time.perf_counter()
    who = {"chat_id": str(ADMIN), "user_id": str(ADMIN), "kind": "text", "text": "/retrain"}
    response = await client.post("/sandbox/api/messages", data=who)
    question = response.raise_for_status().json()["message_id"]
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while True:
            shown = await read_chat(client, ADMIN, after=question)
            told = "\n".join(message["text"] for message in shown["messages"])
            if any(message["photo"] for message in shown["messages"]) or "failed" in told:
                return time.perf_counter() - begin, told
            await asyncio.sleep(0.5)


if __name__ == "__main__":
    sys.exit(main())
