from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ser_core.evaluation import earlier_clips
from ser_core.evaluation.earlier_clips import draw_others, measure_earlier_clips
from ser_core.speaker import Baseline, Speaker

if TYPE_CHECKING:
    from ser_core.evaluation.study import Study


def test_earlier_clips_are_others_of_the_same_speaker() -> None:
    speakers = np.array(["a", "b"] * 6)
    drawn = draw_others(speakers, 5, np.random.default_rng(0))
    for clip, others in enumerate(drawn):
        assert set(others) == set(np.flatnonzero(speakers == speakers[clip])) - {clip}


def test_the_draw_is_chance() -> None:
    speakers = np.array(["a"] * 20)
    first, second = (draw_others(speakers, 4, np.random.default_rng(seed)) for seed in (0, 1))
    assert (first != second).any()
    assert len({tuple(row) for row in first}) > 1


def test_a_curve_is_measured_for_each_corpus(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(earlier_clips, "N_EARLIER", (0, 2))
    found = measure_earlier_clips(study)
    assert found["draws"] == 3
    assert list(found["corpora"]) == ["crema-d", "emodb", "nemo", "ravdess"]
    for name, (first, second) in found["corpora"].items():
        own = study.corpora == name
        emotions = study.held_out.emotions[own][:, [2, 3, 4]]
        truths = study.judgements.labels.emotions[own] - 2
        assert first["accuracy"] == pytest.approx((emotions.argmax(axis=1) == truths).mean())
        assert second["earlier_clips"] == 2
        assert 0 <= second["uar"] <= 1


def test_a_clip_is_seen_from_the_mean_of_its_earlier_clips(study: Study) -> None:
    vectors = study.vectors.values[0]
    earlier = draw_others(study.judgements.labels.speakers, 2, np.random.default_rng(0))
    found = earlier_clips._judge_after(study, study.judgements, vectors, earlier)
    clip = 7
    fold = study.judgements.folds[clip]
    heard = study.judgements.take(np.arange(60) == clip).heard
    means = (study.judgements.heard.views, vectors)
    views, mean = (each[earlier[clip]].mean(axis=0) for each in means)
    alone = study.classifiers[fold].classify(
        vectors[[clip]], heard, Speaker(Baseline("", 2, mean, views))
    )
    np.testing.assert_allclose(found[[clip]], alone.emotions, atol=1e-5)
    assert not np.allclose(found, study.held_out.emotions)


def test_without_an_encoder_a_clip_is_seen_from_its_earlier_clips_all_the_same(
    study: Study,
) -> None:
    vectors = study.vectors.values[0]
    earlier = draw_others(study.judgements.labels.speakers, 2, np.random.default_rng(0))
    mute = replace(study.judgements, heard=None)
    found = earlier_clips._judge_after(study, mute, vectors, earlier)
    baseline = Baseline("", 2, vectors[earlier[7]].mean(axis=0), np.zeros((1, 8)))
    alone = study.classifiers[mute.folds[7]].classify(vectors[[7]], None, Speaker(baseline))
    np.testing.assert_allclose(found[[7]], alone.emotions, atol=1e-5)


def test_a_fold_of_which_no_clip_is_left_is_passed_over(study: Study) -> None:
    own = study.judgements.folds == 1
    known = study.judgements.take(own)
    earlier = np.empty((own.sum(), 0), np.intp)
    found = earlier_clips._judge_after(study, known, study.vectors.values[0, own], earlier)
    np.testing.assert_allclose(found, study.held_out.emotions[own], atol=1e-6)


def test_speakers_with_too_few_clips_do_not_count(study: Study) -> None:
    # Three clips each: none has the sixteen others that the longest past needs.
    assert measure_earlier_clips(study)["corpora"] == {}
