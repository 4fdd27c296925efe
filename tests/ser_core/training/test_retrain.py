from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from learning import RECIPE, make_impression, make_lesson, make_lessons, make_separable, same

from ser_core.errors import SetupError
from ser_core.evaluation.head_to_head import judge_unheard
from ser_core.evaluation.protocols import N_FOLDS
from ser_core.store import EXAMPLES_FILE, load_model
from ser_core.training.course import find_fold, join, read_lessons, recall
from ser_core.training.judgements import hear
from ser_core.training.memory import read_memory
from ser_core.training.retrain import Material, retrain, save_challenger, train_challenger
from ser_core.training.tune import Tuning

if TYPE_CHECKING:
    from pathlib import Path

    from ser_core.encoder import Encoder
    from ser_core.store import Model
    from ser_core.training.memory import Memory
    from ser_core.training.retrain import Retrained

QUICK = Tuning(n_steps=8, recipe=RECIPE)
PEOPLE = tuple(range(12))
REMOVED = 7


@pytest.fixture(scope="module")
def memory(origin_bundle: Path) -> Memory:
    return read_memory(origin_bundle)


@pytest.fixture(scope="module")
def retrained(origin: Model, memory: Memory) -> Retrained:
    return retrain(origin, origin, Material(memory, make_lessons(origin, *PEOPLE)), QUICK)


@pytest.fixture(scope="module")
def hearing(hearing_origin_bundle: Path) -> tuple[Model, Memory]:
    return load_model(hearing_origin_bundle), read_memory(hearing_origin_bundle)


def test_the_same_material_and_seed_give_the_same_challenger_and_another_seed_another(
    origin: Model, memory: Memory, retrained: Retrained
) -> None:
    material = Material(memory, make_lessons(origin, *PEOPLE))
    again, other = (retrain(origin, origin, material, replace(QUICK, seed=seed)) for seed in (0, 1))
    assert same(again.classifier, retrained.classifier)
    assert again.report == retrained.report
    assert not same(other.classifier, retrained.classifier)
    assert other.fields["id"] != retrained.fields["id"]


def test_the_report_tells_what_was_learnt_from_and_how_both_compare(
    origin: Model, memory: Memory, retrained: Retrained
) -> None:
    report = retrained.report
    assert json.loads(json.dumps(report)) == report
    assert (report["champion"], report["challenger"]) == ("origin", retrained.fields["id"])
    assert report["learnt"] == {
        "base": 80,
        "corpus_clips": 0,
        "lessons": 48,
        "people": 12,
        "doubtful": 0,
    }
    course = join([recall(memory), read_lessons(make_lessons(origin, *PEOPLE), origin.classifier)])
    judged = [judge_unheard(each, course, 0) for each in (origin.classifier, retrained.classifier)]
    truths = course.emotions[:80]
    for number, each in enumerate(judged):
        right = np.concatenate([each[:80], each[128:208]]).argmax(axis=1) == np.tile(truths, 2)
        assert report["groups"][0]["accuracy"][number] == pytest.approx(right.mean())
    assert [each["name"] for each in report["groups"]] == ["all", "female", "male", "feedback"]


def test_a_challenger_tells_where_it_comes_from_and_how_good_it_is(retrained: Retrained) -> None:
    fields = retrained.fields
    assert fields["id"].startswith("classic180-")
    assert (fields["origin"], fields["licence"]) == ("origin", "none")
    assert fields["trained_on"] == ["a", "b"]
    assert fields["learnt"] == retrained.report["learnt"]
    assert fields["figures"].keys() == {"a", "b"}
    for figures in fields["figures"].values():
        assert figures["accuracy"] > 0.9
        assert figures.keys() == {"accuracy", "uar", "ece", "gender_accuracy"}
    assert retrained.card.startswith(f"# {fields['id']}\n")
    assert "48 answers of 12 people" in retrained.card


def test_a_challenger_is_a_bundle_without_a_memory(
    origin: Model, retrained: Retrained, tmp_path: Path
) -> None:
    save_challenger(tmp_path / "out", retrained, origin)
    found = load_model(tmp_path / "out")
    assert (found.id, found.source) == (retrained.fields["id"], origin.source)
    assert same(found.classifier, retrained.classifier)
    assert not (tmp_path / "out" / EXAMPLES_FILE).exists()
    assert (tmp_path / "out" / "CARD.md").read_text() == retrained.card
    with pytest.raises(SetupError, match="not overwritten"):
        save_challenger(tmp_path, retrained, origin)


def test_who_is_removed_leaves_nothing_behind(
    origin: Model, memory: Memory, retrained: Retrained
) -> None:
    """A champion that learnt from somebody is followed by one that never had them, bit for bit."""
    lessons = make_lessons(origin, *PEOPLE)
    rest = [each for each in lessons if each[0] != REMOVED]
    never = make_lessons(origin, *(person for person in PEOPLE if person != REMOVED))
    champion = replace(origin, id="champion", classifier=retrained.classifier)
    after = retrain(origin, champion, Material(memory, rest), QUICK)
    without = retrain(origin, origin, Material(memory, never), QUICK)
    assert same(after.classifier, without.classifier)
    assert after.fields["id"] == without.fields["id"] != retrained.fields["id"]
    assert after.report["champion"] == "champion"
    assert after.report["learnt"]["people"] == 11


