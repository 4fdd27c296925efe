"""Have workers like the bot's listen to the largest notes there are; print time and peak memory.

    python benchmarks/large_note.py [--only NAME] [--json]

Telegram hands a bot 20 MB at most: hours of speech at a low bitrate, or minutes of WAV. Each note
gets a fresh worker, and the last one hears an hour twice. The peak is what worker and ffmpeg
have together at one moment, looked at every 20 ms; it ends with 1 if that is more than --limit.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import imageio_ffmpeg
import numpy as np
import soundfile

from bot.confinement import Limits, measure_memory_mb
from bot.worker import Worker, start_hearing
from ser_core.errors import SerError
from ser_core.synthesis import speak
from ser_core.waveform import SAMPLING_RATE

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES: Final = 20 * 1024 * 1024
LOOK_SECONDS: Final = 0.02

FULL: Final = {
    "opus 12 kbit/s": ("-c:a libopus -b:a 12k -application voip", "ogg", 6.0),
    "opus 32 kbit/s": ("-c:a libopus -b:a 32k", "ogg", 2.0),
    "opus 64 kbit/s": ("-c:a libopus -b:a 64k", "ogg", 1.0),
    "mp3 32 kbit/s": ("-c:a libmp3lame -b:a 32k", "mp3", 2.0),
    "m4a 24 kbit/s": ("-c:a aac -b:a 24k", "ipod", 2.5),
    "flac": ("-c:a flac", "flac", 1.0),
    "wav": ("-c:a pcm_s16le", "wav", 1.0),
}
"""Notes of 20 MB: how ffmpeg makes them, and hours that are enough to fill them."""

HOURS: Final = {
    "an hour, opus": ("-c:a libopus -b:a 40k", "ogg", 1.0),
    "an hour, m4a": ("-c:a aac -b:a 32k", "ipod", 1.0),
    "an hour, webm": ("-c:a libopus -b:a 40k", "webm", 1.0),
}
"""Notes of just as much as is listened to."""


class Cost(NamedTuple):
    """Hold what became of a note, and what it took."""

    name: str
    n_bytes: int
    outcome: str
    seconds: float
    warm_mb: float
    peak_mb: float
    kept_mb: float


def make_note(folder: Path, options: str, container: str, hours: float) -> bytes:
    """Give an encoded note of speech in all moods, cut at 20 MB where it has more."""
    path = folder / "note"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-stream_loop", "-1"]
    source = ["-i", str(folder / "speech.wav"), "-t", str(round(hours * 3600 - 0.1, 1))]
    size = ["-fs", str(MAX_BYTES - 1_000_000)]  # an index may follow
    target = ["-f", container, str(path)]
    subprocess.run([*command, *source, *options.split(), *size, *target], check=True)  # noqa: S603 - our own words
    return path.read_bytes()[:MAX_BYTES]


def write_speech(path: Path) -> None:
    """Write four minutes of speech, of two voices in four moods."""
    voices = [(e, g) for e in ("happy", "sad", "angry", "neutral") for g in ("female", "male")]
    parts = [speak(*voice, seconds=30.0, seed=n).samples for n, voice in enumerate(voices)]
    soundfile.write(path, np.concatenate(parts), SAMPLING_RATE, subtype="PCM_16")


def measure(name: str, data: bytes, worker: Worker, warm_mb: float) -> Cost:
    """Have a worker listen to a note; give what that took."""
    peak_mb, is_over = warm_mb, threading.Event()

    def look() -> None:
        nonlocal peak_mb
        while not is_over.wait(LOOK_SECONDS):
            peak_mb = max(peak_mb, measure_memory_mb(worker.process_id or 0))

    watching = threading.Thread(target=look)
    watching.start()
    begun = time.perf_counter()
    try:
        recognition = worker.listen(data, None).recognition
        outcome = f"{recognition.seconds / 60:.0f} min answered"
    except SerError as error:
        outcome = type(error).__name__
    seconds = time.perf_counter() - begun
    is_over.set()
    watching.join()
    time.sleep(0.2)  # it gives back what it can after the answer
    kept_mb = measure_memory_mb(worker.process_id or 0)
    return Cost(name, len(data), outcome, seconds, warm_mb, peak_mb, kept_mb)


def measure_all(only: str) -> Iterator[Cost]:
    """Give what each note took, the hours twice in one worker."""
    start = partial(start_hearing, "default", 3600.0)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write_speech(folder / "speech.wav")
        for name, recipe in {**FULL, **HOURS}.items():
            if only not in name:
                continue
            data = make_note(folder, *recipe)
            worker = Worker(start, Limits())
            worker.read_manifest()
            warm_mb = measure_memory_mb(worker.process_id or 0)
            yield measure(name, data, worker, warm_mb)
            if name in HOURS:
                yield measure(f"{name}, again", data, worker, warm_mb)
            worker.end()


def main() -> None:
    """Read the options, measure, report."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", default="", help="notes whose name holds this")
    parser.add_argument("--limit", type=float, default=600.0, help="megabytes")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    costs = []
    if not options.json:
        print(f"{'':22}{'MB':>6}  {'outcome':18}{'time':>8}{'warm':>9}{'peak':>9}{'kept':>9}")
    for cost in measure_all(options.only):
        costs.append(cost)
        if not options.json:
            figures = (f"{mb:>6.0f} MB" for mb in (cost.warm_mb, cost.peak_mb, cost.kept_mb))
            size = f"{cost.n_bytes / 2**20:>6.1f}"
            print(
                f"{cost.name:22}{size}  {cost.outcome:18}{cost.seconds:>6.1f} s", *figures, sep=""
            )
    peak_mb = max(cost.peak_mb for cost in costs)
    report: dict[str, Any] = {"peak_mb": peak_mb, "limit_mb": options.limit}
    if options.json:
        print(json.dumps({**report, "notes": [cost._asdict() for cost in costs]}, indent=2))
    sys.exit(0 if peak_mb < options.limit else 1)


if __name__ == "__main__":
    main()
