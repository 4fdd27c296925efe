"""PURE  From a waveform to a vector: versioned feature sets whose every column has a name.

A model remembers the name, the version and the columns of the set that it was trained on.
Whoever changes what a column means raises the version.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from ser_core.features import classic, functionals, mfcc_mel, mfcc_sequence, opensmile
from ser_core.features.contours import N_MELS, measure_contours

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ser_core.features.spectrum import Matrix
    from ser_core.waveform import Waveform


@dataclass(frozen=True, slots=True)
class FeatureSet:
    """Hold a way to turn a waveform into a vector.

    ``extract`` gives float32 of shape ``(len(columns),)``, all finite. There are no columns where
    a package names them that is loaded only when it measures.
    """

    name: str
    version: int
    columns: tuple[str, ...]
    extract: Callable[[Waveform], Matrix]


FEATURE_SETS: Final[Mapping[str, FeatureSet]] = {
    each.name: each
    for each in (
        FeatureSet("classic180", 1, classic.COLUMNS, classic.extract_classic),
        FeatureSet("functionals", 1, functionals.COLUMNS, functionals.extract_functionals),
        FeatureSet("mfcc-mel", 1, mfcc_mel.COLUMNS, mfcc_mel.extract_mfcc_mel),
        FeatureSet("mfcc-sequence", 1, mfcc_sequence.COLUMNS, mfcc_sequence.extract_mfcc_sequence),
        FeatureSet("opensmile-compare", 1, (), opensmile.extract_compare),
        FeatureSet("opensmile-egemaps", 1, (), opensmile.extract_egemaps),
    )
}
"""Every feature set by its name."""


class Measured(NamedTuple):
    """Hold a vector ``(n_columns,)``, and the log-mel spectrogram that it was made of.

    The spectrogram has shape ``(n_frames, 64)``; no frames where the feature set has no contours.
    """

    vector: Matrix
    log_mel: Matrix


def measure(waveform: Waveform, feature_set: str) -> Measured:
    """Give a waveform's vector, and what an encoder takes; contours are measured once for both."""
    if feature_set != "functionals":
        no_frames = np.empty((0, N_MELS), np.float32)
        return Measured(FEATURE_SETS[feature_set].extract(waveform), no_frames)
    contours = measure_contours(waveform)
    return Measured(functionals.describe_contours(contours), contours.log_mel)
