"""Clips that nobody recorded, with vectors and spectrograms of which it is known what they tell."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ser_core.classify import Calibration, Classifier, Outputs
from ser_core.corpora import Clip
from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.evaluation.protocols import N_FOLDS
from ser_core.features.contours import N_MELS
from ser_core.speaker import Impression, Lesson
from ser_core.store import load_model, save_model
from ser_core.training import mlp
from ser_core.training.classifier import fit_classifier
from ser_core.training.course import Course
from ser_core.training.fit import Plan
from ser_core.training.labels import Labels
from ser_core.training.memory import Memory
from ser_core.training.mlp import Examples, Recipe
from ser_core.training.vectors import Vectors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ser_core.store import Model
    from ser_core.training.descent import Batch
    from ser_core.training.encoders import Encoders

HAPPY, SAD, CALM, ANGRY = (EMOTIONS.index(name) for name in ("happy", "sad", "calm", "angry"))
RECIPE = Recipe(hidden=(16,), epochs=1, least_steps=120, batch_size=16)
PLAN = Plan(RECIPE, n_networks=1, n_acquainted=1)
PLAIN = Recipe(input_dropout=0.0, hidden_dropout=0.0, mixup=0.0)
ABSENT_EMOTIONS = [EMOTIONS.index(name) for name in ("calm", "surprised")]
N_FRAMES = 60


def make_clip(speaker: str, emotion: str, gender: str | None = "female") -> Clip:
    """Give a clip of a speaker named ``corpus/name``; nobody listens to it."""
    return Clip(Path("x.wav"), emotion, gender, speaker, "", speaker.partition("/")[0])


def make_impression(
    vector: np.ndarray, views: np.ndarray | None = None, *, source: str = "ours"
) -> Impression:
    """Give an impression of this vector; without views, what no encoder heard."""
    nothing = np.empty((0, len(EMOTIONS)), np.float32)
    if views is None:
        return Impression(source, vector.astype(np.float32), nothing, nothing[:, 0])
    return Impression(
        source, vector.astype(np.float32), views.astype(np.float32), np.zeros(2, np.float32)
    )


def make_lesson(
    impression: Impression,
    emotion: str | None = "happy",
    gender: str | None = None,
    *,
    told: str = "sad",
    sureness: float = 0.6,
) -> Lesson:
    """Give a lesson after an answer that was so sure of an emotion, and half sure of a gender."""
    others = (1 - sureness) / (len(EMOTIONS) - 1)
    emotions = tuple(sureness if name == told else others for name in EMOTIONS)
    return Lesson(impression, emotion, gender, emotions, (0.5, 0.5))


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


def make_lessons(
    origin: Model, *people: int, n_lessons: int = 4, right: bool = True
) -> list[tuple[int, Lesson]]:
    """Give what people said of recordings like those of `make_separable`, truly or not."""
    lessons = []
    for person in people:
        random = np.random.default_rng(person)
        for number in range(n_lessons):
            emotion = ("happy", "sad")[number % 2]
            sign = 1 if (emotion == "happy") == right else -1
            vector = np.array([sign, -1]) + random.normal(0, 0.3, 2)
            views = random.normal(0, 0.1, (3, len(EMOTIONS))) if origin.encoder else None
            impression = make_impression(vector, views, source=origin.source)
            lessons.append((person, make_lesson(impression, emotion, "female")))
    return lessons


def write_origin(folder: Path, vectors: Vectors, encoders: Encoders | None = None) -> Model:
    """Write the bundle of a small classifier, and what it learnt from; give its model."""
    plan = replace(PLAN, n_networks=N_FOLDS, n_acquainted=N_FOLDS)
    fit = fit_classifier(vectors, plan, encoders=encoders)
    fields = {
        "id": "origin",
        "feature_set": "classic180",
        "trained_on": list(fit.classifier.corpora),
        "licence": "none",
        "figures": {},
    }
    memory = Memory.of(vectors, fit.judgements, fit.classifier)
    encoder = encoders.all if encoders else None
    save_model(folder, fit.classifier, fields, "# A card", encoder, memory.to_bytes())
    return load_model(folder)


def take_rows(course: Course, rows: np.ndarray) -> Course:
    """Give some rows of what is learnt from."""
    names = [field.name for field in fields(Course) if field.name != "heard"]
    parts = {name: getattr(course, name)[rows] for name in names}
    heard = course.heard and Outputs(*(part[rows] for part in course.heard))
    return Course(**parts, heard=heard)


def same(first: Classifier, second: Classifier) -> bool:
    """Tell whether two classifiers are alike, bit for bit."""
    pairs = zip(_list_arrays(first), _list_arrays(second), strict=True)
    return all(np.array_equal(*pair) for pair in pairs)


def _list_arrays(value: object) -> list[np.ndarray]:
    """Give all numbers and names inside a value, in their order."""
    if isinstance(value, (Calibration, Classifier)):
        value = tuple(vars(value).values())
    if isinstance(value, tuple):
        return [array for each in value for array in _list_arrays(each)]
    return [np.asarray(value)]


def make_giveaway(n_speakers: int = 12) -> Vectors:
    """Give speakers of one emotion each, of whom the columns tell nothing but who they are."""
    moods = np.random.default_rng(0).permutation(np.arange(n_speakers) % 2)
    clips = [
        make_clip(f"a/{speaker}", ("sad", "happy")[moods[speaker]])
        for speaker in range(n_speakers)
        for _ in range(6)
    ]
    return make_vectors(clips, np.eye(n_speakers)[np.repeat(np.arange(n_speakers), 6)])


def make_labels(n_clips: int = 40, **changes: object) -> Labels:
    """Give labels of two corpora, every speaker with one clip."""
    emotions, genders, corpora = (np.arange(n_clips) // parts % 2 for parts in (1, 2, 4))
    labels = Labels(
        names=("a", "b"),
        emotions=np.where(emotions, HAPPY, SAD),
        genders=genders,
        corpora=corpora,
        speakers=np.arange(n_clips).astype(str),
        possible=np.ones((2, len(EMOTIONS)), bool),
        weights=np.ones(n_clips, np.float32),
    )
    return replace(labels, **changes)


def make_examples(n_clips: int = 40, n_versions: int = 1, **changes: Any) -> Examples:  # noqa: ANN401 - any array
    """Give clips whose columns tell, by their signs, emotion, gender and corpus."""
    scores = changes.pop("scores", None)
    labels = make_labels(n_clips, **changes)
    if scores is None:
        signs = (labels.emotions == HAPPY, labels.genders, labels.corpora)
        centres = 2.0 * (2 * np.stack(signs, axis=1) - 1)
        noise = np.random.default_rng(0).normal(0, 0.5, (n_versions, n_clips, 3))
        scores = (centres + noise).astype(np.float32)
    return Examples(scores, labels)


def make_batch(examples: Examples, recipe: Recipe = PLAIN) -> Batch:
    """Give all clips in one batch."""
    chosen = np.arange(examples.labels.emotions.size)
    return mlp._batch(examples, recipe, chosen, np.zeros_like(chosen))
