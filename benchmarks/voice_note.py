"""Time a voice note from its bytes to the answer, beside the ways in which others do it.

::

    python benchmarks/voice_note.py [--repetitions 30] [--model default] [--json FILE]

In one run, taking turns, on one thread: ours; the recipe of the tutorials (pydub, librosa's 180
features, a network); openSMILE's ComParE features with the same network, on samples that ours
decoded; and the floor, which is libsndfile decoding alone. Their networks are fitted on random
numbers: what they answer is of no interest here, only when.
Then, each in a process of its own: the first answer after a cold start and after a warm one, and
the time and the memory that long notes need.

Needs the packages of the extras ``dev`` and ``benchmarks``; no corpus.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # before numpy is imported, here and in the children

NOTE_SECONDS = 4
LONG_SECONDS = (4, 60, 1800)
RATIOS = {"tutorials' recipe": 1 / 3, "openSMILE ComParE": 1 / 4, "libsndfile alone": 3.0}
"""What ours may take at most, in parts of what each of the others takes."""


def main() -> None:
    """Run everything, print tables, write JSON if asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repetitions", type=int, default=30)
    parser.add_argument("--model", default="default")
    parser.add_argument("--json", type=Path, help="write the figures to this file, too")
    parser.add_argument("--child", choices=("start", "long"), help=argparse.SUPPRESS)
    parser.add_argument("--note", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        child = answer_first_notes if arguments.child == "start" else answer_one_note
        print(json.dumps(child(arguments.note.read_bytes(), arguments.model)))
        return
    figures = {
        "milliseconds": compare(arguments.model, arguments.repetitions),
        "start_seconds": measure_start(arguments.model),
        "long_notes": [measure_long_note(seconds, arguments.model) for seconds in LONG_SECONDS],
    }
    print_figures(figures)
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2))


def compare(model_place: str, repetitions: int) -> dict[str, float]:
    """Give the median milliseconds of each contestant, which take turns."""
    import soundfile

    from ser_core import load_model, recognise

    note, model = make_note(NOTE_SECONDS), load_model(model_place)
    contestants: dict[str, Callable[[], object]] = {
        "ours": lambda: recognise(note, model),
        "tutorials' recipe": prepare_recipe(note),
        "openSMILE ComParE": prepare_opensmile(note),
        "libsndfile alone": lambda: soundfile.read(io.BytesIO(note), dtype="float32"),
    }
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for repetition in range(repetitions + 2):  # two to warm up: numba compiles, files are cached
        for name, answer in contestants.items():
            start = time.perf_counter()
            answer()
            if repetition >= 2:
                times[name].append(1000 * (time.perf_counter() - start))
    return {name: statistics.median(values) for name, values in times.items()}


def make_note(seconds: int) -> bytes:
    """Give a synthesised voice note; a long one repeats half a minute."""
    import numpy as np

    from ser_core.synthesis import encode_voice_note, speak
    from ser_core.waveform import SAMPLING_RATE, Waveform

    voice = speak("happy", seconds=float(min(seconds, 30))).samples
    return encode_voice_note(Waveform(np.resize(voice, seconds * SAMPLING_RATE)))


def fit_network(n_features: int) -> Any:
    """Give a network of 300 hidden units, fitted on noise, for vectors of a length."""
    import numpy as np
    from sklearn.neural_network import MLPClassifier

    noise = np.random.default_rng(0).standard_normal((64, n_features))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it has not converged, nor could it
        return MLPClassifier((300,), max_iter=3).fit(noise, np.arange(64) % 8)


def prepare_recipe(note: bytes) -> Callable[[], object]:
    """Give the recipe as the tutorials have it: convert, load, 180 means, network.

    Without an ffprobe, which pydub starts first to learn the codec, the codec is named instead:
    that spares the recipe one process.
    """
    import imageio_ffmpeg
    import librosa
    import numpy as np
    from pydub import AudioSegment

    AudioSegment.converter = shutil.which("ffmpeg") or imageio_ffmpeg.get_ffmpeg_exe()
    codec = None if shutil.which("ffprobe") else "opus"
    network = fit_network(180)
    folder = Path(tempfile.mkdtemp())
    (folder / "note.ogg").write_bytes(note)

    def answer() -> object:
        segment = AudioSegment.from_file(folder / "note.ogg", codec=codec)
        segment.export(folder / "note.wav", format="wav")
        samples, sampling_rate = librosa.load(folder / "note.wav")
        spectrum = np.abs(librosa.stft(samples))
        parts = (
            librosa.feature.mfcc(y=samples, sr=sampling_rate, n_mfcc=40),
            librosa.feature.chroma_stft(S=spectrum, sr=sampling_rate),
            librosa.feature.melspectrogram(y=samples, sr=sampling_rate),
        )
        return network.predict_proba(np.hstack([part.mean(axis=1) for part in parts])[None])

    return answer


