"""VALUE  What is known of one speaker: what recordings left behind, and what was said of them.

None of it can be turned back into sound.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self

import numpy as np

if TYPE_CHECKING:
    from ser_core.features.spectrum import Matrix
    from ser_core.recognition import Recognition

PRIOR_CLIPS: Final = 4.0
"""How many clips of its own a baseline must have to count half: shrinkage towards the population,
as with a conjugate prior on a mean. Source: Gelman et al. (2013), "Bayesian data analysis", 3rd
edition, section 2.5; the number was chosen on one fold of RAVDESS."""

MOST_CLIPS: Final = 30
"""So many clips a baseline remembers: later ones push earlier ones out, for telephones change.
Training simulates up to so many."""

MOST_LESSONS: Final = 32
"""So many of a speaker's latest lessons bear on the next answer."""

_NUMBER: Final = "<f4"
"""How numbers are packed: single precision, the lowest byte first."""


@dataclass(frozen=True, slots=True, eq=False)
class Impression:
    """Hold what one recording left behind: its vector, and what the encoder's heads say.

    ``vector`` has shape ``(n_columns,)``, in the feature set's own units, so it outlives a model;
    ``views`` are the encoder's logits ``(n_corpora + 1, 8)``, ``genders`` ``(2,)``, without rows
    where there is no encoder. ``source`` names what measured both: impressions of different
    sources cannot be compared.
    """

    source: str
    vector: Matrix
    views: Matrix
    genders: Matrix

    def to_bytes(self) -> bytes:
        """Give the impression as bytes, some 7 kB."""
        return _pack({"source": self.source}, self.vector, self.views, self.genders)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Give the impression that became these bytes.

        Raises:
            ValueError: if they are something else; nothing in them can run.
        """
        facts, (vector, views, genders) = _unpack(data)
        return cls(facts["source"], vector, views, genders)


@dataclass(frozen=True, slots=True, eq=False)
class Baseline:
    """Hold how many clips of a speaker are known, and the means of what they left behind.

    ``mean`` has shape ``(n_columns,)``, ``views`` that of an impression's.
    """

    source: str
    n_clips: int
    mean: Matrix
    views: Matrix

    @classmethod
    def begin(cls, impression: Impression) -> Self:
        """Give the baseline after a first clip."""
        vector, views = (part.astype(np.float64) for part in (impression.vector, impression.views))
        return cls(impression.source, 1, vector, views)

    def add(self, impression: Impression) -> Baseline:
        """Give the baseline after one more clip; a clip of another source begins a new one."""
        if impression.source != self.source:
            return Baseline.begin(impression)
        n_clips = self.n_clips + 1
        share = 1 / min(n_clips, MOST_CLIPS)
        return Baseline(
            self.source,
            n_clips,
            self.mean + (impression.vector - self.mean) * share,
            self.views + (impression.views - self.views) * share,
        )

    @property
    def weight(self) -> float:
        """Give how much of the means counts, from 0 to 1."""
        n_clips = min(self.n_clips, MOST_CLIPS)
        return n_clips / (n_clips + PRIOR_CLIPS)

    def to_bytes(self) -> bytes:
        """Give the baseline as bytes, some 7 kB."""
        facts = {"source": self.source, "n_clips": self.n_clips}
        return _pack(facts, self.mean, self.views)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Give the baseline that became these bytes.

        Raises:
            ValueError: if they are something else; nothing in them can run.
        """
        facts, (mean, views) = _unpack(data)
        return cls(facts["source"], int(facts["n_clips"]), mean, views)


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """Hold what a speaker says that a recording sounded like, and what they had been told.

    ``emotion`` and ``gender`` are labels, None where nothing was said of it; ``told_emotions``
    and ``told_genders`` are the probabilities of the answer, in the order of the labels.
    """

    impression: Impression
    emotion: str | None
    gender: str | None
    told_emotions: tuple[float, ...]
    told_genders: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Speaker:
    """Hold what is known of one speaker; lessons stand in the order of time, the latest last."""

    baseline: Baseline | None = None
    lessons: tuple[Lesson, ...] = ()

    def keep_source(self, source: str) -> Speaker:
        """Give what a source measured of it; nothing else can be compared with what it hears."""
        baseline = self.baseline if self.baseline and self.baseline.source == source else None
        return Speaker(
            baseline, tuple(each for each in self.lessons if each.impression.source == source)
        )


class Perception(NamedTuple):
    """Hold what was heard in a recording, and what it left behind."""

    recognition: Recognition
    impression: Impression


def _pack(facts: dict[str, Any], *arrays: Matrix) -> bytes:
    """Give facts and the shapes of arrays as a line of JSON, and behind it their numbers."""
    line = json.dumps(facts | {"shapes": [each.shape for each in arrays]}).encode()
    return line + b"\n" + b"".join(each.astype(_NUMBER).tobytes() for each in arrays)


def _unpack(data: bytes) -> tuple[dict[str, Any], list[Matrix]]:
    """Give facts and arrays that became these bytes.

    Raises:
        ValueError: if they are something else.
    """
    line, _, numbers = data.partition(b"\n")
    arrays: list[Matrix] = []
    start = 0
    try:
        facts = json.loads(line)
        facts["source"] = str(facts["source"])
        for shape in facts["shapes"]:
            size = prod(shape)
            part = np.frombuffer(numbers, _NUMBER, size, start)
            arrays.append(part.reshape(shape).astype(np.float32))
            start += part.nbytes
    except (KeyError, TypeError, RecursionError, OverflowError) as error:
        message = f"this is nothing that was packed: {error!r}"
        raise ValueError(message) from error
    return facts, arrays
