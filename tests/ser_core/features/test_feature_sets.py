from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sounds import make_waveform, noise

from ser_core.features import FEATURE_SETS


def test_every_set_is_found_under_its_own_name() -> None:
    assert list(FEATURE_SETS) == ["classic180", "functionals"]
    assert all(name == each.name for name, each in FEATURE_SETS.items())


@pytest.mark.parametrize("name", FEATURE_SETS)
def test_a_set_measures_one_value_for_each_column(name: str) -> None:
    found = FEATURE_SETS[name].extract(make_waveform(noise()))
    assert (found.shape, found.dtype) == ((len(FEATURE_SETS[name].columns),), np.float32)


@pytest.mark.parametrize("name", FEATURE_SETS)
@given(
    pattern=arrays(np.float32, st.integers(0, 60), elements=st.floats(-1, 1, width=32)),
    n_repeats=st.integers(1, 300),
)
@settings(max_examples=40)
def test_any_sound_has_a_finite_vector(name: str, pattern: np.ndarray, n_repeats: int) -> None:
    vector = FEATURE_SETS[name].extract(make_waveform(np.tile(pattern, n_repeats)))
    assert np.isfinite(vector).all()
