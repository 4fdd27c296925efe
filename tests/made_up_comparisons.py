"""Comparisons of models that are made up."""

from __future__ import annotations

from bot.comparison import Bin, Comparison, Failure, Group, Matrix, Pair
from ser_core.emotions import EMOTIONS

BEFORE: Matrix = (
    (96, 11, 9, 18, 6, 7, 8, 5),
    (14, 118, 3, 19, 1, 2, 3, 0),
    (9, 4, 97, 6, 13, 12, 6, 13),
    (21, 15, 5, 88, 2, 16, 11, 2),
    (4, 0, 11, 2, 121, 6, 13, 3),
    (6, 2, 12, 22, 9, 91, 7, 11),
    (13, 3, 8, 12, 15, 9, 96, 4),
    (2, 0, 13, 1, 4, 8, 3, 65),
)
AFTER: Matrix = (
    (101, 10, 8, 17, 5, 6, 8, 5),
    (13, 122, 2, 18, 1, 1, 3, 0),
    (8, 4, 104, 5, 11, 11, 5, 12),
    (20, 14, 5, 95, 2, 14, 8, 2),
    (3, 0, 10, 2, 127, 5, 11, 2),
    (6, 2, 10, 20, 8, 99, 6, 9),
    (12, 3, 7, 11, 13, 8, 102, 4),
    (1, 0, 11, 1, 3, 7, 3, 70),
)


def make_bins(n: int = 9, *, bias: float = 0.0) -> tuple[Bin, ...]:
    """Give bins of answers that are right less often than they are sure, by a bias."""
    sure = [0.2 + 0.78 * place / (n - 1) for place in range(n)]
    weights = [1 + 6 * (1 - abs(each - 0.65)) ** 3 for each in sure]
    return tuple(
        Bin(each, max(each - bias, 0.0), weight / sum(weights))
        for each, weight in zip(sure, weights, strict=True)
    )


def make_comparison(*, failures: tuple[Failure, ...] = ()) -> Comparison:
    """Give a comparison in which the challenger is better, unless failures say otherwise."""
    accuracy = Pair(0.633, 0.672)
    groups = tuple(
        Group(name, n_clips, n_speakers, accuracy, accuracy, Pair(0.041, 0.026))
        for name, n_clips, n_speakers in (
            ("all", 1219, 48),
            ("female", 611, 24),
            ("male", 608, 24),
            ("feedback", 37, 5),
        )
    )
    return Comparison(
        champion="default",
        challenger="2026-03-02-7f3a",
        n_base=15_012,
        n_corpus_clips=0,
        n_lessons=184,
        n_people=12,
        n_doubtful=9,
        groups=groups,
        confusion=(BEFORE, AFTER),
        reliability=(make_bins(bias=0.06), make_bins(bias=0.01)),
        failures=failures,
    )


assert len(BEFORE) == len(AFTER) == len(EMOTIONS)
