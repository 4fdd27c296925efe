from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ser_core.classify import Classifier
from ser_core.corpora import Clip
from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.errors import TooFewSpeakers
from ser_core.training import fit
from ser_core.training.fit import N_PARTS, N_ROUNDS, fit_classifier, label_clips
from ser_core.training.mlp import Recipe
from ser_core.training.vectors import Vectors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ser_core.classify import Network
    from ser_core.training.mlp import Examples

RECIPE = Recipe(hidden=(16,), epochs=1, least_steps=120)
HAPPY, SAD = EMOTIONS.index("happy"), EMOTIONS.index("sad")


def make_clip(speaker: str, emotion: str, gender: str | None = "female") -> Clip:
    """Give a clip of a speaker named ``corpus/name``; nobody listens to it."""
    return Clip(Path("x.wav"), emotion, gender, speaker, "", speaker.partition("/")[0])


def make_vectors(clips: Sequence[Clip], columns: np.ndarray) -> Vectors:
    return Vectors(columns[None].astype(np.float32), tuple(clips), ())


def make_separable(n_speakers: int = 10) -> Vectors:
    """Give speakers who all show in one column whether they are happy, in another who is male."""
    clips = [
        make_clip(f"a/{speaker}", emotion, GENDERS[speaker % 2])
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
    who = np.repeat(np.arange(n_speakers), 6)
    return make_vectors(clips, np.eye(n_speakers)[who])


def test_a_clip_is_never_judged_by_a_network_that_heard_its_speaker() -> None:
    vectors = make_giveaway(n_speakers=20)
    truths = np.array([EMOTIONS.index(str(clip.emotion)) for clip in vectors.clips])
    found = fit_classifier(vectors, recipe=RECIPE)
    heard = found.classifier.classify(vectors.values[0]).emotions.argmax(axis=1)
    held_out = found.held_out.emotions.argmax(axis=1)
    assert np.mean(heard == truths) > 0.9, "who knows the speakers knows the answer"
    assert np.mean(held_out == truths) < 0.7, "who does not can but guess"


def test_each_speaker_is_left_out_once_in_each_round(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = make_giveaway()
    learnt: list[set[int]] = []
    seeds: list[int] = []

    def listen(examples: Examples, _: Recipe, seed: int) -> Network:
        seeds.append(seed)
        learnt.append(set(examples.scores[0].argmax(axis=1).tolist()))
        return ((np.zeros((12, 10), np.float32), np.zeros(10, np.float32)),)

    monkeypatch.setattr(fit, "fit_network", listen)
    fit_classifier(vectors, recipe=RECIPE)
    assert len(learnt) == len(set(seeds)) == N_PARTS * N_ROUNDS
    for first in range(0, len(learnt), N_PARTS):
        left_out = [set(range(12)) - speakers for speakers in learnt[first : first + N_PARTS]]
        assert sorted(speaker for part in left_out for speaker in part) == list(range(12))
    assert learnt[:N_PARTS] != learnt[N_PARTS:], "the rounds part the speakers differently"


def test_parts_have_a_like_share_of_the_speakers_of_each_corpus() -> None:
    speakers = np.array([f"{corpus}/{name}" for corpus in ("a", "b") for name in range(10)] * 3)
    parts = fit._part_speakers(speakers, seed=0)
    for corpus in ("a", "b"):
        own = np.char.startswith(speakers, f"{corpus}/")
        shares = [np.unique(speakers[own & (parts == part)]).size for part in range(N_PARTS)]
        assert shares == [2] * N_PARTS
    assert all(np.unique(parts[speakers == speaker]).size == 1 for speaker in speakers)


def test_what_all_speakers_share_is_learnt_and_held_out_judgements_show_it() -> None:
    vectors = make_separable()
    found = fit_classifier(vectors, recipe=RECIPE)
    labels = label_clips(vectors.clips)
    assert np.mean(found.held_out.emotions.argmax(axis=1) == labels.emotions) > 0.9
    assert np.mean(found.held_out.genders.argmax(axis=1) == labels.genders) > 0.9
    for probabilities in found.held_out:
        np.testing.assert_allclose(probabilities.sum(axis=1), 1)


def test_the_classifier_is_of_all_networks_and_knows_the_scale_of_the_columns() -> None:
    vectors = make_separable()
    scaled = replace(vectors, values=vectors.values * 100 + 7)
    classifier = fit_classifier(scaled, recipe=RECIPE).classifier
    assert isinstance(classifier, Classifier)
    assert len(classifier.networks) == N_PARTS * N_ROUNDS
    np.testing.assert_allclose(classifier.mean, scaled.values[0].mean(axis=0), rtol=1e-5)
    np.testing.assert_allclose(classifier.deviation, scaled.values[0].std(axis=0), rtol=1e-5)
    truths = label_clips(vectors.clips).emotions
    assert np.mean(classifier.classify(scaled.values[0]).emotions.argmax(axis=1) == truths) > 0.9


def test_a_column_that_never_changes_does_no_harm() -> None:
    vectors = make_separable()
    constant = np.full_like(vectors.values[..., :1], 3.0)
    values = np.concatenate([vectors.values, constant], axis=2)
    found = fit_classifier(replace(vectors, values=values), recipe=RECIPE)
    assert np.isfinite(found.held_out.emotions).all()


def test_copies_are_learnt_from_and_clips_are_judged_as_they_are() -> None:
    vectors = make_separable()
    labels = label_clips(vectors.clips)
    garbled = -vectors.values  # a copy that says the contrary
    both = replace(vectors, values=np.concatenate([vectors.values, garbled]))
    confused = fit_classifier(both, recipe=RECIPE).held_out.emotions.max(axis=1).mean()
    clear = fit_classifier(vectors, recipe=RECIPE).held_out.emotions.max(axis=1).mean()
    assert confused < clear - 0.2
    helpful = replace(vectors, values=np.concatenate([garbled * 0, vectors.values]))
    judged_as_zero = fit_classifier(helpful, recipe=RECIPE).held_out.emotions
    assert np.mean(judged_as_zero.argmax(axis=1) == labels.emotions) < 0.6


def test_held_out_probabilities_are_among_the_emotions_of_the_corpus() -> None:
    clips = [
        make_clip(f"{corpus}/{speaker}", emotion)
        for corpus, emotions in (("a", ("happy", "sad")), ("b", ("happy", "calm", "angry")))
        for speaker in range(4)
        for emotion in emotions
    ]
    columns = np.random.default_rng(0).normal(size=(len(clips), 3))
    held_out = fit_classifier(make_vectors(clips, columns), recipe=RECIPE).held_out.emotions
    possible = label_clips(clips).possible
    assert not held_out[~possible].any()
    assert held_out[possible].all()


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


def test_what_is_possible_is_what_the_corpus_has() -> None:
    labels = label_clips(
        [make_clip("a/1", "happy"), make_clip("a/2", "sad"), make_clip("b/1", "sad")]
    )
    assert [np.flatnonzero(row).tolist() for row in labels.possible] == [
        [HAPPY, SAD],
        [HAPPY, SAD],
        [SAD],
    ]


def test_labels_are_numbers_and_an_unknown_gender_is_minus_one() -> None:
    labels = label_clips([make_clip("a/1", "happy", "male"), make_clip("a/2", "sad", None)])
    assert labels.emotions.tolist() == [HAPPY, SAD]
    assert labels.genders.tolist() == [GENDERS.index("male"), -1]
    assert labels.speakers.tolist() == ["a/1", "a/2"]


def test_without_any_gender_genders_are_not_calibrated() -> None:
    vectors = make_separable()
    nameless = tuple(replace(clip, gender=None) for clip in vectors.clips)
    classifier = fit_classifier(replace(vectors, clips=nameless), recipe=RECIPE).classifier
    assert classifier.gender_sharpness == 1.0
    assert classifier.emotion_sharpness != 1.0


def test_one_speaker_is_too_few() -> None:
    with pytest.raises(TooFewSpeakers) as caught:
        fit_classifier(make_separable(n_speakers=1), recipe=RECIPE)
    assert (caught.value.speakers, caught.value.needed) == (1, 2)


def test_two_speakers_are_enough() -> None:
    found = fit_classifier(make_separable(n_speakers=2), recipe=RECIPE)
    assert len(found.classifier.networks) == 2 * N_ROUNDS


def test_the_seed_decides_all() -> None:
    first, again, other = (
        fit_classifier(make_separable(4), recipe=RECIPE, seed=seed).held_out.emotions
        for seed in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_progress_is_told_network_by_network() -> None:
    told: list[tuple[str, int, int]] = []
    fit_classifier(make_separable(2), recipe=RECIPE, progress=lambda *report: told.append(report))
    assert told == [("fitting networks", done, 4) for done in (1, 2, 3, 4)]
