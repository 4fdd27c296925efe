from __future__ import annotations

import numpy as np

from ser_core.features import classic
from ser_core.features.mfcc_mel import COLUMNS, extract_mfcc_mel
from ser_core.synthesis import speak


def test_the_columns_are_those_of_classic180_without_chroma() -> None:
    voice = speak(seconds=1.0)
    chosen = [classic.COLUMNS.index(name) for name in COLUMNS]
    found = extract_mfcc_mel(voice)
    assert len(COLUMNS) == 168
    assert not any("chroma" in name for name in COLUMNS)
    assert found.dtype == np.float32
    assert np.array_equal(found, classic.extract_classic(voice)[chosen])
