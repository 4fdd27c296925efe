from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from learning import make_impression, make_lesson

from ser_core.classify import (
    CLIP,
    Calibration,
    Classifier,
    Layout,
    Outputs,
    run_networks,
    softmax,
    standardise,
)
from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.leaning import lean_emotions, lean_genders
from ser_core.speaker import Baseline, Speaker
from ser_core.store import load_model, save_model

if TYPE_CHECKING:
    from pathlib import Path

    from ser_core.classify import Network

N_COLUMNS = 3
N_EMOTIONS = len(EMOTIONS)
LAYOUT = Layout(2)
HAPPY, SAD, CALM = (EMOTIONS.index(emotion) for emotion in ("happy", "sad", "calm"))
VECTORS = np.random.default_rng(0).normal(5, 2, (20, N_COLUMNS)).astype(np.float32)
NEVER, ALWAYS = (-1e9, 1.0), (1e9, 1.0)
USUAL_VIEWS = np.random.default_rng(7).normal(size=(3, N_EMOTIONS))
FEW = np.arange(N_EMOTIONS) < np.array([[5], [4]])


def make_network(seed: int, n_inputs: int = N_COLUMNS) -> Network:
    """Give a network with one hidden layer that nobody fitted, as precise as bundles are."""
    random = np.random.default_rng(seed)
    return tuple(
        (
            random.normal(size=size).astype(np.float16).astype(np.float32),
            random.normal(size=size[1]).astype(np.float16).astype(np.float32),
        )
        for size in ((n_inputs, 4), (4, LAYOUT.n_outputs))
    )


def make_calibration(**changes: object) -> Calibration:
    """Give a calibration of two corpora that changes nothing."""
    plain = Calibration(np.ones((2, N_EMOTIONS), bool), np.ones(4), np.zeros(4), NEVER)
    return replace(plain, **changes)


def make_classifier(*seeds: int, **changes: object) -> Classifier:
    """Give a classifier of a network for each seed; changes are of the calibration."""
    mean, deviation = np.full(N_COLUMNS, 5, np.float32), np.full(N_COLUMNS, 2, np.float32)
    networks = tuple(make_network(seed) for seed in seeds)
    calibration = make_calibration(**changes)
    acquainted = (make_network(100), make_network(101))
    sharper = replace(calibration, sharpness=2 * calibration.sharpness)
    return Classifier(
        ("a", "b"), mean, deviation, networks, calibration, acquainted, sharper, USUAL_VIEWS
    )


def acquaint(n_clips: int, mean: np.ndarray, views: np.ndarray | None = None) -> Speaker:
    """Give a speaker with a baseline."""
    return Speaker(Baseline("", n_clips, mean, USUAL_VIEWS if views is None else views))


def make_outputs(n_rows: int = 6, seed: int = 0, *, n_corpora: int = 2) -> Outputs:
    """Give what may be said of recordings; an encoder says nothing of corpora."""
    random = np.random.default_rng(seed)
    sizes = ((n_rows, 3, N_EMOTIONS), (n_rows, len(GENDERS)), (n_rows, n_corpora))
    return Outputs(*(random.normal(0, 2, size).astype(np.float32) for size in sizes))


def say(*emotions: int, corpora: tuple[float, float] = (0.0, 0.0)) -> Outputs:
    """Give outputs of one recording, each view sure of an emotion."""
    views = 50.0 * np.eye(N_EMOTIONS)[list(emotions)]
    return Outputs(views[None], np.zeros((1, 2)), np.array([corpora]))


wild = st.floats(width=32, allow_nan=False, allow_infinity=False)


@given(arrays(np.float32, (2, N_COLUMNS), elements=wild), st.sampled_from([NEVER, (0.0, 10.0)]))
def test_probabilities_are_finite_and_sum_to_1_for_any_vector(
    vectors: np.ndarray, familiarity: tuple[float, float]
) -> None:
    found = make_classifier(1, 2, familiarity=familiarity).classify(vectors)
    assert (found.emotions.shape, found.genders.shape) == ((2, N_EMOTIONS), (2, len(GENDERS)))
    for probabilities in (found.emotions, found.genders):
        assert (probabilities >= 0).all()
        np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    assert found.strangeness.shape == (2,)
    assert ((found.strangeness >= 0) & (found.strangeness <= 1)).all()


