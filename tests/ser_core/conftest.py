"""Small corpora of synthetic voices, and what is learnt from one of them in a moment."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
import soundfile
from learning import make_separable, write_origin
from threadpoolctl import threadpool_limits
from tiny_encoder import make_encoder_file

from ser_core.corpora import Clip
from ser_core.encoder import Encoder
from ser_core.evaluation import run
from ser_core.store import load_model
from ser_core.synthesis import speak
from ser_core.training import train
from ser_core.training.encoders import LEFT_OUT, Encoders
from ser_core.training.fit import Plan
from ser_core.training.mlp import Recipe
from ser_core.training.vectors import Extraction

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ser_core.store import Model
    from ser_core.training.vectors import Vectors

SPEAKERS = {"ada": "female", "bo": "male", "cleo": "female", "dov": "male", "eva": "female"}
EMOTIONS = ("happy", "sad", "angry")
QUICK_PLAN = partial(
    Plan, recipe=Recipe(hidden=(24,), epochs=1, least_steps=120, batch_size=16), n_networks=1
)


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> Iterator[None]:
    """Multiply small matrices in one thread, as the bot does: two would wait for each other."""
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="session")
def spoken_clips(tmp_path_factory: pytest.TempPathFactory) -> tuple[Clip, ...]:
    """Give fifteen clips of a corpus called "voices": five speakers, three emotions."""
    folder = tmp_path_factory.mktemp("voices")
    clips = []
    for seed, (speaker, gender) in enumerate(SPEAKERS.items()):
        for emotion in EMOTIONS:
            waveform = speak(emotion, gender, seconds=1.2, seed=seed)
            path = folder / f"{speaker}-{emotion}.wav"
            soundfile.write(path, waveform.samples, waveform.sampling_rate)
            clips.append(Clip(path, emotion, gender, f"voices/{speaker}", "", "voices"))
    return tuple(clips)


@pytest.fixture
def quick_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let one small network judge that learnt for a moment."""
    for module in (run, train):
        monkeypatch.setattr(module, "Plan", QUICK_PLAN)


@pytest.fixture(scope="session")
def spoken_bundle(spoken_clips: tuple[Clip, ...], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the bundle of what was learnt from the clips."""
    folder = tmp_path_factory.mktemp("bundles") / "voices"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(train, "Plan", QUICK_PLAN)
        train.train(spoken_clips, out=folder, how=Extraction("functionals"))
    return folder


@pytest.fixture(scope="session")
def spoken_model(spoken_bundle: Path) -> Model:
    """Give the model of that bundle."""
    return load_model(spoken_bundle)


@pytest.fixture(scope="session")
def encoders() -> Encoders:
    """Give encoders that nobody trained, each with a head for the corpus "voices"."""
    made = [Encoder(make_encoder_file(("voices", "others"), seed)) for seed in range(9)]
    return Encoders(made[0], tuple(made[1:6]), dict(zip(LEFT_OUT, made[6:], strict=True)))


@pytest.fixture(scope="session")
def hearing_model(
    spoken_clips: tuple[Clip, ...], encoders: Encoders, tmp_path_factory: pytest.TempPathFactory
) -> Model:
    """Give a model of the same clips that has an encoder."""
    folder = tmp_path_factory.mktemp("bundles") / "hearing"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(train, "Plan", QUICK_PLAN)
        train.train(spoken_clips, out=folder, how=Extraction("functionals"), encoders=encoders)
    return load_model(folder)


@pytest.fixture(scope="session")
def origin_vectors() -> Vectors:
    """Give what two corpora of ten speakers each are made of."""
    return make_separable(10, "a", "b")


@pytest.fixture(scope="session")
def origin_bundle(origin_vectors: Vectors, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a bundle that can be trained further, of a classifier of two columns."""
    folder = tmp_path_factory.mktemp("bundles") / "origin"
    write_origin(folder, origin_vectors)
    return folder


@pytest.fixture(scope="session")
def origin(origin_bundle: Path) -> Model:
    """Give the model of that bundle."""
    return load_model(origin_bundle)


@pytest.fixture(scope="session")
def hearing_origin_bundle(
    origin_vectors: Vectors, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Give such a bundle with an encoder that nobody trained."""
    made = [Encoder(make_encoder_file(("a", "b"), seed)) for seed in range(6)]
    folder = tmp_path_factory.mktemp("bundles") / "hearing-origin"
    write_origin(folder, origin_vectors, Encoders(made[0], tuple(made[1:]), {}))
    return folder
