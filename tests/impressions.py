"""Impressions that are made up: what notes leave behind, in small."""

from __future__ import annotations

import numpy as np

from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.speaker import Impression

SOURCE = "functionals 1"


def make_impression(value: float = 1.0, *, source: str = SOURCE) -> Impression:
    """Give an impression whose numbers all follow from one."""
    return Impression(
        source=source,
        vector=np.array([value, value / 3], np.float32),
        views=np.full((2, len(EMOTIONS)), -value, np.float32),
        genders=np.full(len(GENDERS), value / 2, np.float32),
    )
