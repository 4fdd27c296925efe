"""PURE  ``opensmile-compare`` and ``opensmile-egemaps``: what openSMILE measures in a recording.

The package ``opensmile`` is loaded by the first recording, and never by whoever answers with
another feature set. It names the columns itself, so none are named here.

Source: Schuller et al. (2016), the ComParE challenge's set of 6,373 functionals; Eyben et al.
(2016), "The Geneva minimalistic acoustic parameter set (GeMAPS)", 88 functionals (extended, v02).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ser_core.errors import ExtraMissing

if TYPE_CHECKING:
    from ser_core.features.spectrum import Matrix
    from ser_core.waveform import Waveform

MIN_SECONDS: Final = 0.5
"""Shorter sound is padded with silence: openSMILE finds no frames in a few milliseconds."""


def extract_compare(waveform: Waveform) -> Matrix:
    """Give ComParE 2016, float32, shape ``(6373,)``.

    Raises:
        ExtraMissing: if openSMILE is not installed.
    """
    return _extract(waveform, "ComParE_2016")


def extract_egemaps(waveform: Waveform) -> Matrix:
    """Give eGeMAPS v02, float32, shape ``(88,)``.

    Raises:
        ExtraMissing: if openSMILE is not installed.
    """
    return _extract(waveform, "eGeMAPSv02")


def _extract(waveform: Waveform, name: str) -> Matrix:
    """Give the functionals of one of openSMILE's sets; what it cannot measure is 0."""
    missing = max(0, int(MIN_SECONDS * waveform.sampling_rate) - waveform.samples.size)
    samples = np.pad(waveform.samples, (0, missing))
    found = _load(name).process_signal(samples, waveform.sampling_rate).to_numpy()[0]
    vector: Matrix = np.nan_to_num(found, posinf=0, neginf=0).astype(np.float32)
    return vector


@cache
def _load(name: str) -> Any:  # noqa: ANN401 - opensmile publishes no types
    """Give openSMILE, set up for one of its sets; once in each process."""
    try:
        import opensmile  # noqa: PLC0415 - most do without it
    except ModuleNotFoundError as error:
        raise ExtraMissing(str(error.name), "opensmile") from error
    return opensmile.Smile(
        feature_set=opensmile.FeatureSet[name],
        feature_level=opensmile.FeatureLevel.Functionals,
    )
