"""Time a voice note from its bytes to the answer, beside the ways in which others do it.

::

    python benchmarks/voice_note.py [--repetitions 30] [--model default] [--json FILE]

In one run, taking turns, on one thread: ours; the recipe of the tutorials (pydub, librosa's 180
features, a network); openSMILE's ComParE features of the file, as its own reader decodes it, with
the same network; the same of samples that ours has brought to 16 kHz, which nobody does for it;
and the floor, which is libsndfile decoding alone. Their networks are fitted on random numbers:
what they answer is of no interest here, only when.
Then, each in a process of its own: the start of a process up to its first answers, and the time
and the memory that long notes need.

Needs the packages of the extra ``dev``; no corpus.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import imageio_ffmpeg
import librosa
import numpy as np
import opensmile
import soundfile
from pydub import AudioSegment
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

from ser_core import load_model, recognise
from ser_core.decode import decode
from ser_core.synthesis import encode_voice_note, speak
from ser_core.waveform import SAMPLING_RATE, Waveform

if TYPE_CHECKING:
    from collections.abc import Callable

NOTE_SECONDS = 4
LONG_SECONDS = (60, 1800)
WARM_UPS = 2  # numba compiles what librosa needs, files are cached
MOST = {"tutorials' recipe": 1 / 3, "openSMILE ComParE": 1 / 4, "libsndfile alone": 3.0}
"""What ours may take, in parts of what each of the others takes."""


def main() -> None:
    """Run everything, print tables, write JSON if asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repetitions", type=int, default=30)
    parser.add_argument("--model", default="default")
    parser.add_argument("--json", type=Path, help="write the figures to this file, too")
    arguments = parser.parse_args()
    figures = {
        "milliseconds": compare(arguments.model, arguments.repetitions),
        "start": measure_start(arguments.model),
        "long_notes": [measure_long_note(seconds, arguments.model) for seconds in LONG_SECONDS],
    }
    print_figures(figures)
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2))


def compare(model_place: str, repetitions: int) -> dict[str, float]:
    """Give the median milliseconds of each contestant; they take turns."""
    note, model = make_note(NOTE_SECONDS), load_model(model_place)
    with tempfile.TemporaryDirectory() as folder, threadpool_limits(1):
        contestants: dict[str, Callable[[], object]] = {
            "ours": lambda: recognise(note, model),
            "tutorials' recipe": prepare_recipe(note, Path(folder)),
            **prepare_opensmile(note, Path(folder)),
            "libsndfile alone": lambda: soundfile.read(io.BytesIO(note), dtype="float32"),
        }
        times: dict[str, list[float]] = {name: [] for name in contestants}
        for _ in range(WARM_UPS + repetitions):
            for name, answer in contestants.items():
                start = time.perf_counter()
                answer()
                times[name].append(1000 * (time.perf_counter() - start))
    return {name: statistics.median(values[WARM_UPS:]) for name, values in times.items()}


def make_note(seconds: int) -> bytes:
    """Give a synthesised voice note; a long one repeats half a minute."""
    voice = speak("happy", seconds=float(min(seconds, 30))).samples
    return encode_voice_note(Waveform(np.resize(voice, seconds * SAMPLING_RATE)))


def prepare_recipe(note: bytes, folder: Path) -> Callable[[], object]:
    """Give the recipe as the tutorials have it: convert, load, 180 means, network.

    Without an ffprobe, which pydub starts first to learn the codec, the codec is named instead:
    that spares the recipe one process.
    """
    AudioSegment.converter = shutil.which("ffmpeg") or imageio_ffmpeg.get_ffmpeg_exe()
    codec = None if shutil.which("ffprobe") else "opus"
    network = fit_network(180)
    (folder / "note.ogg").write_bytes(note)

    def answer() -> object:
        AudioSegment.from_file(folder / "note.ogg", codec=codec).export(folder / "note.wav", "wav")
        samples, sampling_rate = librosa.load(folder / "note.wav")
        spectrum = np.abs(librosa.stft(samples))
        parts = (
            librosa.feature.mfcc(y=samples, sr=sampling_rate, n_mfcc=40),
            librosa.feature.chroma_stft(S=spectrum, sr=sampling_rate),
            librosa.feature.melspectrogram(y=samples, sr=sampling_rate),
        )
        return network.predict_proba(np.hstack([part.mean(axis=1) for part in parts])[None])

    return answer


