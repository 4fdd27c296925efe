"""Measure the speech gate: how much speech it accepts, and how much of the rest it rejects.

::

    python benchmarks/speech_gate.py --corpora ../shared/corpora [--clips 300]

All on files and speakers that ``fit_speech_gate.py`` left out (``gate_clips.py``); of what is
marked with *, nothing of the kind was fitted on at all.
"""

from __future__ import annotations

import argparse
import statistics
import time
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from gate_clips import (
    FITTED_SHARE,
    NOISE,
    PLACES,
    SPEECH,
    Corpus,
    cut,
    find_speech_clips,
    is_esc_class_fitted,
    is_esc_fitted,
    is_place_fitted,
    load,
)
from gate_sounds import bring_to_peak, draw_music, draw_tone, draw_unheard_music
from gate_whisper import whisper

from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.evaluation.conditions import CONDITIONS, Surroundings
from ser_core.speech import find_speech
from ser_core.synthesis import speak
from ser_core.waveform import SAMPLING_RATE, Waveform

if TYPE_CHECKING:
    from collections.abc import Iterable

    Random = np.random.Generator
    Verdicts = dict[str, list[bool]]

LINES = ("telephone, 8 kHz", "Opus, 12 kbit/s", "noise, 10 dB")
COLUMNS = ("clean", "angry", "whispered", *LINES)

EVERY = 4
"""Of so many clips one is heard whispered, and through each line, as well."""

N_DRAWN = 100


def main() -> None:
    """Print two tables, in Markdown, and the time."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--clips", type=int, default=300, help="at most so many of each corpus")
    arguments = parser.parse_args()
    print_accepted(arguments.corpora, arguments.clips)
    print_rejected(arguments.corpora)
    print_time()


def print_accepted(corpora: Path, n_clips: int) -> None:
    """Print how much speech is accepted: a row for each corpus, and for all of them."""
    noises = [scene.samples for scene in load_held_out_scenes(corpora)]
    random = np.random.default_rng(0)
    print("| speech, accepted | clips |", " | ".join(COLUMNS), "|")
    print("|---" * (2 + len(COLUMNS)) + "|")
    heard = {}
    for name, corpus in SPEECH.items():
        paths = find_speech_clips(corpora, corpus, n_clips, held_out=True)
        heard[name] = hear_corpus(paths, corpus, noises, random)
        print_speech_row(name, heard[name])
    heard["synthesised"] = hear_synthesised()
    print_speech_row("synthesised voices", heard["synthesised"])
    everything = {column: join(each[column] for each in heard.values()) for column in COLUMNS}
    print_speech_row("all", everything)


def hear_corpus(
    paths: list[Path], corpus: Corpus, noises: list[np.ndarray], random: Random
) -> Verdicts:
    """Tell of each clip whether it is accepted, under each column that it belongs to."""
    verdicts: Verdicts = {column: [] for column in COLUMNS}
    for number, path in enumerate(paths):
        clip = load(path)
        verdicts["clean"].append(is_accepted(clip))
        if corpus.is_angry(path.stem):
            verdicts["angry"].append(verdicts["clean"][-1])
        if number % EVERY:
            continue
        if corpus.is_whispered:
            verdicts["whispered"].append(is_accepted(whisper(random, clip)))
        around = Surroundings(noises[random.integers(len(noises))], random)
        for line in LINES:
            spoiled = CONDITIONS[line](clip.samples, around)
            verdicts[line].append(is_accepted(Waveform(np.float32(spoiled))))
    return verdicts


def hear_synthesised() -> Verdicts:
    """Tell of each emotion and gender, in three voices, whether it is accepted."""
    verdicts: Verdicts = {column: [] for column in COLUMNS}
    for emotion in EMOTIONS:
        for gender in GENDERS:
            for seed in range(3):
                voice = speak(emotion, gender, seconds=2.0 + seed, seed=seed)
                verdicts["clean"].append(is_accepted(voice))
    return verdicts


def print_rejected(corpora: Path) -> None:
    """Print how much sound is rejected in which nobody speaks."""
    scenes = load_held_out_scenes(corpora)
    places = [path for path in sorted(corpora.glob(PLACES)) if not is_place_fitted(path)]
    rest = {
        **reject_esc(corpora),
        "streets, trains, homes": reject(map(load, places)),
        "noises": reject(piece for scene in scenes for piece in cut(scene, 5.0)),
    }
    random = np.random.default_rng(1)
    for draw, name in (
        (draw_tone, "tones, beeps, sirens"),
        (draw_music, "music of instruments fitted on"),
        (draw_unheard_music, "music of other instruments *"),
    ):
        sounds = (bring_to_peak(draw(random, 4 * SAMPLING_RATE)) for _ in range(N_DRAWN))
        rest[name] = reject(sounds)
    rest["tones, noise, chords, melodies *"] = reject(synthesise_plainly())
    print("\n| other sound, rejected | recordings | |\n|---|---|---|")
    for name, verdicts in rest.items():
        print(f"| {name} | {len(verdicts)} | {show_share(verdicts)} |")
    for name, start in (("**all of ESC-10**", "ESC-10"), ("**all**", "")):
        verdicts = join(those for kind, those in rest.items() if kind.startswith(start))
        print(f"| {name} | {len(verdicts)} | {show_share(verdicts)} |")


def reject_esc(corpora: Path) -> Verdicts:
    """Tell of ESC-10's recordings whether they are rejected; a class never fitted on has a *."""
    verdicts = {}
    for folder in sorted(corpora.glob("esc-10/*/")):
        paths = [path for path in sorted(folder.glob("*.ogg")) if not is_esc_fitted(path)]
        mark = "" if is_esc_class_fitted(paths[0]) else " *"
        name = folder.name.partition(" - ")[2].lower()
        verdicts[f"ESC-10: {name}{mark}"] = reject(map(load, paths))
    return verdicts


