from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ser_core.errors import CorpusError
from ser_core.evaluation.conditions import CONDITIONS
from ser_core.evaluation.robustness import measure_robustness

if TYPE_CHECKING:
    from pathlib import Path

    from ser_core.evaluation.study import Study

FEW = ("clean", "clipped by 12 dB")


@pytest.fixture(autouse=True)
def _few_conditions(monkeypatch: pytest.MonkeyPatch) -> None:
    few = {name: CONDITIONS[name] for name in FEW}
    monkeypatch.setattr("ser_core.evaluation.robustness.CONDITIONS", few)


def test_each_condition_is_measured_on_some_clips_of_each_corpus(study: Study) -> None:
    told: list[tuple[str, int, int]] = []
    watched = replace(study, progress=lambda *report: told.append(report))
    watched.__dict__.update(study.__dict__ | {"progress": watched.progress})
    figures = measure_robustness(watched)["conditions"]
    assert tuple(figures) == FEW
    for condition in figures.values():
        assert sorted(condition) == ["crema-d", "ravdess"]
        assert all(each["clips"] == 6 for each in condition.values())
        assert all(0 <= each["uar"] <= 1 for each in condition.values())
    spoiling = "spoiling recordings"
    assert [each for each in told if each[0] == spoiling] == [(spoiling, 1, 2), (spoiling, 2, 2)]


def test_what_is_clean_is_judged_as_it_was_before(study: Study) -> None:
    everything = replace(study, n_spoiled_clips=100)
    everything.__dict__.update(study.__dict__ | {"n_spoiled_clips": 100})
    figures = measure_robustness(everything)["conditions"]["clean"]
    assert {name: each["clips"] for name, each in figures.items()} == {"crema-d": 15, "ravdess": 15}
    own = study.corpora == "ravdess"
    right = study.held_out.emotions[own].argmax(axis=1) == study.judgements.labels.emotions[own]
    assert figures["ravdess"]["accuracy"] == pytest.approx(right.mean(), abs=0.07)


def test_without_noises_nothing_is_measured(study: Study, tmp_path: Path) -> None:
    silent = replace(study, folder=tmp_path)
    silent.__dict__.update(study.__dict__ | {"folder": tmp_path})
    with pytest.raises(CorpusError, match="no noises"):
        measure_robustness(silent)


def test_without_clips_of_those_corpora_nothing_is_measured(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ser_core.evaluation.robustness.SPOILED_CORPORA", ("mine", "yours"))
    with pytest.raises(CorpusError, match="neither is there"):
        measure_robustness(study)
