"""Measure the speech gate: how much speech it accepts, and how much of the rest it rejects.

::

    python benchmarks/speech_gate.py --corpora ../shared/corpora [--clips 300] [--fit]

Even clips serve ``--fit``, which fits the weights in ``ser_core/speech.py`` anew and prints them;
the table is made of odd clips, and of whole classes that are never fitted on (marked with *).
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from ser_core.decode import DecodeLimits, decode
from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.speech import EVIDENCE_NAMES, find_speech, measure_evidence
from ser_core.synthesis import speak
from ser_core.waveform import SAMPLING_RATE, Waveform

SPEECH = {
    "ravdess": "ravdess/*/*.ogg",
    "crema-d": "crema-d/*.ogg",
    "nemo": "nemo/*.ogg",
    "emodb": "emodb/*.ogg",
    "emovo": "emovo/*/*.ogg",
    "korean-emotiontts": "korean-emotiontts/*.ogg",
    "indian-emospeech": "indian-emospeech/speech/*.ogg",
    "everyday": "everyday/*.ogg",
    "fsdd": "fsdd/*.ogg",
}
OTHER = {
    "indian-emospeech background": "indian-emospeech/background/*.ogg",
    "noise": "noise/*.ogg",
    "esc-10 dog bark": "esc-10/001*/*.ogg",
    "esc-10 rain": "esc-10/002*/*.ogg",
    "esc-10 sea waves": "esc-10/003*/*.ogg",
    "esc-10 baby cry": "esc-10/004*/*.ogg",
    "esc-10 clock tick": "esc-10/005*/*.ogg",
    "esc-10 sneeze *": "esc-10/006*/*.ogg",
    "esc-10 helicopter *": "esc-10/007*/*.ogg",
    "esc-10 chainsaw *": "esc-10/008*/*.ogg",
    "esc-10 rooster *": "esc-10/009*/*.ogg",
    "esc-10 fire crackling *": "esc-10/010*/*.ogg",
}
ACCEPTED_WHEN_FITTED = 0.9975
SYLLABLE_FRAMES = 6  # the gate needs about as many frames above zero for a part


def main() -> None:
    """Fit if asked to, then print the table and the time."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--clips", type=int, default=300, help="at most so many of each corpus")
    parser.add_argument("--fit", action="store_true", help="fit the weights anew, print them")
    arguments = parser.parse_args()
    speech, other = (
        {name: load(arguments.corpora, glob, arguments.clips) for name, glob in globs.items()}
        for globs in (SPEECH, OTHER)
    )
    speech["synthesised voices"] = synthesise_voices()
    other["synthesised tones, noise, chords"] = synthesise_rest()
    if arguments.fit:
        print_fit(speech, other)
        return
    print_table("accepted", speech, is_speech=True)
    print_table("rejected", other, is_speech=False)
    print_time()


def load(corpora: Path, glob: str, n_clips: int) -> list[Waveform]:
    """Decode a sample of a corpus, the same every time."""
    paths = sorted(corpora.glob(glob))
    chosen = random.Random(0).sample(paths, min(n_clips, len(paths)))  # noqa: S311 - no secret
    limits = DecodeLimits(min_seconds=0.01)
    return [decode(path.read_bytes(), limits) for path in chosen]


def synthesise_voices() -> list[Waveform]:
    """Give every emotion and gender in three voices."""
    return [
        speak(emotion, gender, seconds=2.0 + seed, seed=seed)
        for emotion in EMOTIONS
        for gender in GENDERS
        for seed in range(3)
    ]


def synthesise_rest() -> list[Waveform]:
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


def print_table(verb: str, clips: dict[str, list[Waveform]], *, is_speech: bool) -> None:
    """Print how many of the clips come out right, a line a corpus, and all together."""
    right = {
        name: [
            bool(find_speech(waveform)) is is_speech
            for waveform in (waveforms if name.endswith("*") else waveforms[1::2])
        ]
        for name, waveforms in clips.items()
    }
    right["all"] = [verdict for verdicts in right.values() for verdict in verdicts]
    for name, verdicts in right.items():
        print(f"{name:34} {len(verdicts):5} clips  {statistics.mean(verdicts):7.2%} {verb}")
    print()


def print_time() -> None:
    """Print how long the gate takes for four seconds."""
    waveform = speak(seconds=4.0)
    times = []
    for _ in range(50):
        start = time.perf_counter()
        find_speech(waveform)
        times.append(time.perf_counter() - start)
    print(f"{1000 * statistics.median(times):.2f} ms for 4 s")


def print_fit(speech: dict[str, list[Waveform]], other: dict[str, list[Waveform]]) -> None:
    """Fit a logistic regression to the evidence; print weights for unscaled columns."""
    examples, truths, weights, tops = [], [], [], []
    chooser = np.random.default_rng(0)
    for is_speech, corpora in ((True, speech), (False, other)):
        for name, waveforms in corpora.items():
            fitted = [] if name.endswith("*") else waveforms[::2]
            for evidence in map(measure_evidence, fitted):
                # Pauses teach nothing: the most voiced half decides what a clip is taken for.
                most_voiced = np.argsort(evidence[:, 0])[len(evidence) // 2 :]
                rows = chooser.choice(most_voiced, size=8)
                examples.append(evidence[rows])
                truths += [is_speech] * len(rows)
                weights += [1 / len(fitted)] * len(rows)  # every corpus counts alike
                tops += [evidence] if is_speech else []
    table = np.concatenate(examples)
    mean, spread = table.mean(axis=0), table.std(axis=0)
    model = LogisticRegression(class_weight="balanced", max_iter=2000)
    model.fit((table - mean) / spread, truths, sample_weight=weights)
    coefficients = model.coef_[0] / spread
    scores = [np.sort(evidence @ coefficients)[-SYLLABLE_FRAMES:][0] for evidence in tops]
    for name, coefficient in zip(EVIDENCE_NAMES, coefficients, strict=True):
        print(f'    "{name}": {coefficient:.3f},')
    print(f"bias {-np.quantile(scores, 1 - ACCEPTED_WHEN_FITTED):.3f}")


if __name__ == "__main__":
    main()
