"""VALUE  The sound itself, after decoding: mono samples and their sampling rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SAMPLING_RATE = 16_000
"""Hertz; what every recording is brought to.
Wide-band telephony and speech corpora use it: it keeps speech up to 8 kHz."""


@dataclass(frozen=True, slots=True, eq=False)
class Waveform:
    """Hold mono samples, float32 in [-1, 1], shape ``(n_samples,)``.

    Raises:
        ValueError: if the samples are not one-dimensional, finite float32.
    """

    samples: NDArray[np.float32]
    sampling_rate: int = SAMPLING_RATE

    def __post_init__(self) -> None:
        """Refuse what no later step could use."""
        if self.samples.ndim != 1 or self.samples.dtype != np.float32:
            shape, kind = self.samples.shape, self.samples.dtype
            message = f"samples must be one-dimensional float32, not {shape} {kind}"
            raise ValueError(message)
        if self.sampling_rate <= 0:
            message = f"a sampling rate must be positive, not {self.sampling_rate}"
            raise ValueError(message)
        # The ends show what is not finite, too, without an array of truths as long as an hour.
        if not np.isfinite((self.samples.min(initial=0), self.samples.max(initial=0))).all():
            message = "samples must be finite"
            raise ValueError(message)

    @property
    def seconds(self) -> float:
        """Give the duration in seconds."""
        return self.samples.size / self.sampling_rate

    def between(self, start: float, end: float) -> Waveform:
        """Give the part from ``start`` to ``end``, in seconds; no samples are copied."""
        first, last = (round(moment * self.sampling_rate) for moment in (start, end))
        return Waveform(self.samples[first:last], self.sampling_rate)

    def outline(self, n_stretches: int) -> NDArray[np.float64]:
        """Give the loudness of equal stretches, as root mean squares; the loudest has 1.

        There are fewer where there are fewer samples. All are 0 in silence.
        """
        edges = np.linspace(0, self.samples.size, n_stretches + 1).astype(np.intp)
        starts = np.unique(edges[:-1])
        # One by one: the squares of an hour at once would take hundreds of megabytes.
        power = [float(part @ part) / part.size for part in np.split(self.samples, starts[1:])]
        loudness = np.sqrt(power)
        relative: NDArray[np.float64] = loudness / (loudness.max() or 1.0)
        return relative
