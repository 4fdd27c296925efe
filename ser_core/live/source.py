"""VALUE  Sound that comes as time passes, whatever it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

MOST_SECONDS: Final = 30.0
"""So much is kept at most of what nobody asked for yet."""


class Part(NamedTuple):
    """Hold the samples that came since the part before, at 16 kHz.

    ``n_lost`` came before these, and were too many to be kept.
    """

    samples: Samples
    n_lost: int = 0


class Source(Protocol):
    """Stand for anything that sound comes from."""

    @property
    def name(self) -> str:
        """Give what a person calls it."""

    def take(self, seconds: float) -> Part | None:
        """Wait for about so many seconds of new sound, and give all that is there by then.

        At the end it gives what is left, and then None.
        """
