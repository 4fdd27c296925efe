"""PURE  Sums of notes become a mood: what prevails, how it moved, and how sure that is.

A mood is that of all voices together; nothing in it tells who sounded how.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from math import sqrt
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from ser_core.emotions import AFFECT, EMOTIONS, Affect
from ser_core.recognition import SURE_FROM

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.sums import Slice, Sums
    from ser_core.recognition import Recognition

MIN_NOTES: Final = 3
"""Fewer notes say something about notes, not about a mood."""
MIN_SPEAKERS: Final = 2
"""The mood of fewer speakers would tell on one person."""
MAX_COUNTED_SECONDS: Final = 60.0
"""More speech than this in one note does not count, so that no monologue is the group's mood."""
MIN_LEAD: Final = 0.05
"""An emotion whose share is ahead by less does not prevail, however many notes say so."""
MIN_DRIFT: Final = 0.1
"""Valence and arousal span 2; what moved by less than a twentieth of that has not moved."""

Course = Literal["up", "steady", "down"]


@dataclass(frozen=True, slots=True)
class Moment:
    """Hold the mood around one point in time: the middle of a slice that has notes.

    ``shares`` are those of `EMOTIONS`, in their order; they sum to 1. ``weight`` says how much
    the moment counts. Valence and arousal are in [-1, 1].
    """

    middle: datetime
    n_notes: int
    weight: float
    shares: tuple[float, ...]
    valence: float
    arousal: float


class Drift(NamedTuple):
    """Say where valence and arousal went from the earlier half of the speech to the later."""

    valence: Course
    arousal: Course


@dataclass(frozen=True, slots=True)
class Mood:
    """Hold how all notes of a time sounded together.

    ``shares`` are those of `EMOTIONS`, in their order; they sum to 1. ``confidence`` is the
    probability of a note's first emotion, on average. ``is_sure`` says that ``emotion`` is really
    ahead of the others. ``drift`` is None where all notes fall into one moment.
    """

    since: datetime
    until: datetime
    n_notes: int
    n_speakers: int
    shares: tuple[float, ...]
    confidence: float
    is_sure: bool
    valence: float
    arousal: float
    drift: Drift | None
    moments: tuple[Moment, ...]

    @property
    def emotion(self) -> str:
        """Give the emotion with the largest share."""
        return EMOTIONS[self.shares.index(max(self.shares))]


@dataclass(frozen=True, slots=True)
class TooFew:
    """Stand where a mood would be a guess, and say what there was and what it takes."""

    n_notes: int
    n_speakers: int
    min_notes: int
    min_speakers: int


def weigh(recognition: Recognition) -> float:
    """Give how much a note counts: its seconds of speech, up to a minute, times its confidence.

    Long notes say more about a mood than a short "ok", and a note that the model cannot make out
    should not drown the clear ones. The confidence is a calibrated probability, so it is how often
    the note is heard rightly.
    """
    return min(recognition.speech_seconds, MAX_COUNTED_SECONDS) * recognition.emotion_confidence


def read_mood(sums: Sums, *, min_speakers: int = MIN_SPEAKERS) -> Mood | TooFew:
    """Give the mood of the notes, or say that they are too few; one person's own needs 1 speaker.

    Each share is the mean of the notes' probabilities by their weight.
    """
    if sums.n_notes < MIN_NOTES or sums.n_speakers < min_speakers:
        return TooFew(sums.n_notes, sums.n_speakers, MIN_NOTES, min_speakers)
    heard = [part for part in sums.slices if part.weight > 0]
    shares = _mix(heard)
    affect = _place(shares)
    confidence = sums.confidence_sum / sum(part.weight for part in heard)
    half = (sums.until - sums.since) / len(sums.slices) / 2
    return Mood(
        since=sums.since,
        until=sums.until,
        n_notes=sums.n_notes,
        n_speakers=sums.n_speakers,
        shares=shares,
        confidence=confidence,
        is_sure=confidence >= SURE_FROM and _leads(shares, sums.n_notes),
        valence=affect.valence,
        arousal=affect.arousal,
        drift=_find_drift(heard, sums.n_notes) if len(heard) > 1 else None,
        moments=tuple(_read_moment(part, part.start + half) for part in heard),
    )


def _read_moment(part: Slice, middle: datetime) -> Moment:
    """Give the mood of one slice."""
    shares = _mix([part])
    return Moment(middle, part.n_notes, part.weight, shares, *_place(shares))


def _mix(slices: Sequence[Slice]) -> tuple[float, ...]:
    """Give the shares of the emotions in several slices."""
    weight = sum(part.weight for part in slices)
    columns = zip(*(part.emotions for part in slices), strict=True)
    return tuple(sum(column) / weight for column in columns)


def _place(shares: Sequence[float]) -> Affect:
    """Give the mean valence and arousal of the emotions by their shares."""
    affects = list(zip(shares, AFFECT.values(), strict=True))
    return Affect(
        sum(share * affect.valence for share, affect in affects),
        sum(share * affect.arousal for share, affect in affects),
    )


def _leads(shares: Sequence[float], n_notes: int) -> bool:
    """Tell whether the first share is ahead by more than other notes would have changed.

    That is the standard error of the difference between two shares of one sample, which is too
    large here, where a note is no vote but spreads over the emotions: so this errs to the safe
    side. Source: variance and covariance of the multinomial distribution.
    """
    first, second = sorted(shares, reverse=True)[:2]
    lead = first - second
    return lead >= max(MIN_LEAD, sqrt((first + second - lead**2) / n_notes))


def _find_drift(slices: Sequence[Slice], n_notes: int) -> Drift:
    """Cut the slices where half of the speech is over, and compare both sides.

    Valence and arousal of `EMOTIONS` spread by 0.5 about their mean. If those of the notes do,
    the means of two halves of them differ by 1/sqrt(n_notes) by chance; so much is no drift.
    """
    weights = [part.weight for part in slices]
    before = list(accumulate(weights))[:-1]
    cut = min(range(len(before)), key=lambda place: abs(before[place] - sum(weights) / 2)) + 1
    earlier, later = _place(_mix(slices[:cut])), _place(_mix(slices[cut:]))
    threshold = max(MIN_DRIFT, 1 / sqrt(n_notes))
    return Drift(
        _name_course(later.valence - earlier.valence, threshold),
        _name_course(later.arousal - earlier.arousal, threshold),
    )


def _name_course(change: float, threshold: float) -> Course:
    """Say which way something went."""
    if abs(change) < threshold:
        return "steady"
    return "up" if change > 0 else "down"