def prepare_opensmile(note: bytes) -> Callable[[], object]:
    """Give openSMILE's 6,373 functionals of the decoded samples, and the network."""
    import opensmile

    from ser_core.decode import decode

    smile = opensmile.Smile(opensmile.FeatureSet.ComParE_2016, opensmile.FeatureLevel.Functionals)
    network = fit_network(len(smile.feature_names))

    def answer() -> object:
        waveform = decode(note)
        vector = smile.process_signal(waveform.samples, waveform.sampling_rate)
        return network.predict_proba(vector.to_numpy())

    return answer


def run_child(kind: str, note: bytes, model_place: str) -> dict[str, float]:
    """Run one measurement in a process of its own and give what it prints."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(note)
        file.flush()
        command = [sys.executable, __file__, "--child", kind, "--note", file.name]
        done = subprocess.run(
            [*command, "--model", model_place], check=True, capture_output=True, text=True
        )
    return json.loads(done.stdout)


def measure_start(model_place: str) -> dict[str, float]:
    """Give the seconds from starting a process to its first answers."""
    start = time.time()
    moments = run_child("start", make_note(NOTE_SECONDS), model_place)
    return {
        "process start to ready": moments["ready"] - start,
        "process start to first answer": moments["first"] - start,
        "first answer once ready": moments["first"] - moments["ready"],
        "second answer": moments["second"] - moments["first"],
    }


def answer_first_notes(note: bytes, model_place: str) -> dict[str, float]:
    """Give the moments at which the model is loaded and two notes are answered."""
    from ser_core import load_model, recognise

    model = load_model(model_place)
    moments = {"ready": time.time()}
    for turn in ("first", "second"):
        recognise(note, model)
        moments[turn] = time.time()
    return moments


def measure_long_note(seconds: int, model_place: str) -> dict[str, float]:
    """Give the time of one note of a length and the memory that it needs at its peak."""
    return {"seconds": seconds, **run_child("long", make_note(seconds), model_place)}


def answer_one_note(note: bytes, model_place: str) -> dict[str, float]:
    """Give the time and the growth of this process's peak memory for one note."""
    from ser_core import load_model, recognise

    model = load_model(model_place)
    recognise(make_note(NOTE_SECONDS), model)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    recognise(note, model)
    milliseconds = 1000 * (time.perf_counter() - start)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    kilobytes = 1024 if sys.platform == "linux" else 1024 * 1024
    return {"milliseconds": milliseconds, "megabytes": (after - before) / kilobytes}


def print_figures(figures: dict[str, Any]) -> None:
    """Print the tables."""
    times = figures["milliseconds"]
    print(f"one voice note of {NOTE_SECONDS} s, median, one thread")
    for name, milliseconds in times.items():
        limit = RATIOS.get(name)
        ratio = f"ours takes {times['ours'] / milliseconds:.2f} of it" if limit else ""
        print(
            f"  {name:20} {milliseconds:8.1f} ms  {ratio}", f"(at most {limit:.2f})" * bool(limit)
        )
    if not shutil.which("ffprobe"):
        print("  (no ffprobe here: the recipe is spared that process)")
    print("start of a process")
    for name, seconds in figures["start_seconds"].items():
        print(f"  {name:30} {seconds:8.3f} s")
    print("long notes")
    for row in figures["long_notes"]:
        per_second = row["milliseconds"] / row["seconds"]
        print(
            f"  {row['seconds']:5} s {row['milliseconds']:9.1f} ms {per_second:6.2f} ms per second"
            f" {row['megabytes']:8.1f} MB more at the peak"
        )


if __name__ == "__main__":
    main()
