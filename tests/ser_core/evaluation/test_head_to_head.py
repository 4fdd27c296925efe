from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from learning import HAPPY, RECIPE, SAD, make_lessons, make_separable, take_rows, write_origin
from scipy import stats

from ser_core.classify import run_networks
from ser_core.evaluation import head_to_head
from ser_core.evaluation.head_to_head import (
    LEAST_CLIPS,
    LEVEL,
    MARGINS,
    ask_unheard,
    compare,
    judge_unheard,
)
from ser_core.evaluation.protocols import N_FOLDS
from ser_core.store import load_model
from ser_core.training.course import join, read_lessons, recall
from ser_core.training.earlier_clips import draw_earlier_clips
from ser_core.training.memory import read_memory
from ser_core.training.retrain import train_challenger
from ser_core.training.tune import Tuning

if TYPE_CHECKING:
    from pathlib import Path

    from ser_core.store import Model
    from ser_core.training.course import Course
    from ser_core.training.memory import Memory

RIGHT, WRONG = (0.9, 0.1), (0.1, 0.9)


@pytest.fixture(scope="module")
def course(origin_bundle: Path) -> Course:
    return recall(read_memory(origin_bundle))


@pytest.fixture(scope="module")
def hearing(hearing_origin_bundle: Path) -> tuple[Model, Course]:
    model = load_model(hearing_origin_bundle)
    lessons = read_lessons(make_lessons(model, *range(10)), model.classifier)
    return model, join([recall(read_memory(hearing_origin_bundle)), lessons])


def predict(course: Course, shares: np.ndarray) -> np.ndarray:
    """Give judgements of which each is right with this probability, and else takes the other."""
    truths = np.tile(course.emotions, 2)
    rows = np.zeros((truths.size, 8))
    rows[np.arange(truths.size), truths] = np.tile(shares, 2)
    rows[np.arange(truths.size), HAPPY + SAD - truths] = 1 - np.tile(shares, 2)
    return rows


def spoil(own: np.ndarray, share: float) -> np.ndarray:
    """Give probabilities of the truth: .9, but where it is spoilt."""
    return np.where(own, share, 0.9)


def find_failures(course: Course, before: np.ndarray, after: np.ndarray) -> set[tuple[str, str]]:
    report = compare(predict(course, before), predict(course, after), course)
    return {(each["group"], each["measure"]) for each in report["failures"]}


def test_each_row_is_asked_of_the_networks_that_left_its_fold_out(
    origin: Model, course: Course
) -> None:
    (outputs, heard), (after, _) = ask_unheard(origin.classifier, course, seed=3)
    assert heard is None
    earlier = draw_earlier_clips(course.speakers, np.random.default_rng(3))
    closer = course.scores - earlier @ course.scores
    for fold in range(N_FOLDS):
        own = course.folds == fold
        expected = run_networks(origin.classifier.networks[fold : fold + 1], course.scores[own], 2)
        for found, part in zip(outputs, expected, strict=True):
            np.testing.assert_allclose(found[own], part, rtol=1e-5, atol=1e-5)
        known = run_networks(origin.classifier.acquainted[fold : fold + 1], closer[own], 2)
        np.testing.assert_allclose(after.views[own], known.views, rtol=1e-4, atol=1e-4)
        np.testing.assert_array_equal(after.genders[own], outputs.genders[own])
        np.testing.assert_array_equal(after.corpora[own], outputs.corpora[own])


def test_several_networks_of_a_fold_are_asked_together(origin: Model, course: Course) -> None:
    ours = origin.classifier
    twice = replace(ours, networks=ours.networks + ours.networks[::-1])
    (outputs, _), _ = ask_unheard(twice, course, seed=0)
    own = course.folds == 0
    expected = run_networks((ours.networks[0], ours.networks[4]), course.scores[own], 2)
    np.testing.assert_allclose(outputs.views[own], expected.views, rtol=1e-5, atol=1e-5)


