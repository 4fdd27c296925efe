from __future__ import annotations

import contextlib
import io
import json
from dataclasses import fields, replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from learning import make_separable

from ser_core.classify import CLIP, Outputs, standardise
from ser_core.errors import ModelUnreadable
from ser_core.evaluation.protocols import unseen_speakers
from ser_core.store import DEFAULT_FOLDER, EXAMPLES_FILE, MANIFEST_FILE
from ser_core.training import memory as memory_module
from ser_core.training.labels import Labels, label_clips
from ser_core.training.memory import STEPS, Memory, read_memory, round_scores

if TYPE_CHECKING:
    from pathlib import Path

    from ser_core.store import Model
    from ser_core.training.vectors import Vectors

RANDOM = np.random.default_rng(0)
CLIPS = make_separable(2, "a", "b").clips
HEARD = Outputs(
    *(
        RANDOM.normal(size=size).astype(np.float16).astype(np.float32)
        for size in ((16, 3, 8), (16, 2))
    ),
    np.empty((16, 0), np.float32),
)
MEMORY = Memory(
    round_scores(RANDOM.uniform(-CLIP, CLIP, (16, 3)).astype(np.float32)),
    label_clips(CLIPS),
    np.arange(16) % 5,
    HEARD,
)
DATA = MEMORY.to_bytes()


@pytest.mark.parametrize("heard", [HEARD, None], ids=["with an encoder", "without"])
def test_a_memory_comes_back_from_its_bytes_as_it_was(heard: Outputs | None) -> None:
    saved = replace(MEMORY, heard=heard)
    loaded = Memory.from_bytes(saved.to_bytes())
    assert np.array_equal(loaded.scores, saved.scores)
    assert loaded.scores.dtype == np.float32
    assert loaded.scores.flags.c_contiguous
    assert np.array_equal(loaded.folds, saved.folds)
    for field in fields(Labels):
        before, after = (getattr(each.labels, field.name) for each in (saved, loaded))
        assert np.array_equal(before, after)
        assert type(before) is type(after)
    if heard is None:
        assert loaded.heard is None
        return
    assert loaded.heard is not None
    for one, other in zip(loaded.heard, heard, strict=True):
        assert np.array_equal(one, other)
        assert one.dtype == np.float32


def test_scores_are_rounded_to_steps() -> None:
    scores = np.linspace(-CLIP, CLIP, 101, dtype=np.float32)
    rounded = round_scores(scores)
    assert np.abs(rounded - scores).max() <= 0.5 / STEPS + 1e-6
    assert set((rounded * STEPS).tolist()) == set(
        range(round(-CLIP * STEPS), round(CLIP * STEPS) + 1)
    )
    assert np.array_equal(round_scores(rounded), rounded)


def test_a_classifiers_memory_is_of_the_clips_that_it_learnt_from(
    origin_bundle: Path, origin: Model, origin_vectors: Vectors
) -> None:
    found = read_memory(str(origin_bundle))
    judge = origin.classifier
    scores = standardise(origin_vectors.values[0], judge.mean, judge.deviation)
    assert np.array_equal(found.scores, round_scores(scores))
    assert found.labels.names == judge.corpora
    for number, fold in enumerate(unseen_speakers(origin_vectors.clips)):
        assert np.array_equal(np.flatnonzero(found.folds == number), fold.test)
    assert found.heard is None


def test_what_encoders_said_is_remembered(hearing_origin_bundle: Path) -> None:
    found = read_memory(hearing_origin_bundle)
    assert found.heard is not None
    assert (found.heard.views.shape, found.heard.genders.shape) == ((80, 3, 8), (80, 2))


def test_the_default_memory_is_the_one_that_ships(
    origin_bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (DEFAULT_FOLDER / EXAMPLES_FILE).is_file()
    monkeypatch.setattr(memory_module, "DEFAULT_FOLDER", origin_bundle)
    assert len(read_memory("default").scores) == 80


def test_a_bundle_without_a_memory_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelUnreadable, match=r"it holds no examples\.npz"):
        read_memory(tmp_path)


@pytest.mark.parametrize("files", [{}, {EXAMPLES_FILE: "0" * 64}], ids=["unnamed", "another"])
def test_a_memory_that_was_not_saved_with_its_bundle_is_told(
    tmp_path: Path, files: dict[str, str]
) -> None:
    (tmp_path / EXAMPLES_FILE).write_bytes(DATA)
    (tmp_path / MANIFEST_FILE).write_text(json.dumps({"files": files}))
    with pytest.raises(ModelUnreadable, match=r"examples\.npz is not the file that was saved"):
        read_memory(tmp_path)


@given(st.binary(max_size=100))
def test_random_bytes_are_no_memory(data: bytes) -> None:
    with pytest.raises(ModelUnreadable):
        Memory.from_bytes(data)


@given(st.integers(0, len(DATA) - 1))
def test_a_truncated_memory_is_refused(n_bytes: int) -> None:
    with pytest.raises(ModelUnreadable):
        Memory.from_bytes(DATA[:n_bytes])


@given(st.lists(st.tuples(st.integers(0, len(DATA) - 1), st.integers(0, 255)), max_size=8))
def test_a_damaged_memory_is_refused_or_whole(changes: list[tuple[int, int]]) -> None:
    data = bytearray(DATA)
    for place, byte in changes:
        data[place] = byte
    with contextlib.suppress(ModelUnreadable):
        assert np.array_equal(Memory.from_bytes(bytes(data)).scores, MEMORY.scores)


@pytest.mark.parametrize("scores", [np.ones(3), np.array([print], object)], ids=["few", "code"])
def test_foreign_arrays_are_no_memory(scores: np.ndarray) -> None:
    file = io.BytesIO()
    np.savez(file, scores=scores)
    with pytest.raises(ModelUnreadable):
        Memory.from_bytes(file.getvalue())
