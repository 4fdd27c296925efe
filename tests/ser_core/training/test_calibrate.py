from __future__ import annotations

import numpy as np
import pytest

from ser_core.classify import softmax
from ser_core.training.calibrate import SHARPNESS_RANGE, fit_sharpness

N_CLIPS = 20_000


def simulate() -> tuple[np.ndarray, np.ndarray]:
    """Give logits that mean what they say, and truths drawn by their probabilities."""
    random = np.random.default_rng(0)
    logits = random.normal(0, 2, (N_CLIPS, 4))
    heights = softmax(logits).cumsum(axis=1)
    truths = (random.random((N_CLIPS, 1)) > heights).sum(axis=1)
    return logits, np.minimum(truths, 3)


@pytest.mark.parametrize("sharpness", [0.25, 1.0, 4.0])
def test_the_sharpness_that_was_taken_off_is_found(sharpness: float) -> None:
    logits, truths = simulate()
    assert fit_sharpness(logits / sharpness, truths) == pytest.approx(sharpness, rel=0.05)


def test_overconfident_logits_are_softened() -> None:
    logits, truths = simulate()
    assert fit_sharpness(3 * logits, truths) < 1


def test_logits_that_know_nothing_are_softened_as_far_as_may_be() -> None:
    logits, truths = simulate()
    shuffled = np.random.default_rng(1).permutation(truths)
    assert fit_sharpness(logits, shuffled) == pytest.approx(SHARPNESS_RANGE[0], rel=0.01)


def test_logits_that_are_always_right_are_sharpened_as_far_as_may_be() -> None:
    truths = np.arange(40) % 4
    assert fit_sharpness(np.eye(4)[truths], truths) == pytest.approx(SHARPNESS_RANGE[1], rel=0.01)


def test_impossible_classes_do_not_matter() -> None:
    logits, truths = simulate()
    wider = np.concatenate([logits, np.full((N_CLIPS, 2), -1e9)], axis=1)
    assert fit_sharpness(wider, truths) == pytest.approx(fit_sharpness(logits, truths), rel=1e-6)
