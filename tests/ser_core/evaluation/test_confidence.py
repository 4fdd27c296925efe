from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ser_core.evaluation import confidence
from ser_core.evaluation.confidence import measure_confidence
from ser_core.recognition import SURE_FROM

if TYPE_CHECKING:
    from ser_core.evaluation.study import Study


def test_confidence_is_measured_on_speakers_and_on_corpora(study: Study) -> None:
    figures = measure_confidence(study)
    assert figures["sure_from"] == SURE_FROM
    assert (figures["unseen speakers"]["clips"], figures["unseen corpora"]["clips"]) == (60, 45)
    for name in ("unseen speakers", "unseen corpora"):
        assert (
            sum(each["n_clips"] for each in figures[name]["reliability"]) == figures[name]["clips"]
        )
        assert figures[name]["risk_coverage"][-1]["risk"] == pytest.approx(
            1 - figures[name]["accuracy"]
        )
    assert list(figures["strangeness"]["separation"]) == ["crema-d", "emodb", "ravdess"]
    assert next(iter(figures["strangeness"]["median"])) == "unseen speakers"
    json.dumps(figures, allow_nan=False)


def test_everyday_speech_is_heard_by_the_shipped_model(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ser_core.recognition.SURE_FROM", 0.0)
    (figures,) = measure_confidence(study)["everyday speech"].values()
    # Three recordings, one of which is a hiss that is refused.
    assert (figures["clips"], figures["recognised"], figures["sure"]) == (3, 2, 2)
    plain = sum(figures["sure_of"].get(name, 0) for name in ("neutral", "calm"))
    assert figures["sure_and_emotional"] == 2 - plain
    assert sum(figures["sure_of"].values()) == 2


def test_no_more_than_so_many_clips_are_heard(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confidence, "MOST_CLIPS", 1)
    assert confidence._measure_everyday(study, study.read("everyday"))["clips"] == 1


def test_without_strange_corpora_nothing_is_said_of_them(study: Study) -> None:
    alone = replace(study)
    alone.__dict__.update(study.__dict__ | {"strangers": ()})
    assert measure_confidence(alone).keys() == {"sure_from", "unseen speakers", "everyday speech"}
