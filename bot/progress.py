"""VALUE  How far a retraining is: a step, how much of it is done, and what that is of the whole."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final, Literal, Self, get_args

Step = Literal["loading", "measuring", "fitting", "judging", "saving"]

_STEPS: Final[tuple[Step, ...]] = get_args(Step)
_WEIGHTS: Final = {"loading": 5, "measuring": 20, "fitting": 55, "judging": 20, "saving": 0}
"""About how long each step takes, beside the others."""
_LEAST_SHARE: Final = 0.1
"""Before so much is done, nobody can say how long the rest takes."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Hold how much of a step is done; ``is_measuring`` tells whether there are recordings, too."""

    step: Step = "loading"
    done: int = 0
    total: int = 1
    is_measuring: bool = False

    @property
    def share(self) -> float:
        """Give how much of the whole is done, from 0 to 1."""
        weights = _WEIGHTS if self.is_measuring else _WEIGHTS | {"measuring": 0}
        before = sum(weights[step] for step in _STEPS[: _STEPS.index(self.step)])
        inside = min(max(self.done / max(self.total, 1), 0.0), 1.0)
        return (before + weights[self.step] * inside) / sum(weights.values())

    def estimate_left(self, elapsed_seconds: float) -> float | None:
        """Give the seconds that are left, if enough is done to say."""
        if self.share < _LEAST_SHARE:
            return None
        return elapsed_seconds * (1 / self.share - 1)

    def read_next(self, line: bytes) -> Self:
        """Give the progress that a line of `ser retrain` tells of; the same if it tells of none."""
        try:
            told = json.loads(line)
            step, done, total = told["step"], int(told["done"]), int(told["total"])
        except (ValueError, TypeError, KeyError):
            return self
        if step not in _STEPS:
            return self
        return type(self)(step, done, total, is_measuring=self.is_measuring)
