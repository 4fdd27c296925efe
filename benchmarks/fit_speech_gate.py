"""Fit the speech gate's network and write ``ser_core/speech/gate.npz``; needs torch.

::

    python benchmarks/fit_speech_gate.py --corpora ../shared/corpora [--epochs 10] [--seed 0]

Speech: a sample of all corpora but EMOVO, as it is, disturbed twice, and whispered; synthesised
voices. The rest: ESC-10's first five classes, noises and places, as they are and disturbed; sounds
of formulas; held vowels. ``gate_clips.py`` says which recordings are left out.
"""

from __future__ import annotations

import argparse
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from gate_clips import (
    ESC_10,
    FITTED_SHARE,
    NOISE,
    PLACES,
    SPEECH,
    cut,
    find_speech_clips,
    is_esc_fitted,
    is_place_fitted,
    load,
)
from gate_instruments import happens
from gate_network import Example, export, place_threshold, train
from gate_sounds import FITTED, bring_to_peak, hold_vowel
from gate_whisper import whisper

from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.speech.frames import hear_frames
from ser_core.speech.gate import describe_frames
from ser_core.synthesis import speak
from ser_core.training import augment
from ser_core.waveform import SAMPLING_RATE, Waveform

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Random = np.random.Generator
    Sound = tuple[str, Waveform]  # what kind of sound it is

OUT = Path(__file__).parents[1] / "ser_core" / "speech" / "gate.npz"
MAX_SECONDS = 6.0
N_SOUNDS = 7000
N_VOWELS = 15
"""Held, of each corpus."""


def main() -> None:
    """Gather examples, train, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--clips", type=int, default=500, help="at most so many of each corpus")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    random = np.random.default_rng(arguments.seed)
    noises = load_noises(arguments.corpora)
    speech = gather_speech(arguments.corpora, arguments.clips, noises, random)
    rest = chain(
        gather_recorded(noises, random),
        gather_synthesised(noises["esc-10"], random),
        gather_vowels(arguments.corpora, random),
    )
    examples = [
        *(Example(kind, describe(sound), is_speech=True) for kind, sound in speech),
        *(Example(kind, describe(sound), is_speech=False) for kind, sound in rest),
    ]
    torch.manual_seed(arguments.seed)
    network = train(examples, arguments.epochs, random)
    place_threshold(network, examples)
    np.savez_compressed(OUT, **export(network))
    print(f"{OUT}: {OUT.stat().st_size / 1024:.0f} kB")


def load_noises(corpora: Path) -> dict[str, list[Waveform]]:
    """Give pieces of sound without speech that may be fitted on, by kind."""
    scenes = []
    for path in sorted(corpora.glob(NOISE)):
        scene = load(path)
        scenes += cut(scene.between(0, FITTED_SHARE * scene.seconds), 5.0)
    return {
        "esc-10": [load(path) for path in sorted(corpora.glob(ESC_10)) if is_esc_fitted(path)],
        "scenes": scenes,
        "places": [load(path) for path in sorted(corpora.glob(PLACES)) if is_place_fitted(path)],
    }


def gather_speech(
    corpora: Path, n_clips: int, noises: dict[str, list[Waveform]], random: Random
) -> Iterator[Sound]:
    """Give each clip of speech clean, disturbed, shortened and, if it may be, whispered."""
    all_noises = [noise for kind in noises.values() for noise in kind]
    for name, corpus in SPEECH.items():
        for path in find_speech_clips(corpora, corpus, n_clips, held_out=False):
            clip = load(path)
            longer = clip if name == "fsdd" else surround(clip, random)
            yield name, clip
            yield name, disturb(longer, all_noises, random)
            word = pick_word(clip, random)
            yield name, disturb(word, all_noises, random)
            if corpus.is_whispered:
                yield f"{name}, whispered", whisper(random, clip)
    for emotion in EMOTIONS:
        for gender in GENDERS:
            for seed in range(100, 106):
                voice = speak(emotion, gender, seconds=random.uniform(0.8, 4), seed=seed)
                yield "synthesised voices", voice


def gather_recorded(noises: dict[str, list[Waveform]], random: Random) -> Iterator[Sound]:
    """Give recorded sound as it is, and pieces of disturbed copies."""
    for kind, n_copies in (("esc-10", 5), ("scenes", 3), ("places", 1)):
        for noise in noises[kind]:
            yield kind, noise
            for _ in range(n_copies):
                copy = disturb(change_pitch(noise, random), [], random)
                piece = cut(copy, random.uniform(0.4, copy.seconds))[0]
                yield kind, piece


def gather_synthesised(noises: Sequence[Waveform], random: Random) -> Iterator[Sound]:
    """Give sounds of formulas, every third of them disturbed."""
    for number in range(N_SOUNDS):
        draw = FITTED[number % len(FITTED)]
        sound = bring_to_peak(draw(random, round(SAMPLING_RATE * random.uniform(0.4, 5))))
        if number % 3 == 0:
            sound = disturb(sound, noises, random)
        yield draw.__name__, sound


def gather_vowels(corpora: Path, random: Random) -> Iterator[Sound]:
    """Give voices that stand still."""
    for corpus in SPEECH.values():
        for path in find_speech_clips(corpora, corpus, N_VOWELS, held_out=False):
            yield "held vowels", hold_vowel(random, load(path))


def describe(waveform: Waveform) -> np.ndarray:
    """Give the network's columns of a recording, or of its beginning."""
    samples = waveform.samples[: round(MAX_SECONDS * waveform.sampling_rate)]
    return describe_frames(hear_frames(samples))


def disturb(waveform: Waveform, noises: Sequence[Waveform], random: Random) -> Waveform:
    """Give a copy as from another phone in another place."""
    steps = (
        (0.25, augment.add_room),
        (0.5, augment.change_colour),
        (0.2, augment.limit_band),
        (0.5, augment.change_gain),
        (0.3, augment.through_opus),
    )
    if noises and happens(random, 0.6):
        noise = noises[random.integers(len(noises))]
        waveform = augment.add_noise(waveform, noise, random)
    for share, step in steps:
        waveform = step(waveform, random) if happens(random, share) else waveform
    return waveform


def surround(clip: Waveform, random: Random) -> Waveform:
    """Put faint noise around a clip, as in a note that begins too early and ends too late."""
    before, after = random.choice([0.0, 0.5, 1.5], size=2)
    padded = np.pad(clip.samples, [round(SAMPLING_RATE * seconds) for seconds in (before, after)])
    noise = random.standard_normal(padded.size) * 10 ** random.uniform(-5, -3)
    return Waveform((padded + noise).clip(-1, 1).astype(np.float32))


def pick_word(clip: Waveform, random: Random) -> Waveform:
    """Keep a piece around the loudest moment: a word or a few."""
    seconds = random.uniform(0.5, 2)
    loudest = np.abs(clip.samples).argmax() / clip.sampling_rate
    start = max(loudest - seconds * random.uniform(0.3, 0.7), 0)
    return clip.between(start, min(start + seconds, clip.seconds))


def change_pitch(sound: Waveform, random: Random) -> Waveform:
    """Play faster or slower by up to two thirds of an octave."""
    size = sound.samples.size
    at = np.arange(0, size - 1, 2 ** random.uniform(-0.7, 0.7))
    return Waveform(np.interp(at, np.arange(size), sound.samples).astype(np.float32))


if __name__ == "__main__":
    main()