@given(
    arrays(np.float32, (1, LAYOUT.n_outputs), elements=wild),
    st.floats(-1e9, 1e9),
    st.floats(0.1, 10),
)
def test_probabilities_sum_to_1_whatever_networks_and_encoder_say(
    row: np.ndarray, half: float, slope: float
) -> None:
    outputs = LAYOUT.part(row)
    share = np.full(4, 3.0)
    calibration = make_calibration(encoder_share=share, familiarity=(half, slope))
    found = calibration.judge(outputs, outputs._replace(corpora=np.empty((1, 0))))
    for probabilities in (found.emotions, found.genders):
        np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    assert 0 <= found.strangeness[0] <= 1


def test_a_row_holds_the_views_then_the_genders_then_the_corpora() -> None:
    assert LAYOUT.n_outputs == 3 * N_EMOTIONS + 2 + 2
    rows = np.arange(2 * LAYOUT.n_outputs).reshape(2, -1)
    views, genders, corpora = LAYOUT.part(rows)
    assert views.shape == (2, 3, N_EMOTIONS)
    assert np.array_equal(views[1], rows[1, :24].reshape(3, N_EMOTIONS))
    assert np.array_equal(genders, rows[:, 24:26])
    assert np.array_equal(corpora, rows[:, 26:])


def test_an_emotion_that_a_corpus_lacks_is_impossible_in_its_view_alone() -> None:
    possible = np.ones((2, N_EMOTIONS), bool)
    possible[0, CALM] = False
    as_the_first = say(CALM, CALM, CALM, corpora=(60.0, 0.0))
    for familiarity, expected in ((NEVER, 0), (ALWAYS, 1)):
        calibration = make_calibration(possible=possible, familiarity=familiarity)
        assert calibration.judge(as_the_first).emotions[0, CALM] == pytest.approx(expected)
    as_the_second = say(CALM, CALM, CALM, corpora=(0.0, 60.0))
    calibration = make_calibration(possible=possible)
    assert calibration.judge(as_the_second).emotions[0, CALM] == pytest.approx(1)


def test_each_view_counts_by_how_much_a_recording_sounds_like_its_corpus() -> None:
    outputs = say(HAPPY, SAD, CALM, corpora=(np.log(3.0), 0.0))
    found = make_calibration().judge(outputs)
    assert found.emotions[0, [HAPPY, SAD, CALM]] == pytest.approx([0.75, 0.25, 0])


def test_the_general_view_takes_over_what_is_strange() -> None:
    outputs = say(HAPPY, HAPPY, CALM)
    found = make_calibration(familiarity=(np.log(2.0), 1.0), possible=FEW).judge(outputs)
    assert found.strangeness == pytest.approx([0.5])  # the evidence is log(e^0 + e^0)
    assert found.emotions[0, [HAPPY, CALM]] == pytest.approx([0.5, 0.5])


def test_views_that_know_many_emotions_speak_together_and_the_general_one_fills_gaps() -> None:
    possible = np.array([np.arange(8) < 6, np.arange(8) < 8])
    outputs, heard = make_outputs(), make_outputs(seed=1, n_corpora=0)
    share = np.array([0.5, 1.5, 2.0, 0.0])
    first, second, general = np.moveaxis(outputs.views + share[:3, None] * heard.views, 1, 0)
    level = (general - first)[:, :6].mean(axis=1, keepdims=True)
    first = np.concatenate([(first + level)[:, :6], general[:, 6:]], axis=1)
    second = second + (general - second).mean(axis=1, keepdims=True)
    calibration = make_calibration(possible=possible, encoder_share=share)
    pooled = calibration.pool_views(calibration.join_views(outputs, heard))
    np.testing.assert_allclose(pooled, (first + second) / 2, rtol=1e-5, atol=1e-6)


def test_a_view_that_knows_few_emotions_does_not_speak_for_strangers() -> None:
    outputs = make_outputs()
    possible = np.array([np.arange(8) < 8, np.arange(8) < 5])
    calibration = make_calibration(possible=possible)
    pooled = calibration.pool_views(calibration.join_views(outputs, None))
    others = outputs._replace(views=outputs.views * np.array([1.0, 7.0, 1.0])[:, None])
    again = calibration.pool_views(calibration.join_views(others, None))
    assert np.array_equal(again, pooled)


def test_a_view_that_is_always_louder_does_not_deny_what_it_lacks() -> None:
    views = np.zeros((1, 3, 8))
    views[0, 0, :6] = 100.0
    outputs = Outputs(views, np.zeros((1, 2)), np.zeros((1, 2)))
    calibration = make_calibration(possible=np.array([np.arange(8) < 6, np.arange(8) < 5]))
    pooled = calibration.pool_views(calibration.join_views(outputs, None))
    np.testing.assert_allclose(pooled, np.zeros((1, 8)))


