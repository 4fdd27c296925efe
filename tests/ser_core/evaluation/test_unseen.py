from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from ser_core.corpora import Skipped
from ser_core.errors import CorpusError
from ser_core.evaluation import unseen
from ser_core.evaluation.study import Study
from ser_core.evaluation.unseen import (
    judge_left_out,
    measure_random_split,
    measure_unseen_corpora,
    measure_unseen_speakers,
    tell,
)

if TYPE_CHECKING:
    from ser_core.corpora import Clip
    from ser_core.evaluation.report import Evaluation


def test_unseen_speakers_are_measured_in_each_corpus(study: Study) -> None:
    found = measure_unseen_speakers(study)
    assert list(found["corpora"]) == ["crema-d", "emodb", "nemo", "ravdess"]
    for figures in found["corpora"].values():
        assert (figures["clips"], figures["speakers"], figures["folds"]) == (15, 5, 5)
    assert 0 <= found["ece_of_all"] <= 1
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_each_half_is_measured_without_the_other(study: Study) -> None:
    halves = measure_unseen_speakers(study)["halves"]
    assert list(halves) == ["networks on functionals", "encoder", "both"]
    silent = replace(study.judgements, heard=None)
    other = replace(study)
    other.__dict__.update(study.__dict__ | {"judgements": silent})
    assert unseen._measure_half(other, silent) == halves["networks on functionals"]
    assert halves["encoder"] != halves["networks on functionals"]


def test_without_encoders_their_half_cannot_be_measured(study: Study) -> None:
    with pytest.raises(CorpusError, match="no encoders"):
        unseen._encoder_alone(replace(study.judgements, heard=None))


def test_a_random_split_learns_from_clean_clips_of_one_corpus(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, Any] = {}

    def evaluate_protocol(clips: list[Clip], **options: Any) -> Evaluation:  # noqa: ANN401
        asked.update(options, corpora={clip.corpus for clip in clips})
        return unseen._evaluate(study, study.held_out, "networks")["ravdess"]

    monkeypatch.setattr(unseen, "evaluate_protocol", evaluate_protocol)
    noisy = replace(study, how=replace(study.how, copies=2, noises=(Path("rain.wav"),)))
    assert measure_random_split(noisy)["corpus"] == "ravdess"
    assert (asked["corpora"], asked["protocol"]) == ({"ravdess"}, "random-split")
    assert (asked["how"].copies, asked["how"].noises) == (0, ())


def test_a_random_split_needs_its_corpus(study: Study) -> None:
    with pytest.raises(CorpusError, match="ravdess, which is not there"):
        measure_random_split(replace(study, clips=()))


def test_each_corpus_is_left_out_once(study: Study) -> None:
    found = measure_unseen_corpora(study)["corpora"]
    assert list(found) == ["crema-d", "emodb", "ravdess"]
    assert all(figures["clips"] == 15 for figures in found.values())
    assert {figures["protocol"] for figures in found.values()} == {"unseen-corpus"}


def test_the_shipped_model_meets_a_corpus_that_it_never_learnt_from(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluation = unseen._evaluate(study, study.held_out, "networks")["ravdess"]
    monkeypatch.setattr(Study, "read", lambda _, name: [name])
    monkeypatch.setattr(unseen, "evaluate_model", lambda *_, **__: evaluation)
    assert next(iter(measure_unseen_corpora(study)["corpora"])) == "emovo"


def test_a_corpus_takes_no_part_in_calibrating_its_own_judges(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    names: list[tuple[tuple[str, ...], list[str]]] = []
    fit_calibration = unseen.fit_calibration

    def spy(judgements: Any, strangers: Any) -> Any:  # noqa: ANN401 - passed on as they are
        names.append((judgements.labels.names, [each.labels.names[0] for each in strangers]))
        return fit_calibration(judgements, strangers)

    monkeypatch.setattr(unseen, "fit_calibration", spy)
    found = judge_left_out(study)
    assert names == [
        (("emodb", "nemo", "ravdess"), ["emodb", "ravdess"]),
        (("crema-d", "nemo", "ravdess"), ["crema-d", "ravdess"]),
        (("crema-d", "emodb", "nemo"), ["crema-d", "emodb"]),
    ]
    for each in found.values():
        np.testing.assert_allclose(each.emotions.sum(axis=1), 1)


def test_figures_name_no_path(study: Study) -> None:
    evaluation = unseen._evaluate(study, study.held_out, "networks")["ravdess"]
    skipped = (Skipped(Path("/home/me/a.wav"), "silent"), Skipped(Path("b.wav"), "silent"))
    assert tell(replace(evaluation, skipped=skipped))["skipped"] == {"silent": 2}
