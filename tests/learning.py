"""Clips that nobody recorded, with vectors and spectrograms of which it is known what they tell."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ser_core.corpora import Clip
from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.features.contours import N_MELS
from ser_core.training.fit import Plan
from ser_core.training.mlp import Recipe
from ser_core.training.vectors import Vectors

if TYPE_CHECKING:
    from collections.abc import Sequence

HAPPY, SAD, CALM, ANGRY = (EMOTIONS.index(name) for name in ("happy", "sad", "calm", "angry"))
RECIPE = Recipe(hidden=(16,), epochs=1, least_steps=120, batch_size=16)
PLAN = Plan(RECIPE, n_networks=1, n_acquainted=1)
N_FRAMES = 60


def make_clip(speaker: str, emotion: str, gender: str | None = "female") -> Clip:
    """Give a clip of a speaker named ``corpus/name``; nobody listens to it."""
    return Clip(Path("x.wav"), emotion, gender, speaker, "", speaker.partition("/")[0])


def make_vectors(clips: Sequence[Clip], columns: np.ndarray) -> Vectors:
    """Give clips with these columns, and spectrograms in which each emotion has its bands."""
    random = np.random.default_rng(0)
    log_mels = []
    for clip in clips:
        log_mel = random.normal(-4, 1, (N_FRAMES, N_MELS))
        log_mel[:, 8 * EMOTIONS.index(str(clip.emotion)) :][:, :8] += 6
        log_mels.append((log_mel.astype(np.float16),))
    return Vectors(columns[None].astype(np.float32), tuple(clips), (), tuple(log_mels))


def make_separable(n_speakers: int = 10, *corpora: str) -> Vectors:
    """Give speakers who all show in one column whether they are happy, in another who is male."""
    clips = [
        make_clip(f"{corpus}/{speaker}", emotion, GENDERS[speaker % 2])
        for corpus in corpora or ("a",)
        for speaker in range(n_speakers)
        for emotion in ("happy", "sad")
        for _ in range(2)
    ]
    signs = [(clip.emotion == "happy", clip.gender == "male") for clip in clips]
    noise = np.random.default_rng(0).normal(0, 0.3, (len(clips), 2))
    return make_vectors(clips, 2.0 * np.array(signs) - 1 + noise)


def make_giveaway(n_speakers: int = 12) -> Vectors:
    """Give speakers of one emotion each, of whom the columns tell nothing but who they are."""
    moods = np.random.default_rng(0).permutation(np.arange(n_speakers) % 2)
    clips = [
        make_clip(f"a/{speaker}", ("sad", "happy")[moods[speaker]])
        for speaker in range(n_speakers)
        for _ in range(6)
    ]
    return make_vectors(clips, np.eye(n_speakers)[np.repeat(np.arange(n_speakers), 6)])
