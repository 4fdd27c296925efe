"""Load the whole bot through the sandbox: many people send voice notes, all want an answer soon.

    python benchmarks/load.py [--notes 200] [--people 20] [--rate 10] [--workers 2] [--json]

The bot runs as a process of its own, as it does on Telegram, and talks to the sandbox over real
HTTP. People are played here; the time of a note is from sending it to seeing its final answer.
Memory is the resident memory of the bot and its workers together.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import httpx
from ogg_marks import speak_with

from bot.sandbox.server import Sandbox
from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.synthesis import encode_voice_note, speak

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

_PATIENCE_SECONDS: Final = 60.0
"""A note that has no answer by then is lost."""
_START_SECONDS: Final = 120.0
_SAMPLE_SECONDS: Final = 0.5


@dataclass(slots=True)
class Person:
    """Hold one user, and by its number when each note was sent and when it was answered."""

    user_id: int
    n_notes: int
    sent: dict[int, float] = field(default_factory=dict)
    answered: dict[int, float] = field(default_factory=dict)


def main() -> int:
    """Print the figures; give 1 if a note was lost."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--notes", type=int, default=200)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--rate", type=float, default=10.0, help="notes a second")
    parser.add_argument("--seconds", type=float, default=4.0, help="how long each note is")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = asyncio.run(measure(options))
    print(json.dumps(figures) if options.json else draw_table(figures))
    return 1 if figures["lost"] else 0


