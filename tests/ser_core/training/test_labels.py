from __future__ import annotations

import numpy as np
import pytest
from learning import HAPPY, SAD, make_clip

from ser_core.emotions import GENDERS
from ser_core.training.labels import label_clips

CLIPS = [make_clip("b/1", "sad", None), make_clip("a/1", "happy", "male"), make_clip("a/2", "sad")]


def test_labels_are_numbers_and_an_unknown_gender_is_minus_one() -> None:
    labels = label_clips(CLIPS)
    assert labels.emotions.tolist() == [SAD, HAPPY, SAD]
    assert labels.genders.tolist() == [-1, GENDERS.index("male"), GENDERS.index("female")]
    assert labels.speakers.tolist() == ["b/1", "a/1", "a/2"]


def test_corpora_are_numbered_in_the_order_of_their_names() -> None:
    labels = label_clips(CLIPS)
    assert labels.names == ("a", "b")
    assert labels.corpora.tolist() == [1, 0, 0]


def test_what_is_possible_is_what_a_corpus_has() -> None:
    possible = label_clips(CLIPS).possible
    assert [np.flatnonzero(row).tolist() for row in possible] == [[HAPPY, SAD], [SAD]]


def test_emotions_of_a_corpus_count_alike_and_corpora_by_the_root_of_their_size() -> None:
    clips = [
        *[make_clip("a/1", "happy")] * 6,
        *[make_clip("a/1", "sad")] * 3,
        *[make_clip("b/1", "sad")] * 4,
    ]
    weights = label_clips(clips).weights
    assert weights.dtype == np.float32
    assert weights.mean() == pytest.approx(1)
    assert weights[:6].sum() == pytest.approx(weights[6:9].sum())
    assert weights[:9].sum() / weights[9:].sum() == pytest.approx(3 / 2)


def test_the_labels_of_some_clips_keep_what_is_known_of_all() -> None:
    labels = label_clips(CLIPS)
    taken = labels.take(np.array([2, 0]))
    assert taken.emotions.tolist() == [SAD, SAD]
    assert taken.genders.tolist() == [GENDERS.index("female"), -1]
    assert taken.corpora.tolist() == [0, 1]
    assert taken.speakers.tolist() == ["a/2", "b/1"]
    assert taken.weights.tolist() == labels.weights[[2, 0]].tolist()
    assert taken.names == labels.names
    assert np.array_equal(taken.possible, labels.possible)