def test_what_somebody_said_moves_no_network_that_judges_them(
    origin: Model, memory: Memory
) -> None:
    lessons = make_lessons(origin, *PEOPLE)
    lies = [
        (person, replace(lesson, emotion="calm") if person == REMOVED else lesson)
        for person, lesson in lessons
    ]
    first, second = (
        retrain(origin, origin, Material(memory, each), replace(QUICK, n_steps=50)).classifier
        for each in (lessons, lies)
    )
    for number in range(N_FOLDS):
        one, other = (each.networks[number][0][0] for each in (first, second))
        assert np.array_equal(one, other) == (number == find_fold(REMOVED))


def test_without_lessons_and_corpora_a_challenger_learns_from_the_clips_of_old(
    origin: Model, memory: Memory
) -> None:
    found = retrain(origin, origin, Material(memory, ()), QUICK)
    assert found.report["learnt"] == {
        "base": 80,
        "corpus_clips": 0,
        "lessons": 0,
        "people": 0,
        "doubtful": 0,
    }
    assert [each["name"] for each in found.report["groups"]] == ["all", "female", "male"]
    assert found.report["failures"] == []


def test_lessons_of_another_source_are_passed_over(origin: Model, memory: Memory) -> None:
    stranger = make_lesson(make_impression(np.ones(7), source="another"), "happy")
    lessons = [*make_lessons(origin, 3), (4, stranger)]
    mixed, ours = (
        retrain(origin, origin, Material(memory, each), QUICK) for each in (lessons, lessons[:4])
    )
    assert same(mixed.classifier, ours.classifier)
    assert mixed.report["learnt"]["lessons"] == 4


def test_doubtful_lessons_are_counted(origin: Model, memory: Memory) -> None:
    surprising = [
        (3, replace(lesson, told_emotions=(0.0,) * 4 + (1.0,) + (0.0,) * 3))
        for _, lesson in make_lessons(origin, 3)
    ]
    lessons = [*surprising, *make_lessons(origin, 4)]
    found = retrain(origin, origin, Material(memory, lessons), QUICK)
    assert found.report["learnt"]["doubtful"] == 4


def test_clips_of_new_corpora_are_learnt_from(origin: Model, memory: Memory) -> None:
    material = Material(memory, (), make_separable(5, "c"))
    found = retrain(origin, origin, material, QUICK)
    assert found.report["learnt"]["corpus_clips"] == 20
    assert found.fields["trained_on"] == ["a", "b", "c"]
    assert found.fields["figures"].keys() == {"a", "b"}
    assert found.classifier.corpora == ("a", "b")
    assert found.report["groups"][0]["n_clips"] == 100
    assert "on 20 more clips" in found.card
    plain = retrain(origin, origin, Material(memory, ()), QUICK)
    assert not same(found.classifier, plain.classifier)


def test_a_model_with_an_encoder_hears_clips_of_new_corpora(
    hearing: tuple[Model, Memory], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    origin, memory = hearing
    heard: list[Encoder] = []

    def listen(vectors: Any, encoder: Encoder, *how: Any) -> Any:  # noqa: ANN401 - passed on
        heard.append(encoder)
        return hear(vectors, encoder, *how)

    monkeypatch.setattr("ser_core.training.retrain.hear", listen)
    material = Material(memory, make_lessons(origin, 3, 4), make_separable(5, "c"))
    found = retrain(origin, origin, material, QUICK)
    assert heard == [origin.encoder]
    save_challenger(tmp_path / "out", found, origin)
    assert load_model(tmp_path / "out").source == origin.source


def test_a_champion_that_hears_otherwise_is_replaced_by_the_origin(
    origin: Model, memory: Memory, hearing: tuple[Model, Memory]
) -> None:
    ours = origin.classifier
    others = [
        hearing[0],
        *(
            replace(origin, id="champion", classifier=replace(ours, **changes))
            for changes in (
                {"mean": ours.mean + 1},
                {"deviation": ours.deviation * 2},
                {"networks": ours.networks * 2},
                {"acquainted": ours.acquainted * 2},
            )
        ),
    ]
    for champion in others:
        found = retrain(origin, champion, Material(memory, ()), replace(QUICK, n_steps=1))
        assert found.report["champion"] == origin.id


def test_probabilities_mean_what_they_say_after_tuning(origin: Model, memory: Memory) -> None:
    """An origin whose calibration is far too soft has challengers that are not."""
    course = recall(memory)
    calibration = origin.classifier.calibration
    blunt = replace(calibration, sharpness=0.05 * calibration.sharpness)
    spoilt = replace(origin.classifier, calibration=blunt, acquainted_calibration=blunt)
    found = train_challenger(spoilt, course, memory, replace(QUICK, n_steps=2))
    for fresh in (found.calibration, found.acquainted_calibration):
        assert (fresh.sharpness > 3 * blunt.sharpness).all()
    np.testing.assert_array_equal(found.calibration.possible, calibration.possible)


def test_progress_is_told_step_by_step(origin: Model, memory: Memory) -> None:
    told: list[tuple[str, int, int]] = []
    retrain(origin, origin, Material(memory, ()), QUICK, lambda *report: told.append(report))
    assert told == [
        *(("fitting", done, 10) for done in range(1, 11)),
        ("judging", 1, 2),
        ("judging", 2, 2),
    ]