def load_held_out_scenes(corpora: Path) -> list[Waveform]:
    """Give the part of each noise that was not fitted on."""
    scenes = [load(path) for path in sorted(corpora.glob(NOISE))]
    return [scene.between(FITTED_SHARE * scene.seconds, scene.seconds) for scene in scenes]


def is_accepted(waveform: Waveform) -> bool:
    """Tell whether anybody is found speaking."""
    return bool(find_speech(waveform))


def reject(waveforms: Iterable[Waveform]) -> list[bool]:
    """Tell of each recording whether it is rejected."""
    return [not is_accepted(waveform) for waveform in waveforms]


def join(verdicts: Iterable[list[bool]]) -> list[bool]:
    """Join lists into one."""
    return [*chain.from_iterable(verdicts)]


def print_speech_row(name: str, verdicts: Verdicts) -> None:
    """Print the shares of a row, a cell each, and how many clips the clean one is of."""
    cells = (show_share(verdicts[column]) for column in COLUMNS)
    print(f"| {name} | {len(verdicts['clean'])} |", " | ".join(cells), "|", flush=True)


def show_share(verdicts: list[bool]) -> str:
    """Write how many come out right."""
    return f"{statistics.mean(verdicts):.1%}".replace("%", " %") if verdicts else "-"


def synthesise_plainly() -> list[Waveform]:
    """Give sounds that nobody makes: tones, hum, sweeps, chords, melodies, noise, silence."""
    noise = np.random.default_rng(0)
    moment = np.arange(4 * SAMPLING_RATE) / SAMPLING_RATE
    cycles = 2 * np.pi * moment
    white = noise.standard_normal(moment.size)
    brown = np.cumsum(white) - np.linspace(0, white.sum(), white.size)
    sounds = [np.zeros(moment.size), 1e-4 * white, 0.1 * white, brown / np.abs(brown).max()]
    sounds.append(0.1 * (1 + np.sin(4 * cycles)) * white)
    for hertz in (60, 110, 220, 440, 1000, 3000):
        sounds.append(0.3 * np.sin(hertz * cycles))
        sounds.append(0.1 * sum(np.sin(k * hertz * cycles) / k for k in range(1, 9)))
        sounds.append(0.3 * np.sin(hertz * cycles) * (np.sin(2 * cycles) > 0))
        chord = [np.sin(hertz * k * third * cycles) for k in (1, 2, 3) for third in (1, 1.25, 1.5)]
        sounds.append(0.1 * sum(chord))
        steps = 2 ** (np.array([0, 4, 7, 12, 7, 4, 0, 5]) / 12)
        phase = 2 * np.pi * np.cumsum(hertz * np.repeat(steps, SAMPLING_RATE // 2)) / SAMPLING_RATE
        sounds.append(0.3 * np.exp(-3 * (moment % 0.5)) * (np.sin(phase) + np.sin(2 * phase) / 2))
    sounds += [0.3 * np.sin(cycles * (80 + rate * moment)) for rate in (20, 100, 500)]
    return [Waveform(np.asarray(sound, np.float32)) for sound in sounds]


def print_time() -> None:
    """Print how long the gate takes for four seconds."""
    waveform = speak(seconds=4.0)
    times = []
    for _ in range(50):
        start = time.perf_counter()
        find_speech(waveform)
        times.append(time.perf_counter() - start)
    print(f"{1000 * statistics.median(times):.2f} ms for 4 s")


if __name__ == "__main__":
    main()