def test_strangeness_rises_when_the_evidence_of_all_corpora_falls() -> None:
    evidence = np.linspace(12, -12, 9)
    corpora = np.stack((evidence, evidence - 1), axis=1)
    strangeness = make_calibration(familiarity=(2.0, 0.7)).measure_strangeness(corpora)
    assert (np.diff(strangeness) > 0).all()
    assert strangeness[0] < 0.01
    assert strangeness[-1] > 0.99
    steep = make_calibration(familiarity=(2.0, 5.0)).measure_strangeness(corpora)
    assert np.ptp(steep[3:6]) > np.ptp(strangeness[3:6])


def test_nothing_is_strange_to_who_knows_nothing_strange() -> None:
    corpora = np.array([[0.0, 0.0], [-1e6, -1e6], [1e6, -1e6]])
    assert not make_calibration().measure_strangeness(corpora).any()


@pytest.mark.parametrize("sharpness", [0.3, 2.5])
def test_sharpness_changes_the_confidence_and_never_the_answer(sharpness: float) -> None:
    corpora = np.tile([60.0, 0.0], (20, 1))  # or else the views together might change it
    outputs = make_outputs(20)._replace(corpora=corpora)
    plain = make_calibration().judge(outputs)
    sharp = make_calibration(sharpness=np.full(4, sharpness)).judge(outputs)
    for before, after in ((plain.emotions, sharp.emotions), (plain.genders, sharp.genders)):
        assert np.array_equal(before.argmax(axis=1), after.argmax(axis=1))
        surer = after.max(axis=1) > before.max(axis=1)
        assert surer.all() if sharpness > 1 else not surer.any()


def each_part(calibration: Calibration, heard: Outputs | None = None) -> list[np.ndarray]:
    """Give the probabilities of each view by itself, and those of gender."""
    outputs = make_outputs()
    found = []
    for corpora, familiarity in (((99, 0), NEVER), ((0, 99), NEVER), ((0, 0), ALWAYS)):
        sure = outputs._replace(corpora=np.tile(np.array(corpora, float), (6, 1)))
        judged = replace(calibration, familiarity=familiarity, possible=FEW).judge(sure, heard)
        found.append(judged.emotions)
    return [*found, judged.genders]


@pytest.mark.parametrize("part", range(4))
def test_each_view_and_gender_have_a_sharpness_of_their_own(part: int) -> None:
    sharpness = np.ones(4)
    sharpness[part] = 3.0
    plain, sharp = (each_part(make_calibration(sharpness=each)) for each in (np.ones(4), sharpness))
    changed = [not np.allclose(*each) for each in zip(plain, sharp, strict=True)]
    assert changed == [number == part for number in range(4)]


@pytest.mark.parametrize("part", range(4))
def test_each_view_and_gender_have_a_share_of_the_encoder_of_their_own(part: int) -> None:
    share = np.zeros(4)
    share[part] = 0.5
    heard = make_outputs(seed=1, n_corpora=0)
    alone = each_part(make_calibration())
    for calibration, expected in ((make_calibration(encoder_share=share), part), (None, -1)):
        found = each_part(calibration or make_calibration(), heard)
        changed = [not np.allclose(*each) for each in zip(alone, found, strict=True)]
        assert changed == [number == expected for number in range(4)]


def test_the_encoders_logits_are_added_by_their_share_before_the_sharpness() -> None:
    outputs, heard = make_outputs(), make_outputs(seed=1, n_corpora=0)
    calibration = make_calibration(
        sharpness=np.full(4, 2.0),
        encoder_share=np.full(4, 0.5),
        familiarity=ALWAYS,
        possible=FEW,
    )
    found = calibration.judge(outputs, heard)
    expected = softmax(2 * (outputs.views[:, -1] + 0.5 * heard.views[:, -1]))
    np.testing.assert_allclose(found.emotions, expected, rtol=1e-5)
    expected = softmax(2 * (outputs.genders + 0.5 * heard.genders))
    np.testing.assert_allclose(found.genders, expected, rtol=1e-5)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_what_was_said_is_left_as_it_was(dtype: type[np.floating]) -> None:
    outputs = Outputs(*(part.astype(dtype) for part in make_outputs()))
    before = [part.copy() for part in outputs]
    possible = np.zeros((2, N_EMOTIONS), bool)
    make_calibration(encoder_share=np.ones(4), possible=possible).judge(outputs, make_outputs())
    assert all(np.array_equal(*each) for each in zip(before, outputs, strict=True))


