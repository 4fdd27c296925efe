"""How long one recording takes, from its bytes to an answer, for each of several systems."""

from __future__ import annotations

import time
from statistics import median
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from threadpoolctl import threadpool_limits

from ser_core.decode import DecodeLimits, decode
from ser_core.features import FEATURE_SETS
from ser_core.pipeline import speech_of
from ser_core.systems.trial import apply_settings, blind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ser_core.corpora import Clip
    from ser_core.systems.system import System

N_CLIPS: Final = 12
"""So many clips, evenly taken from all; the one in the middle is told."""

_LIMITS: Final = DecodeLimits(min_seconds=0.1)
_NO_HELP: Final = {"cache": None, "copies": 0}
"""Settings of an estimator of clips with which it answers as if it never saw the recording."""


def clock_systems(
    systems: Sequence[System], estimators: Mapping[str, Any], clips: Sequence[Clip]
) -> dict[str, float]:
    """Give the milliseconds that each fitted system needs for a recording, in one thread.

    It is the processor's time, and all take turns with each recording: whatever else the machine
    does matters little, and hits all alike.
    """
    ways = {system.name: _find_way(system, estimators[system.name]) for system in systems}
    chosen = [clips[number] for number in np.linspace(0, len(clips) - 1, N_CLIPS).astype(int)]
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    with threadpool_limits(1):
        for clip in (chosen[0], *chosen):  # the first time warms up
            for name, recognise in ways.items():
                start = time.process_time()
                recognise(clip)
                seconds[name].append(time.process_time() - start)
    return {name: 1000 * median(each[1:]) for name, each in seconds.items()}


def _find_way(system: System, estimator: Any) -> Callable[[Clip], Any]:  # noqa: ANN401 - scikit-learn publishes no types
    """Give the function that recognises one recording."""
    if system.feature_set is None:
        known = estimator.get_params()
        apply_settings(estimator, {name: _NO_HELP[name] for name in _NO_HELP if name in known})
        return lambda clip: estimator.predict_proba(np.array([blind(clip)], object))
    extract = FEATURE_SETS[system.feature_set].extract

    def recognise(clip: Clip) -> Any:  # noqa: ANN401 - as above
        waveform = decode(clip.path.read_bytes(), _LIMITS)
        return estimator.predict_proba(extract(speech_of(waveform))[np.newaxis])

    return recognise