def test_a_network_that_heard_somebody_has_no_say_on_them(origin: Model, course: Course) -> None:
    ours = origin.classifier
    loud = [tuple((100 * w, b) for w, b in each) for each in ours.networks]
    for fold in range(N_FOLDS):
        networks = (*loud[:fold], ours.networks[fold], *loud[fold + 1 :])
        (found, _), _ = ask_unheard(replace(ours, networks=networks), course, seed=0)
        (plain, _), _ = ask_unheard(ours, course, seed=0)
        pairs = zip(found.views, plain.views, strict=True)
        same = np.array([np.array_equal(*pair) for pair in pairs])
        assert np.array_equal(same, course.folds == fold)


def test_what_the_encoder_says_is_seen_from_earlier_clips(hearing: tuple[Model, Course]) -> None:
    model, course = hearing
    (_, strange), (_, acquainted) = ask_unheard(model.classifier, course, seed=3)
    assert course.heard is not None
    assert strange is course.heard
    assert acquainted is not None
    earlier = draw_earlier_clips(course.speakers, np.random.default_rng(3)).toarray()
    over = course.heard.views - model.classifier.usual_views
    expected = course.heard.views - np.einsum("nm,mve->nve", earlier, over)
    np.testing.assert_allclose(acquainted.views, expected, rtol=1e-4, atol=1e-5)
    assert acquainted.genders is course.heard.genders


def test_judgements_are_among_the_emotions_that_a_corpus_has(
    hearing: tuple[Model, Course],
) -> None:
    model, course = hearing
    found = judge_unheard(model.classifier, course, seed=0)
    assert found.shape == (2 * course.folds.size, 8)
    np.testing.assert_allclose(found.sum(axis=1), 1)
    others = np.delete(np.arange(8), [HAPPY, SAD])
    lessons = np.tile(course.is_lesson, 2)
    assert not found[~lessons][:, others].any()
    assert found[lessons][:, others].all()
    (strange, heard), acquainted = ask_unheard(model.classifier, course, seed=0)
    parts = (
        model.classifier.calibration.judge(strange, heard),
        model.classifier.acquainted_calibration.judge(*acquainted),
    )
    expected = np.concatenate([part.emotions for part in parts])
    np.testing.assert_allclose(found[lessons], expected[lessons], atol=1e-12)


def test_speakers_who_are_at_home_in_a_corpus_are_judged_well(
    origin: Model, course: Course
) -> None:
    found = judge_unheard(origin.classifier, course, seed=0)
    right = found.argmax(axis=1) == np.tile(course.emotions, 2)
    assert right[:80].mean() > 0.9
    assert right[80:].mean() > 0.8


def test_a_report_is_plain_and_tells_the_figures_of_both(hearing: tuple[Model, Course]) -> None:
    _, course = hearing
    before, after = np.full(120, 0.9), np.where(np.arange(120) < 8, 0.2, 0.8)
    report = compare(predict(course, before), predict(course, after), course)
    assert json.loads(json.dumps(report)) == report
    groups = {each["name"]: each for each in report["groups"]}
    assert list(groups) == ["all", "female", "male", "feedback"]
    assert [each["n_clips"] for each in groups.values()] == [80, 40, 40, 40]
    assert [each["n_speakers"] for each in groups.values()] == [20, 10, 10, 10]
    assert groups["all"]["accuracy"] == pytest.approx([1, 0.9])
    assert groups["feedback"]["accuracy"] == [1, 1]
    assert groups["feedback"]["ece"] == pytest.approx([0.1, 0.2])
    assert np.array(report["confusion"]["champion"]).shape == (8, 8)
    assert np.trace(report["confusion"]["champion"]) == 240
    assert np.trace(report["confusion"]["challenger"]) == 224
    for bins in report["reliability"].values():
        assert sum(each["share"] for each in bins) == pytest.approx(1)
        assert bins[0].keys() == {"confidence", "accuracy", "share"}


