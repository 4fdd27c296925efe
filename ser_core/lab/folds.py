"""PURE  The folds that every system is tried on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ser_core.errors import CorpusError
from ser_core.evaluation.protocols import Fold, Protocol, split

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ser_core.corpora import Clip

PROTOCOLS: Final[tuple[Protocol, ...]] = ("unseen-speakers", "random-split")
"""The one that decides comes first."""

N_SPLITS: Final = 3
"""How often clips are parted at random: one split alone may be lucky."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Hold a fold, the protocol that it belongs to, and its number there, from 0."""

    protocol: Protocol
    number: int
    fold: Fold


def part_clips(
    clips: Sequence[Clip],
    protocols: Sequence[Protocol] = PROTOCOLS,
    *,
    n_splits: int = N_SPLITS,
    seed: int = 0,
) -> tuple[Part, ...]:
    """Give the folds of unseen speakers and the random splits, those of seed, seed + 1, ...

    Raises:
        CorpusError: if the clips cannot be parted so.
    """
    parts = []
    for protocol in protocols:
        if protocol == "unseen-speakers":
            folds = split(clips, protocol)
            for fold in folds:
                refuse_known_speakers(clips, fold)
        else:
            folds = tuple(
                split(clips, protocol, seed=each)[0] for each in range(seed, seed + n_splits)
            )
        parts += [Part(protocol, number, fold) for number, fold in enumerate(folds)]
    return tuple(parts)


def refuse_known_speakers(clips: Sequence[Clip], fold: Fold) -> None:
    """Make sure that nobody stands on both sides.

    Raises:
        CorpusError: if somebody does.
    """
    sides = ({clips[number].speaker for number in side} for side in (fold.train, fold.test))
    both = set.intersection(*sides)
    if both:
        message = f"not unseen: {', '.join(sorted(both))} would be learnt from and tested on"
        raise CorpusError(message)