def prepare_opensmile(note: bytes, folder: Path) -> dict[str, Callable[[], object]]:
    """Give openSMILE's 6,373 functionals, of the file and of decoded samples, and the network."""
    smile = opensmile.Smile(opensmile.FeatureSet.ComParE_2016, opensmile.FeatureLevel.Functionals)
    network = fit_network(len(smile.feature_names))
    path = folder / "opensmile.ogg"
    path.write_bytes(note)

    def answer_file() -> object:
        return network.predict_proba(smile.process_file(path).to_numpy())

    def answer_samples() -> object:
        waveform = decode(note)
        vector = smile.process_signal(waveform.samples, waveform.sampling_rate)
        return network.predict_proba(vector.to_numpy())

    return {"openSMILE ComParE": answer_file, "the same at 16 kHz": answer_samples}


def fit_network(n_features: int) -> MLPClassifier:
    """Give a network of 300 hidden units, fitted on noise, for vectors of a length."""
    noise = np.random.default_rng(0).standard_normal((64, n_features))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it has not converged, nor could it
        return MLPClassifier((300,), max_iter=3).fit(noise, np.arange(64) % 8)


def measure_start(model_place: str) -> dict[str, float]:
    """Give the seconds from the start of a process to its first two answers."""
    note = make_note(NOTE_SECONDS)
    start = time.time()
    report = run_process(model_place, [note, note])
    first, second = (answer["seconds"] for answer in report["answers"])
    ready = report["ready"] - start
    return {
        "until the model is loaded": ready,
        "until the first answer": ready + first,
        "first answer alone": first,
        "second answer alone": second,
    }


def measure_long_note(seconds: int, model_place: str) -> dict[str, float]:
    """Give the time of one note of a length, and by how much it lifts the peak of memory."""
    report = run_process(model_place, [make_note(NOTE_SECONDS), make_note(seconds)])
    _, answer = report["answers"]
    return {
        "note_seconds": seconds,
        "milliseconds": 1000 * answer["seconds"],
        "megabytes": answer["megabytes"],
    }


def run_process(model_place: str, notes: list[bytes]) -> dict[str, Any]:
    """Answer notes in a fresh process on one thread; give its report."""
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    command = [sys.executable, str(Path(__file__).with_name("one_note.py")), model_place]
    with ExitStack() as stack:
        for note in notes:
            file = stack.enter_context(tempfile.NamedTemporaryFile())
            file.write(note)
            file.flush()
            command.append(file.name)
        done = subprocess.run(  # noqa: S603 - our own script
            command, env={**os.environ, **one_thread}, check=True, capture_output=True
        )
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def print_figures(figures: dict[str, Any]) -> None:
    """Print the tables."""
    times = figures["milliseconds"]
    print(f"a voice note of {NOTE_SECONDS} s, median, one thread")
    for name, milliseconds in times.items():
        print(f"  {name:26} {milliseconds:8.1f} ms", end="")
        limit = f", at most {MOST[name]:.3f}" if name in MOST else ""
        print(f"   ours/this {times['ours'] / milliseconds:.3f}{limit}")
    if not shutil.which("ffprobe"):
        print("  (no ffprobe here: the recipe is spared the process that pydub starts first)")
    print("the start of a process")
    for name, seconds in figures["start"].items():
        print(f"  {name:26} {seconds:8.3f} s")
    print("long notes")
    for note in figures["long_notes"]:
        per_second = note["milliseconds"] / note["note_seconds"]
        print(
            f"  {note['note_seconds']:5} s {note['milliseconds']:18.1f} ms"
            f"   {per_second:.2f} ms per second, {note['megabytes']:.0f} MB more at the peak"
        )


if __name__ == "__main__":
    main()
