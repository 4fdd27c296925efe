"""What overlap, smoothing and weights are worth on notes that last longer than one sentence.

::

    python benchmarks/long_notes.py --corpora DIR [--corpus emovo] [--model default]

Notes are made of clips of one speaker: some keep one emotion, some change it once or twice.
A corpus that the model learnt from says nothing about new voices, and is refused.
"""

from __future__ import annotations

import argparse
import random
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console
from rich.table import Table

from ser_core import load_model
from ser_core.classify import softmax
from ser_core.corpora import read_corpus
from ser_core.decode import decode
from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.evaluation.metrics import accuracy, expected_calibration_error
from ser_core.pipeline import classify_waveforms
from ser_core.segments import find_segments, pool
from ser_core.speech import find_speech
from ser_core.waveform import SAMPLING_RATE, Waveform
from ser_core.windows import HOP_SECONDS, WINDOW_SECONDS, cut_windows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from ser_core.corpora import Clip
    from ser_core.features.spectrum import Matrix
    from ser_core.store import Model
    from ser_core.windows import Window

    Floats = NDArray[np.float64]
    Windows = Sequence[Window]
    Span = tuple[float, float, Floats]
    """Start, end, probabilities of the emotions."""

N_CHANGING = 10  # notes of each speaker whose emotion changes
MARGIN_SECONDS = 0.15  # of its own background is left around each clip
STEP_SECONDS = 0.1  # how finely time is judged
LASTING_SECONDS = 10.0  # an emotion, to the hidden Markov model
FIGURES = ("confidence", "ECE")


@dataclass(frozen=True, slots=True, eq=False)
class Note:
    """Hold a note; ``truths`` are the start, end and number of each of its emotions."""

    waveform: Waveform
    truths: list[tuple[float, float, int]]
    gender: int


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """Hold a note, and the probabilities of its windows."""

    note: Note
    windows: Windows
    emotions: Floats
    genders: Floats


