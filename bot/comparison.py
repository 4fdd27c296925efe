"""VALUE  A challenger beside the champion: what `ser retrain` reports, read from its JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

Measure = Literal["accuracy", "calibration"]
Matrix = tuple[tuple[int, ...], ...]


class Pair(NamedTuple):
    """Hold one figure of both."""

    champion: float
    challenger: float


class Bin(NamedTuple):
    """Hold, of the answers of a like confidence, their mean confidence, accuracy and share."""

    confidence: float
    accuracy: float
    share: float


@dataclass(frozen=True, slots=True)
class Group:
    """Hold the figures on one group of clips: ``all``, ``female``, ``male`` or ``feedback``."""

    name: str
    n_clips: int
    n_speakers: int
    accuracy: Pair
    uar: Pair
    ece: Pair


@dataclass(frozen=True, slots=True)
class Failure:
    """Say where the challenger is worse; ``difference`` is below 0, ``p`` that of the test.

    The difference is that of accuracy, or of the Brier score with its sign turned.
    """

    group: str
    measure: Measure
    difference: float
    p: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Hold how a challenger compares with the champion on speakers that neither ever heard.

    ``confusion`` holds the counts of both, truths down and answers across, in the order of the
    emotions; ``reliability`` the bins of both.
    """

    champion: str
    challenger: str
    n_base: int
    n_corpus_clips: int
    n_lessons: int
    n_people: int
    n_doubtful: int
    groups: tuple[Group, ...]
    confusion: tuple[Matrix, Matrix]
    reliability: tuple[tuple[Bin, ...], tuple[Bin, ...]]
    failures: tuple[Failure, ...]

    @property
    def passes(self) -> bool:
        """Tell whether the challenger is nowhere worse."""
        return not self.failures

    @classmethod
    def parse(cls, report: Mapping[str, Any]) -> Self:
        """Give the comparison that a report holds."""
        both = ("champion", "challenger")
        return cls(
            champion=report["champion"],
            challenger=report["challenger"],
            **{f"n_{name}": number for name, number in report["learnt"].items()},
            groups=tuple(_parse_group(each) for each in report["groups"]),
            confusion=tuple(tuple(map(tuple, report["confusion"][one])) for one in both),  # type: ignore[arg-type]  # mypy cannot count a tuple made of a generator
            reliability=tuple(
                tuple(Bin(**bin_) for bin_ in report["reliability"][one]) for one in both
            ),  # type: ignore[arg-type]  # the same
            failures=tuple(Failure(**each) for each in report["failures"]),
        )


def _parse_group(group: Mapping[str, Any]) -> Group:
    """Give the figures of a group."""
    return Group(
        group["name"],
        group["n_clips"],
        group["n_speakers"],
        *(Pair(*group[figure]) for figure in ("accuracy", "uar", "ece")),
    )