def test_columns_are_seen_from_their_mean_in_deviations() -> None:
    scores = standardise(np.array([[1.0, 20.0]]), np.array([3.0, 10.0]), np.array([2.0, 5.0]))
    assert scores.dtype == np.float32
    assert scores.tolist() == [[-1.0, 2.0]]


def test_a_wild_value_is_cut() -> None:
    values = np.array([[1e9, -1e9, np.finfo(np.float32).max]], np.float32)
    scores = standardise(values, np.zeros(3, np.float32), np.full(3, 1e-6, np.float32))
    assert scores.tolist() == [[CLIP, -CLIP, CLIP]]


def test_a_value_beyond_the_cut_changes_nothing() -> None:
    classifier = make_classifier(1)
    far, farther = (np.full((1, N_COLUMNS), value) for value in (5 + 2 * CLIP, 1000.0))
    assert np.array_equal(classifier.classify(far).emotions, classifier.classify(farther).emotions)


def test_a_network_has_rectifiers_between_its_layers_and_none_behind_the_last() -> None:
    last = np.zeros((2, LAYOUT.n_outputs))
    last[:, 0] = (2.0, 3.0)
    network = (
        (np.array([[1.0, -1.0]]), np.array([0.0, 0.5])),
        (last, np.full(LAYOUT.n_outputs, -10.0)),
    )
    outputs = run_networks((network,), np.array([[4.0], [-4.0]]), 2)
    assert outputs.views[:, 0, 0].tolist() == [-2.0, 3.5]


def test_networks_are_averaged_before_the_softmax() -> None:
    networks = (make_network(1), make_network(2))
    apart = [run_networks((network,), VECTORS, 2) for network in networks]
    for part, one, other in zip(run_networks(networks, VECTORS, 2), *apart, strict=True):
        np.testing.assert_allclose(part, (one + other) / 2, rtol=1e-5)


def test_a_network_of_fewer_inputs_takes_the_first_columns() -> None:
    network = make_network(1, n_inputs=2)
    narrow = run_networks((network,), VECTORS[:, :2], 2)
    for one, other in zip(run_networks((network,), VECTORS, 2), narrow, strict=True):
        assert np.array_equal(one, other)
    mixed = replace(make_classifier(1), networks=(network, make_network(2)))
    moved = VECTORS + np.array([0, 0, 1], np.float32)
    assert not np.array_equal(mixed.classify(moved).emotions, mixed.classify(VECTORS).emotions)


def test_a_speaker_of_whom_nothing_is_known_is_a_stranger() -> None:
    classifier = make_classifier(1)
    heard = make_outputs(20, seed=1, n_corpora=0)
    found = classifier.classify(VECTORS, heard, Speaker())
    for one, other in zip(found, classifier.classify(VECTORS, heard), strict=True):
        assert np.array_equal(one, other)


def test_a_vector_is_seen_from_its_speakers_baseline_as_far_as_that_counts() -> None:
    classifier = make_classifier(1)
    usual = np.array([5.0, 7.0, 4.0])
    speaker = acquaint(12, usual)
    shifted = VECTORS - 0.75 * (usual - classifier.mean)
    found, plain = classifier.classify(VECTORS, None, speaker), classifier.classify(VECTORS)
    scores = [
        standardise(each, classifier.mean, classifier.deviation) for each in (VECTORS, shifted)
    ]
    raw = run_networks(classifier.networks, scores[0], 2)
    seen = run_networks(classifier.acquainted, scores[1], 2)
    expected = classifier.acquainted_calibration.judge(raw._replace(views=seen.views))
    assert not np.allclose(found.emotions, plain.emotions)
    np.testing.assert_allclose(found.emotions, expected.emotions, rtol=1e-4)


def test_a_baseline_hides_neither_whose_voice_it_is_nor_where_it_comes_from() -> None:
    classifier = make_classifier(1)
    found = classifier.classify(VECTORS, None, acquaint(12, np.array([5.0, 7.0, 4.0])))
    plain = classifier.classify(VECTORS)
    assert np.array_equal(found.genders.argmax(axis=1), plain.genders.argmax(axis=1))
    assert np.array_equal(found.strangeness, plain.strangeness)