def main() -> None:
    """Print what whole answers and segments are worth, a line for each way to find them."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--corpus", default="emovo")
    parser.add_argument("--model", default="default")
    options = parser.parse_args()
    model = load_model(options.model)
    if options.corpus in model.manifest["trained_on"]:
        parser.error(f"the model learnt from {options.corpus}")
    read_clips = read_corpus(options.corpus, options.corpora).clips
    clips = [clip for clip in read_clips if clip.emotion and clip.gender]
    steady, changing = make_notes(clips)
    hops = {"side by side": WINDOW_SECONDS, "overlapping": HOP_SECONDS}
    for title, notes in (("one emotion", steady), ("changing emotion", changing)):
        heard = {
            name: [listen(note, model, hop_seconds=hop) for note in notes]
            for name, hop in hops.items()
        }
        if notes is steady:
            print_whole_answers(heard["overlapping"])
        print_segments(title, heard)


def make_notes(clips: Sequence[Clip]) -> tuple[list[Note], list[Note]]:
    """Give notes of one emotion, two for each speaker and emotion, and notes that change it."""
    chooser = random.Random(0)  # noqa: S311 - no secret
    steady, changing = [], []
    of_speaker = group(clips, lambda clip: clip.speaker)
    for spoken in of_speaker.values():
        samples = {clip.path: read(clip) for clip in spoken}
        of_emotion = group(spoken, lambda clip: str(clip.emotion))
        for emotional in of_emotion.values():
            mixed = chooser.sample(emotional, len(emotional))
            steady += [make_note([half], samples) for half in (mixed[::2], mixed[1::2]) if half]
        for _ in range(N_CHANGING):
            emotions = chooser.sample(sorted(of_emotion), chooser.choice((2, 3)))
            mixes = [chooser.sample(of_emotion[name], len(of_emotion[name])) for name in emotions]
            runs = [mix[: chooser.choice((3, 4, 5, 6))] for mix in mixes]
            changing.append(make_note(runs, samples))
    return steady, changing


def group(clips: Sequence[Clip], key: Callable[[Clip], str]) -> dict[str, list[Clip]]:
    """Part clips by what they have in common."""
    return {name: list(each) for name, each in groupby(sorted(clips, key=key), key)}


def read(clip: Clip) -> Matrix:
    """Give the samples of a clip from shortly before its speech to shortly after."""
    waveform = decode(clip.path.read_bytes())
    parts = find_speech(waveform)
    if not parts:
        return waveform.samples
    start = max(parts[0].start - MARGIN_SECONDS, 0.0)
    return waveform.between(start, min(parts[-1].end + MARGIN_SECONDS, waveform.seconds)).samples


def make_note(runs: Sequence[Sequence[Clip]], samples: dict[Path, Matrix]) -> Note:
    """Put runs of clips behind each other; each run has one emotion."""
    truths, end = [], 0.0
    for run in runs:
        start, end = end, end + sum(samples[clip.path].size for clip in run) / SAMPLING_RATE
        truths.append((start, end, EMOTIONS.index(str(run[0].emotion))))
    sound = np.concatenate([samples[clip.path] for run in runs for clip in run])
    return Note(Waveform(sound), truths, GENDERS.index(str(runs[0][0].gender)))


def listen(note: Note, model: Model, *, hop_seconds: float) -> Heard:
    """Give what is heard in the windows of a note."""
    windows = cut_windows(find_speech(note.waveform), hop_seconds=hop_seconds)
    pieces = [note.waveform.between(window.start, window.end) for window in windows]
    emotions, genders, _ = classify_waveforms(pieces, model)
    return Heard(note, windows, emotions, genders)


def print_whole_answers(heard: Sequence[Heard]) -> None:
    """Print how good each way is to make one answer of many windows."""
    ways: dict[str, Callable[[Windows, Floats], Floats]] = {
        "mean": lambda _, rows: rows.mean(axis=0),
        "weighted by speech": lambda windows, rows: np.average(
            rows, axis=0, weights=[window.speech_seconds for window in windows]
        ),
        "pool: by speech and confidence": lambda windows, rows: np.array(pool(windows, rows)),
        "product": lambda _, rows: softmax(np.log(np.maximum(rows, 1e-300)).sum(axis=0)),
    }
    table = Table(f"{len(heard)} notes, one emotion", "emotion", *FIGURES, "gender", *FIGURES)
    for name, way in ways.items():
        emotions = judge([(way(e.windows, e.emotions), e.note.truths[0][2]) for e in heard])
        genders = judge([(way(e.windows, e.genders), e.note.gender) for e in heard])
        table.add_row(name, *emotions, *genders)
    Console(width=110).print(table)


def judge(answers: Sequence[tuple[Floats, int]]) -> list[str]:
    """Give accuracy, mean confidence and calibration error of probabilities with their truth."""
    truths = np.array([truth for _, truth in answers])
    rows = np.stack([row for row, _ in answers])
    right, error = accuracy(truths, rows.argmax(axis=1)), expected_calibration_error(truths, rows)
    return [f"{figure:.1%}" for figure in (right, rows.max(axis=1).mean(), error)]


def print_segments(title: str, heard: dict[str, list[Heard]]) -> None:
    """Print how good each way is to tell what prevails when."""
    ways: dict[str, tuple[str, Callable[[Heard], Sequence[Span]]]] = {
        "side by side": ("side by side", lambda each: share_time(each, each.emotions)),
        "overlapping": ("overlapping", lambda each: share_time(each, each.emotions)),
        "overlapping, smoothed": ("overlapping", use_segments),
        "hidden Markov model": ("overlapping", use_markov_model),
    }
    n_notes = len(heard["overlapping"])
    n_true = sum(len(each.note.truths) for each in heard["overlapping"]) / n_notes
    stretches = f"stretches ({n_true:.1f} in truth)"
    table = Table(f"{n_notes} notes, {title}", "time right", *FIGURES, stretches)
    for name, (cut, way) in ways.items():
        answers: list[tuple[Floats, int]] = []
        n_stretches = 0
        for each in heard[cut]:
            spans = way(each)
            n_stretches += len(list(groupby(row.argmax() for _, _, row in spans)))
            answers += compare(spans, each.note)
        table.add_row(name, *judge(answers), f"{n_stretches / n_notes:.1f}")
    Console(width=110).print(table)


def compare(spans: Iterable[Span], note: Note) -> Iterator[tuple[Floats, int]]:
    """Give what is said and what is true of each moment of which something is said."""
    for start, end, row in spans:
        for moment in np.arange(start, end, STEP_SECONDS):
            truth = next((number for _, until, number in note.truths if moment < until), None)
            if truth is not None:
                yield row, truth


def share_time(heard: Heard, rows: Floats) -> list[Span]:
    """Give each window's own time a row of probabilities."""
    return [
        (each.own.start, each.own.end, row) for each, row in zip(heard.windows, rows, strict=True)
    ]


def use_segments(heard: Heard) -> list[Span]:
    """Give the segments."""
    segments = find_segments(heard.windows, heard.emotions)
    return [(segment.start, segment.end, np.array(segment.emotions)) for segment in segments]


def use_markov_model(heard: Heard) -> list[Span]:
    """Give each window's own time what the forward-backward algorithm makes of all of them.

    Each emotion follows each other equally often; of overlapping windows, each counts by the
    share of it that is its own. Source: Rabiner (1989), "A tutorial on hidden Markov models".
    """
    shares = np.array([window.own.seconds / window.seconds for window in heard.windows])
    evidence = heard.emotions ** shares[:, np.newaxis]
    middles = np.array([(window.own.start + window.own.end) / 2 for window in heard.windows])
    staying = np.exp(-np.diff(middles) / LASTING_SECONDS)
    past, future = predict(evidence, staying), predict(evidence[::-1], staying[::-1])[::-1]
    rows = past * evidence * future
    return share_time(heard, rows / rows.sum(axis=1, keepdims=True))


def predict(evidence: Floats, staying: Floats) -> Floats:
    """Give, for each window, what those before it let expect."""
    expected = np.full_like(evidence, 1 / len(EMOTIONS))
    for number, stay in enumerate(staying):
        belief = expected[number] * evidence[number]
        expected[number + 1] = stay * belief / belief.sum() + (1 - stay) / len(EMOTIONS)
    return expected


if __name__ == "__main__":
    main()