async def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Run sandbox, bot and people; give the figures."""
    voices = make_voices(options.seconds)
    people = make_people(options.people, options.notes)
    async with (
        Sandbox(port=0) as sandbox,
        httpx.AsyncClient(base_url=sandbox.url, timeout=30, trust_env=False) as client,
        run_bot(sandbox, options.workers) as process_id,
    ):
        await wait_until_warm(client)
        memory = [read_memory(process_id)]
        sampling = asyncio.create_task(_sample_memory(process_id, memory))
        async with asyncio.TaskGroup() as group:
            for person in people:
                group.create_task(read_answers(client, person, options.notes / options.rate))
            group.create_task(send_notes(client, people, voices, options))
        sampling.cancel()
    return _sum_up(options, people, memory)


def make_people(n_people: int, n_notes: int, first: int = 1_000) -> list[Person]:
    """Share the notes among the people."""
    counts = [len(range(number, n_notes, n_people)) for number in range(n_people)]
    return [Person(first + number, count) for number, count in enumerate(counts)]


def make_voices(seconds: float) -> list[bytes]:
    """Give one synthetic voice note for each emotion and gender."""
    return [
        encode_voice_note(speak(emotion, gender, seconds=seconds, seed=seed))
        for seed, (emotion, gender) in enumerate(
            (emotion, gender) for emotion in EMOTIONS for gender in GENDERS
        )
    ]


@contextlib.asynccontextmanager
async def run_bot(
    sandbox: Sandbox, n_workers: int, more: Mapping[str, str] | None = None
) -> AsyncIterator[int]:
    """Run the bot as a process of its own, with some more settings; give its process id."""
    settings = {
        "BOT_TOKEN": sandbox.token,
        "BOT_API_URL": sandbox.url,
        "SER_WORKERS": str(n_workers),
        "SER_LOG_LEVEL": "warning",
        **(more or {}),
    }
    with tempfile.TemporaryDirectory() as folder:  # no .env stands there
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot"), env={**os.environ, **settings}, cwd=folder
        )
        try:
            yield process.pid
        finally:
            process.terminate()
            await process.wait()


async def wait_until_warm(client: httpx.AsyncClient) -> None:
    """Ask the bot something, which it answers as soon as its workers are ready."""
    who = {"chat_id": "1", "user_id": "1", "kind": "text", "text": "/help"}
    response = await client.post("/sandbox/api/messages", data=who)
    question = response.raise_for_status().json()["message_id"]
    async with asyncio.timeout(_START_SECONDS):
        while not (await read_chat(client, 1, after=question))["messages"]:
            pass


async def read_chat(client: httpx.AsyncClient, chat_id: int, **where: int) -> dict[str, Any]:
    """Give what is new in a chat, as soon as something is."""
    path = f"/sandbox/api/chats/{chat_id}/messages"
    response = await client.get(path, params={"wait": 5, **where})
    shown: dict[str, Any] = response.raise_for_status().json()
    return shown


async def send_notes(
    client: httpx.AsyncClient,
    people: list[Person],
    voices: list[bytes],
    options: argparse.Namespace,
) -> None:
    """Send all notes at an even pace, one person after the other, whatever was answered."""
    begin = time.perf_counter()
    speak_note = speak_with(voices)
    async with asyncio.TaskGroup() as group:
        for number in range(options.notes):
            await asyncio.sleep(max(0.0, begin + number / options.rate - time.perf_counter()))
            group.create_task(send_note(client, people[number % len(people)], speak_note(number)))


async def send_note(client: httpx.AsyncClient, person: Person, voice: bytes) -> None:
    """Send one note and remember when."""
    begin = time.perf_counter()
    who = {"chat_id": str(person.user_id), "user_id": str(person.user_id), "kind": "voice"}
    files = {"file": ("note.ogg", voice, "audio/ogg")}
    response = await client.post("/sandbox/api/messages", data=who, files=files)
    person.sent[response.raise_for_status().json()["message_id"]] = begin


async def read_answers(client: httpx.AsyncClient, person: Person, sending_seconds: float) -> None:
    """Watch a chat until every note has its final answer, or patience ends."""
    revision = 0
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(sending_seconds + _PATIENCE_SECONDS):
            while len(person.answered) < person.n_notes:
                shown = await read_chat(client, person.user_id, since=revision)
                revision = shown["revision"]
                for message in shown["messages"]:
                    if message["from_bot"] and "Voice:" in message["text"]:
                        person.answered[message["reply_to_message_id"]] = time.perf_counter()


async def _sample_memory(process_id: int, samples: list[int]) -> None:
    """Measure the memory again and again."""
    while True:
        await asyncio.sleep(_SAMPLE_SECONDS)
        samples.append(read_memory(process_id))


def read_memory(process_id: int) -> int:
    """Give the resident bytes of a process and of all that it has started, and these in turn."""
    total, waiting = 0, [process_id]
    while waiting:
        process = Path("/proc") / str(waiting.pop())
        with contextlib.suppress(OSError):  # it has just ended
            total += int((process / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
            for thread in (process / "task").iterdir():
                waiting += map(int, (thread / "children").read_text().split())
    return total


def _sum_up(options: argparse.Namespace, people: list[Person], memory: list[int]) -> dict[str, Any]:
    """Give the figures of a run."""
    seconds = sorted(
        person.answered[note] - sent
        for person in people
        for note, sent in person.sent.items()
        if note in person.answered
    )
    percentiles = statistics.quantiles(seconds, n=20, method="inclusive")
    start, middle, end = memory[0], memory[len(memory) // 2], memory[-1]
    return {
        "notes": options.notes,
        "people": options.people,
        "notes_per_second": options.rate,
        "note_seconds": options.seconds,
        "workers": options.workers,
        "lost": options.notes - len(seconds),
        "p50_seconds": round(percentiles[9], 3),
        "p95_seconds": round(percentiles[18], 3),
        "max_seconds": round(seconds[-1], 3),
        "memory_start_mb": start // 2**20,
        "memory_middle_mb": middle // 2**20,
        "memory_end_mb": end // 2**20,
    }


def draw_table(figures: dict[str, Any]) -> str:
    """Give the figures as lines."""
    width = max(len(name) for name in figures)
    return "\n".join(f"{name.replace('_', ' '):<{width}}  {figures[name]}" for name in figures)


if __name__ == "__main__":
    sys.exit(main())
