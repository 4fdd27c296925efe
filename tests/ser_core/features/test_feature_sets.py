from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sounds import make_waveform, noise

from ser_core import features
from ser_core.features import FEATURE_SETS, contours, functionals, measure
from ser_core.features.contours import measure_contours

if TYPE_CHECKING:
    from ser_core.waveform import Waveform

NAMES = ["classic180", "functionals", "mfcc-mel", "mfcc-sequence"]
"""Of those that are measured here; what openSMILE measures is tested in a file of its own."""


def test_every_set_is_found_under_its_own_name() -> None:
    assert list(FEATURE_SETS) == [*NAMES, "opensmile-compare", "opensmile-egemaps"]
    assert all(name == each.name for name, each in FEATURE_SETS.items())


@pytest.mark.parametrize("name", NAMES)
def test_a_set_measures_one_value_for_each_column(name: str) -> None:
    found = FEATURE_SETS[name].extract(make_waveform(noise()))
    assert (found.shape, found.dtype) == ((len(FEATURE_SETS[name].columns),), np.float32)


@pytest.mark.parametrize("name", NAMES)
@given(
    pattern=arrays(np.float32, st.integers(0, 60), elements=st.floats(-1, 1, width=32)),
    n_repeats=st.integers(1, 300),
)
@settings(max_examples=40)
def test_any_sound_has_a_finite_vector(name: str, pattern: np.ndarray, n_repeats: int) -> None:
    vector = FEATURE_SETS[name].extract(make_waveform(np.tile(pattern, n_repeats)))
    assert np.isfinite(vector).all()


@pytest.mark.parametrize("name", NAMES)
def test_a_measured_vector_is_that_of_the_set(name: str, voice: Waveform) -> None:
    assert np.array_equal(measure(voice, name).vector, FEATURE_SETS[name].extract(voice))


def test_functionals_come_with_the_spectrogram_that_they_are_made_of(voice: Waveform) -> None:
    log_mel = measure(voice, "functionals").log_mel
    assert np.array_equal(log_mel, measure_contours(voice).log_mel)
    assert (log_mel.shape[1], log_mel.dtype) == (contours.N_MELS, np.float32)


def test_contours_are_measured_once_for_vector_and_spectrogram(
    voice: Waveform, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured: list[Waveform] = []

    def count(waveform: Waveform) -> contours.Contours:
        measured.append(waveform)
        return measure_contours(waveform)

    for module in (features, functionals):
        monkeypatch.setattr(module, "measure_contours", count)
    measure(voice, "functionals")
    assert measured == [voice]


def test_a_set_without_contours_has_no_spectrogram(voice: Waveform) -> None:
    assert measure(voice, "classic180").log_mel.shape == (0, contours.N_MELS)