def test_a_wild_baseline_is_cut_like_a_wild_vector() -> None:
    found = make_classifier(1).classify(VECTORS, None, acquaint(1000, np.full(3, 1e300)))
    np.testing.assert_allclose(found.emotions.sum(axis=1), 1)


def test_the_encoder_is_heard_less_what_it_says_more_often_of_a_speaker_than_of_all() -> None:
    classifier = make_classifier(1, encoder_share=np.ones(4))
    heard = make_outputs(20, seed=1, n_corpora=0)
    often = USUAL_VIEWS + 2 * np.eye(N_EMOTIONS)[HAPPY]
    usual, happier = (
        classifier.classify(VECTORS, heard, acquaint(12, classifier.mean, views))
        for views in (USUAL_VIEWS, often)
    )
    as_if = heard._replace(views=heard.views - 0.75 * 2 * np.eye(N_EMOTIONS)[HAPPY])
    expected = classifier.classify(VECTORS, as_if, acquaint(12, classifier.mean))
    np.testing.assert_allclose(happier.emotions, expected.emotions, rtol=1e-5)
    assert (happier.emotions[:, HAPPY] < usual.emotions[:, HAPPY]).all()
    assert np.array_equal(happier.genders, usual.genders)


def test_a_strangers_answer_leans_to_their_lessons() -> None:
    classifier = make_classifier(1)
    lessons = tuple(
        make_lesson(make_impression(VECTORS[number]), "calm", "male") for number in (0, 3)
    )
    plain, found = (
        classifier.classify(VECTORS, None, each) for each in (None, Speaker(None, lessons))
    )
    scores = standardise(VECTORS, classifier.mean, classifier.deviation)
    expected = lean_emotions(plain.emotions, scores, scores[[0, 3]], lessons)
    np.testing.assert_allclose(found.emotions, expected)
    np.testing.assert_allclose(found.genders, lean_genders(plain.genders, lessons))
    assert found.emotions[0, CALM] > plain.emotions[0, CALM]
    assert np.array_equal(found.strangeness, plain.strangeness)


def test_lessons_are_compared_as_a_baseline_sees_them() -> None:
    classifier = make_classifier(1)
    lesson = make_lesson(make_impression(VECTORS[0]), "calm")
    known = acquaint(12, np.array([5.0, 7.0, 4.0]))
    plain, found = (
        classifier.classify(VECTORS, None, each)
        for each in (known, replace(known, lessons=(lesson,)))
    )
    shift = 0.75 * standardise(np.array([5.0, 7.0, 4.0]), classifier.mean, classifier.deviation)
    scores = standardise(VECTORS, classifier.mean, classifier.deviation) - shift
    expected = lean_emotions(plain.emotions, scores, scores[[0]], [lesson])
    np.testing.assert_allclose(found.emotions, expected, rtol=1e-5)


def test_softmax_gives_the_ratio_of_exponentials() -> None:
    np.testing.assert_allclose(softmax(np.log([[1.0, 2.0, 5.0]])), [[1 / 8, 2 / 8, 5 / 8]])


def test_softmax_is_stable_for_huge_and_for_impossible_logits() -> None:
    found = softmax(np.array([[1e30, 0.0], [1000.0, 1000.0], [-1e9, 3.0]], np.float32))
    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, [[1, 0], [0.5, 0.5], [0, 1]])


def test_a_classifier_comes_back_from_a_bundle_as_it_was(tmp_path: Path) -> None:
    possible = np.random.default_rng(0).random((2, N_EMOTIONS)) > 0.3
    saved = make_classifier(1, 2, possible=possible, familiarity=(3.0, 0.5))
    fields = {
        "id": "x",
        "feature_set": "classic180",
        "trained_on": [],
        "licence": "",
        "figures": {},
    }
    save_model(tmp_path / "bundle", saved, fields, "# A card")
    loaded = load_model(tmp_path / "bundle").classifier
    assert (loaded.corpora, loaded.calibration.familiarity) == (("a", "b"), (3.0, 0.5))
    assert loaded.mean.dtype == np.float32
    heard = make_outputs(20, seed=1, n_corpora=0)
    for speaker in (None, acquaint(3, np.ones(3), np.ones((3, N_EMOTIONS)))):
        before, after = (each.classify(VECTORS, heard, speaker) for each in (saved, loaded))
        assert all(np.array_equal(*pair) for pair in zip(before, after, strict=True))