def test_who_is_the_same_fails_nowhere(course: Course) -> None:
    shares = np.full(80, 0.9)
    assert find_failures(course, shares, shares) == set()


def test_who_is_better_fails_nowhere(course: Course) -> None:
    assert find_failures(course, np.full(80, 0.2), np.full(80, 0.9)) == set()


def test_who_is_less_often_right_fails(course: Course) -> None:
    before, after = np.full(80, 0.9), spoil(np.arange(80) % 2 == 0, 0.1)
    found = find_failures(course, before, after)
    measures = ("accuracy", "calibration")
    assert found == {(name, of) for name in ("all", "female", "male") for of in measures}


def test_who_is_as_often_right_with_worse_probabilities_fails(course: Course) -> None:
    found = find_failures(course, np.full(80, 0.9), np.full(80, 0.6))
    assert found == {(name, "calibration") for name in ("all", "female", "male")}


@pytest.mark.parametrize(("gender", "name"), [(0, "female"), (1, "male")])
def test_who_is_worse_on_one_sex_fails(course: Course, gender: int, name: str) -> None:
    own = course.genders == gender
    before = np.where(own, 0.9, 0.4)
    found = find_failures(course, before, np.where(own, 0.4, 0.9))
    assert found == {(name, "accuracy"), (name, "calibration")}


def test_who_is_worse_on_what_people_said_fails(hearing: tuple[Model, Course]) -> None:
    _, course = hearing
    before = np.full(120, 0.9)
    found = find_failures(course, before, spoil(course.is_lesson, 0.2))
    assert found == {("feedback", "accuracy"), ("feedback", "calibration")}


def test_a_margin_is_forgiven_where_chance_may_have_done_it(course: Course) -> None:
    """One speaker of twenty: the test sees nothing in it, so the margins decide."""
    before = np.full(80, 0.9)
    for n_clips, expected in ((0, set()), (1, {("all", "accuracy")})):
        after = spoil(np.arange(80) < n_clips, 0.49)
        found = find_failures(course, before, after)
        assert {each for each in found if each[0] == "all"} == expected & found
        assert bool(found) == bool(expected)
    assert MARGINS["all"] < 1 / 80


def test_few_clips_decide_nothing(course: Course) -> None:
    few = take_rows(course, np.concatenate([np.arange(LEAST_CLIPS - 1), np.arange(40, 60)]))
    men = take_rows(few, np.flatnonzero(few.genders == 1)[: LEAST_CLIPS - 1])
    women = take_rows(few, np.flatnonzero(few.genders == 0))
    known = join([men, women])
    before = np.full(known.folds.size, 0.9)
    found = find_failures(known, before, spoil(known.genders == 1, 0.1))
    assert {group for group, _ in found} == {"all"}


def test_too_few_clips_for_any_group_can_be_compared_all_the_same(course: Course) -> None:
    few = take_rows(course, np.arange(LEAST_CLIPS - 1))
    report = compare(predict(few, np.full(19, 0.9)), predict(few, np.full(19, 0.1)), few)
    assert (report["groups"], report["failures"]) == ([], [])
    assert np.sum(report["confusion"]["champion"]) == 38


def test_of_what_nothing_was_said_nothing_is_judged(hearing: tuple[Model, Course]) -> None:
    _, course = hearing
    mute = replace(course, emotions=np.where(course.is_lesson, -1, course.emotions))
    shares = np.full(120, 0.9)
    report = compare(predict(course, shares), predict(course, shares), mute)
    assert [each["name"] for each in report["groups"]] == ["all", "female", "male"]
    assert np.sum(report["confusion"]["champion"]) == 160


