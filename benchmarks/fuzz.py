"""Decode damaged recordings by the hundred thousand, in workers like the bot's.

    python benchmarks/fuzz.py [--notes 200000] [--seed 0] [--jobs 1] [--kept FOLDER] [--json]

Whatever the bytes are, `decode` may give sound within its limits or raise an `AudioError`;
anything else, a worker that dies, hangs or takes too much memory, is a finding: it is kept in a
folder, and the script ends with 1. Damage that was answered as nothing before it becomes the
ground for more damage. Each batch is seeded by its number, so two runs find the same, and a
run that was ended goes on where it was (--state).

To start an ffmpeg takes many times as long as to decode a second. So of what libsndfile reads,
one batch in eight goes on to ffmpeg where libsndfile finds nothing, as it does in the bot; of all
that goes to ffmpeg, nine batches in ten meet the wheel's, which starts faster than the system's.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache, partial
from math import log2
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, cast

import numpy as np
from damage import damage
from recordings import make_recordings

from bot.confinement import Limits
from bot.errors import NoteError
from bot.worker import Hearing, Worker
from ser_core import decode as lanes
from ser_core.decode import DEFAULT_LIMITS, decode
from ser_core.errors import AudioError, Undecodable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ser_core.speaker import Speaker

SHARES: Final = {
    "ogg opus": 30,
    "ogg vorbis": 18,
    "mp3": 16,
    "wav": 12,
    "flac": 12,
    "mp4": 5,
    "amr": 3,
    "webm": 2,
    "aac": 2,
}
"""Percent of the notes."""

NEED_FFMPEG: Final = frozenset({"mp4", "amr", "webm", "aac"})

BATCHES: Final = 100
BATCH_SIZES: Final = range(100, 2001)
"""Notes for one worker: a hundredth of all, within bounds, so that short runs meet all kinds."""

LIMITS: Final = Limits(memory_mb=Limits().memory_mb - 130, timeout_seconds=90.0)
"""Those of the bot; what only decodes is so much smaller than what listens."""
SLOW_SECONDS: Final = 10.0
"""A second of sound that takes longer is a finding."""
MAX_GROUNDS: Final = 200


class Outcome(NamedTuple):
    """Hold what became of one note, in how much time and memory."""

    name: str
    detail: str
    seconds: float
    memory_mb: float


@dataclass
class Tally:
    """Add up what became of the notes of one kind."""

    outcomes: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)
    seconds: float = 0.0
    slowest_seconds: float = 0.0
    most_memory_mb: float = 0.0

    def add(self, other: Tally) -> None:
        """Add another tally."""
        self.outcomes.update(other.outcomes)
        self.findings += other.findings
        self.seconds += other.seconds
        self.slowest_seconds = max(self.slowest_seconds, other.slowest_seconds)
        self.most_memory_mb = max(self.most_memory_mb, other.most_memory_mb)


class WatchedWorker(Worker):
    """Remember the most memory that the worker and its ffmpeg were seen to have."""

    most_mb = 0.0

    def _measure_memory_mb(self) -> float:
        memory_mb = super()._measure_memory_mb()
        self.most_mb = max(self.most_mb, memory_mb)
        return memory_mb


def start_decoding(ffmpeg: Literal["none", "wheel", "system"]) -> Hearing:
    """Decode instead of listening, with the one ffmpeg or the other, or without."""
    if ffmpeg == "wheel":
        os.environ["PATH"] = ""
    if ffmpeg == "none":
        lanes.convert = leave_to_ffmpeg
    decode(make_recordings("wav")[0])
    return Hearing(cast("Any", decode_note), {})


def leave_to_ffmpeg(*_arguments: object, **_options: object) -> NDArray[np.float32]:
    """Say that ffmpeg might read it."""
    reason = "libsndfile reads nothing"
    raise Undecodable(reason)


def decode_note(data: bytes, _speaker: Speaker | None) -> tuple[str, str, float, float]:
    """Give what an `Outcome` is made of; what is no `AudioError` escapes to the worker."""
    Path("/proc/self/clear_refs").write_text("5")  # the peak of memory begins anew
    begun = time.perf_counter()
    try:
        waveform = decode(data)
        name, detail = "sound", f"2^{log2(waveform.samples.size):.0f} samples"
        if waveform.seconds > DEFAULT_LIMITS.max_seconds or np.abs(waveform.samples).max() > 1:
            name = "sound beyond the limits"
    except AudioError as error:
        name, detail = type(error).__name__, re.sub(r"0x\w+|[0-9]+", "#", str(error))[:100]
    seconds = time.perf_counter() - begun
    status = Path("/proc/self/status").read_text()
    return name, detail, seconds, int(status.partition("VmHWM:")[2].split()[0]) / 1024


ALLOWED: Final = {"sound", *(kind.__name__ for kind in AudioError.__subclasses__())}


def run_batch(number: int, *, seed: int, size: int, kept: Path) -> tuple[str, Tally]:
    """Give a worker one batch of notes of one kind; put it back on its feet when it falls."""
    random = Random(f"{seed}/{number}")  # noqa: S311 - no secret
    kind = random.choices([*SHARES], [*SHARES.values()])[0]
    needs_ffmpeg = kind in NEED_FFMPEG or random.random() < 1 / 8
    which = random.choices(("wheel", "system"), (9, 1))[0] if needs_ffmpeg else "none"
    start = partial(start_decoding, which)
    grounds, seen = list(read_recordings(kind)), set[tuple[str, str]]()
    tally, worker = Tally(), None
    for index in range(size):
        if worker is None or not worker.is_alive:
            worker = WatchedWorker(start, LIMITS)
            worker.read_manifest()
        data = damage(
            kind, random.choice(grounds), read_recordings(random.choice([*SHARES])), random
        )
        outcome = listen(worker, data)
        note(tally, outcome, data, kept / f"{kind} {seed}-{number}-{index}")
        if outcome[:2] not in seen and len(grounds) < MAX_GROUNDS:
            seen.add(outcome[:2])
            grounds.append(data)
    if worker is not None:
        tally.most_memory_mb = max(tally.most_memory_mb, worker.most_mb)
        worker.end()
    return kind, tally


def listen(worker: Worker, data: bytes) -> Outcome:
    """Give what became of a note, whatever that is."""
    begun = time.perf_counter()
    try:
        outcome: Any = worker.listen(data, None)
        return Outcome(*outcome)
    except (NoteError, AudioError) as error:
        details = getattr(error, "details", str(error))
        return Outcome(f"! {type(error).__name__}", details, time.perf_counter() - begun, 0.0)


def note(tally: Tally, outcome: Outcome, data: bytes, place: Path) -> None:
    """Add an outcome to a tally; keep the note if it should not be so."""
    tally.outcomes[outcome.name] += 1
    tally.seconds += outcome.seconds
    tally.slowest_seconds = max(tally.slowest_seconds, outcome.seconds)
    tally.most_memory_mb = max(tally.most_memory_mb, outcome.memory_mb)
    if outcome.name not in ALLOWED or outcome.seconds > SLOW_SECONDS:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        tally.findings.append(f"{place}: {outcome.name} {outcome.detail} {outcome.seconds:.1f} s")


@cache
def read_recordings(kind: str) -> tuple[bytes, ...]:
    """Give the whole recordings of a kind, made once."""
    return tuple(make_recordings(kind))


def read_state(path: Path) -> dict[int, tuple[str, Tally]]:
    """Give the batches that an earlier run has done."""
    lines = path.read_text().splitlines() if path.exists() else []
    done = {}
    for line in map(json.loads, lines):
        tally = Tally(**{**line["tally"], "outcomes": Counter(line["tally"]["outcomes"])})
        done[line["batch"]] = (line["kind"], tally)
    return done


def print_report(done: dict[int, tuple[str, Tally]], *, as_json: bool) -> bool:
    """Print what became of all notes; tell whether there are no findings."""
    totals: dict[str, Tally] = {}
    for kind, tally in done.values():
        totals.setdefault(kind, Tally()).add(tally)
    everything = Tally()
    for tally in totals.values():
        everything.add(tally)
    totals["all"] = everything
    if as_json:
        report = {kind: vars(tally) for kind, tally in totals.items()}
        print(json.dumps({"notes": everything.outcomes.total(), **report}, indent=2))
        return not everything.findings
    print(f"{'':12}{'notes':>9}{'slowest':>10}{'memory':>10}  outcomes")
    for kind, tally in totals.items():
        outcomes = ", ".join(f"{name} {n:,}" for name, n in tally.outcomes.most_common())
        figures = f"{tally.slowest_seconds:>8.1f} s{tally.most_memory_mb:>7.0f} MB"
        print(f"{kind:12}{tally.outcomes.total():>9,}{figures}  {outcomes}")
    print(*everything.findings or ["no findings"], sep="\n")
    return not everything.findings


def main() -> None:
    """Read the options; run the batches that are not done yet; report."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--notes", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--kept", type=Path, default=Path(".cache/fuzz"))
    parser.add_argument("--state", type=Path, help="goes on where the run that wrote it ended")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    done = read_state(options.state) if options.state else {}
    size = min(max(options.notes // BATCHES, BATCH_SIZES[0]), BATCH_SIZES[-1])
    left = [number for number in range(-(-options.notes // size)) if number not in done]
    run = partial(run_batch, seed=options.seed, size=size, kept=options.kept)
    with ThreadPoolExecutor(options.jobs) as threads:
        for number, (kind, tally) in zip(left, threads.map(run, left), strict=True):
            done[number] = kind, tally
            if options.state:
                line = {"batch": number, "kind": kind, "tally": vars(tally)}
                with options.state.open("a") as file:
                    file.write(json.dumps(line) + "\n")
    sys.exit(0 if print_report(done, as_json=options.json) else 1)


if __name__ == "__main__":
    main()
