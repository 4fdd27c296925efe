from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from quick_systems import OF_CLIPS, QUICK, ClipCounter

from ser_core.features import FEATURE_SETS
from ser_core.lab.speed import N_CLIPS, clock_systems

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from numpy.typing import NDArray

    from ser_core.corpora import Clip


class Listener:
    """Take note of what is to be recognised."""

    def __init__(self) -> None:
        self.heard: list[NDArray[Any]] = []

    def predict_proba(self, vectors: NDArray[Any]) -> NDArray[np.float64]:
        """Give one label, for sure."""
        self.heard.append(vectors)
        return np.ones((len(vectors), 1))


def test_every_system_recognises_one_recording_at_a_time(spoken_clips: tuple[Clip, ...]) -> None:
    listener = Listener()
    found = clock_systems([QUICK], {"quick": listener}, spoken_clips)
    assert list(found) == ["quick"]
    assert 0 < found["quick"] < 10_000
    n_columns = len(FEATURE_SETS["classic180"].columns)
    assert [vectors.shape for vectors in listener.heard] == [(1, n_columns)] * (1 + N_CLIPS)


def test_a_system_of_clips_has_no_help_and_sees_no_label(
    spoken_clips: tuple[Clip, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    estimator = ClipCounter(cache=tmp_path)

    def predict_proba(_: ClipCounter, clips: NDArray[Any]) -> None:
        seen.extend((clip.path, clip.emotion, estimator.cache, estimator.copies) for clip in clips)

    monkeypatch.setattr(ClipCounter, "predict_proba", predict_proba)
    clock_systems([OF_CLIPS], {"of-clips": estimator}, spoken_clips)
    assert len(seen) == 1 + N_CLIPS
    assert {path for path, *_ in seen} <= {clip.path for clip in spoken_clips}
    assert {tuple(rest) for _, *rest in seen} == {(None, None, 0)}


def test_the_time_is_that_of_the_recording_in_the_middle(
    spoken_clips: tuple[Clip, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The first recording only warms up; then one recording takes a minute, the others a second.
    times = iter([0, 900, *(t for n in range(N_CLIPS) for t in (0, 60 if n == 3 else 1))])
    monkeypatch.setattr("ser_core.lab.speed.time.process_time", lambda: next(times))
    estimators = {"of-clips": ClipCounter()}
    monkeypatch.setattr(ClipCounter, "predict_proba", lambda *_: None)
    assert clock_systems([OF_CLIPS], estimators, spoken_clips[:2]) == {"of-clips": 1000}