@pytest.mark.parametrize("shift", [-0.3, 0.0, 0.3])
def test_with_a_clip_a_speaker_the_test_is_a_t_test(shift: float) -> None:
    gains = np.random.default_rng(0).normal(shift, 1, 30)
    mean, p = head_to_head.test_paired(gains, np.arange(30).astype(str))
    expected = stats.ttest_1samp(gains, 0, alternative="less")
    assert (mean, p) == (pytest.approx(gains.mean()), pytest.approx(expected.pvalue))


def test_equal_speakers_count_as_their_means() -> None:
    gains = np.random.default_rng(0).normal(-0.2, 1, (12, 5))
    speakers = np.repeat(np.arange(12), 5).astype(str)
    _, p = head_to_head.test_paired(gains.ravel(), speakers)
    expected = stats.ttest_1samp(gains.mean(axis=1), 0, alternative="less")
    assert p == pytest.approx(expected.pvalue)


def test_clips_of_one_speaker_are_no_independent_witnesses() -> None:
    gains = np.repeat(np.random.default_rng(0).normal(-0.3, 1, 10), 20)
    apart = head_to_head.test_paired(gains, np.arange(200).astype(str))[1]
    together = head_to_head.test_paired(gains, np.repeat(np.arange(10), 20).astype(str))[1]
    assert apart < 0.01 < together


def test_of_a_single_speaker_each_clip_counts() -> None:
    gains = np.random.default_rng(0).normal(-0.3, 1, 30)
    alone, apart = (
        head_to_head.test_paired(gains, speakers)[1]
        for speakers in (np.full(30, "ada"), np.arange(30).astype(str))
    )
    assert alone == pytest.approx(apart)


@pytest.mark.parametrize(("gain", "p"), [(0.0, 1.0), (0.5, 1.0), (-0.5, 0.0)])
def test_gains_that_are_all_alike_leave_no_doubt(gain: float, p: float) -> None:
    found = head_to_head.test_paired(np.full(8, gain), np.arange(8).astype(str))
    assert found == (gain, p)


def test_the_level_is_shared_by_all_tests() -> None:
    """Of challengers that are as good, few are refused by chance."""
    random = np.random.default_rng(0)
    speakers = np.repeat(np.arange(20), 4).astype(str)
    draws = (random.normal(size=20).repeat(4) + random.normal(size=80) for _ in range(1000))
    ps = np.array([head_to_head.test_paired(gains, speakers)[1] for gains in draws])
    assert np.mean(ps < LEVEL / 6) < 0.02
    assert np.mean(ps < LEVEL) == pytest.approx(LEVEL, abs=0.03)


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> tuple[Model, Memory]:
    """Give an origin of many speakers, and what it learnt from."""
    folder = tmp_path_factory.mktemp("crowd") / "bundle"
    return write_origin(folder, make_separable(30, "a", "b")), read_memory(folder)


def challenge(crowd: tuple[Model, Memory], taught: Course, seed: int) -> set[str]:
    """Give the groups in which a challenger is worse that was taught a course."""
    model, memory = crowd
    course = recall(memory)
    tuning = Tuning(n_steps=100, learning_rate=3e-3, recipe=RECIPE, seed=seed)
    challenger = train_challenger(model.classifier, taught, memory, tuning)
    before, after = (judge_unheard(each, course, seed) for each in (model.classifier, challenger))
    return {each["group"] for each in compare(before, after, course)["failures"]}


@pytest.mark.parametrize("seed", range(4))
def test_who_learnt_from_shuffled_labels_is_refused(crowd: tuple[Model, Memory], seed: int) -> None:
    course = recall(crowd[1])
    shuffled = np.random.default_rng(seed).permutation(course.emotions)
    assert "all" in challenge(crowd, replace(course, emotions=shuffled), seed)


@pytest.mark.parametrize("seed", range(1, 5))
def test_who_learnt_the_same_with_another_seed_passes(
    crowd: tuple[Model, Memory], seed: int
) -> None:
    assert challenge(crowd, recall(crowd[1]), seed) == set()
