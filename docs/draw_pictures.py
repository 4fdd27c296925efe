"""Draw the pictures of the docs: a mood, a note, a comparison, statistics, a recording.

All is made up; the voice of the recording babbles.

From the root of the project::

python docs/draw_pictures.py
"""
# ruff: noqa: INP001  a script is no part of a package

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast, get_args

import numpy as np
from PIL import Image

from bot.charts import Theme
from bot.charts.comparison import draw_comparison
from bot.charts.mood import draw_mood
from bot.charts.note import draw_note
from bot.charts.stats import draw_stats
from bot.comparison import Bin, Comparison, Group, Pair
from bot.moods import read_mood
from bot.replies.comparison import label_comparison
from bot.replies.moods import label_mood, label_note, title_mood
from bot.replies.stats import label_stats
from bot.statistics import Day, Latency, Statistics
from bot.sums import Slice, Sums
from ser_core.emotions import EMOTIONS
from ser_core.pipeline import listen_to_waveform
from ser_core.plots import draw_recording
from ser_core.recognition import Recognition, Segment
from ser_core.store import load_model
from ser_core.synthesis import speak
from ser_core.waveform import SAMPLING_RATE, Waveform

if TYPE_CHECKING:
    from bot.comparison import Matrix
    from bot.moods import Mood

IMAGES = Path(__file__).parent / "images"
UNTIL = datetime(2026, 5, 8, 22, tzinfo=UTC)
N_SPEAKERS = 6
SPEECH_SECONDS = 8.0
CONFIDENCE = 0.64
DAY: Final = {
    # An hour of the day: the notes in it, and how they sounded.
    7: (1, {"calm": 6, "neutral": 3, "sad": 1}),
    8: (3, {"neutral": 5, "calm": 3, "happy": 2, "fearful": 1}),
    9: (4, {"neutral": 5, "happy": 2, "fearful": 2, "sad": 1, "angry": 1}),
    11: (2, {"neutral": 4, "fearful": 3, "sad": 1, "angry": 2}),
    12: (5, {"angry": 7, "disgust": 2, "neutral": 2, "fearful": 1}),
    13: (4, {"angry": 5, "disgust": 2, "neutral": 3, "sad": 1}),
    14: (3, {"neutral": 4, "sad": 4, "angry": 2, "calm": 1}),
    15: (2, {"sad": 4, "neutral": 4, "calm": 2}),
    17: (3, {"surprised": 5, "happy": 3, "neutral": 2, "sad": 1}),
    18: (9, {"happy": 6, "surprised": 4, "neutral": 2}),
    19: (8, {"happy": 8, "surprised": 2, "neutral": 2, "calm": 1}),
    20: (6, {"happy": 7, "calm": 3, "neutral": 1, "surprised": 1}),
    21: (2, {"happy": 5, "calm": 5, "neutral": 1}),
}
NOTE: Final = (
    # From, until, in seconds, and how that sounded.
    (0.6, 11.2, {"happy": 70, "surprised": 18, "neutral": 12}),
    (12.1, 17.8, {"surprised": 42, "happy": 38, "fearful": 20}),
    (18.7, 27.5, {"sad": 64, "neutral": 20, "calm": 16}),
)
NOTE_SECONDS = 28.0
MISTAKES: Final = (
    # Of each 150 recordings of an emotion, how many were taken for which.
    (0, 11, 9, 18, 6, 7, 8, 5),
    (14, 0, 3, 19, 1, 2, 3, 0),
    (9, 4, 0, 6, 13, 12, 6, 13),
    (21, 15, 5, 0, 2, 16, 11, 2),
    (4, 0, 11, 2, 0, 6, 13, 3),
    (6, 2, 12, 22, 9, 0, 7, 11),
    (13, 3, 8, 12, 15, 9, 0, 4),
    (2, 0, 13, 1, 4, 8, 3, 0),
)
N_RECORDINGS = 150
VOICE: Final = (
    # How a voice babbles, with which seed, and how long it is silent after that.
    ("calm", 0, 1.5),
    ("fearful", 1, 1.2),
    ("sad", 1, 0.8),
)
N_COLOURS = 256
OPINIONS: Final = (
    # Of each day, how many agreed, of how many.
    *((1, 3), (0, 0), (2, 4), (1, 5), (2, 3), (3, 5), (0, 1), (4, 6), (0, 0), (0, 0)),
    *((0, 0), (0, 0), (0, 0), (0, 0), (0, 0), (0, 0), (0, 0), (2, 2), (5, 6), (3, 4)),
    *((2, 3), (4, 5), (0, 0), (3, 3), (5, 5), (0, 0), (4, 5), (0, 0), (6, 7), (3, 4)),
)


def main() -> None:
    """Write the pictures, those of the bot in both themes."""
    mood, note, comparison, statistics = make_mood(), make_note(), compare(), make_statistics()
    labels = label_mood(mood, title=title_mood(mood.since, mood.until, whose="group"))
    for theme in get_args(Theme):
        png = draw_mood(mood, theme=theme, labels=labels)
        (IMAGES / f"mood-{theme}.png").write_bytes(png)
        png = draw_note(note, theme=theme, labels=label_note(note))
        (IMAGES / f"note-{theme}.png").write_bytes(png)
        png = draw_comparison(comparison, theme=theme, labels=label_comparison(comparison))
        (IMAGES / f"comparison-{theme}.png").write_bytes(png)
        png = draw_stats(statistics, theme=theme, labels=label_stats(statistics))
        (IMAGES / f"stats-{theme}.png").write_bytes(png)
    draw_voice(IMAGES / "plot.png")


def make_mood() -> Mood:
    """Give the mood of a day in which a quarrel ends well."""
    since = UNTIL - timedelta(days=1)
    slices = tuple(make_slice(since + timedelta(hours=hour)) for hour in range(24))
    weight = sum(part.weight for part in slices)
    n_notes = sum(part.n_notes for part in slices)
    seconds = n_notes * SPEECH_SECONDS
    sums = Sums(since, UNTIL, slices, n_notes, N_SPEAKERS, seconds, weight * CONFIDENCE)
    return cast("Mood", read_mood(sums))  # there are enough notes


def make_slice(start: datetime) -> Slice:
    """Give what the notes of one hour add up to."""
    n_notes, parts = DAY.get(start.hour, (0, {}))
    weight = n_notes * SPEECH_SECONDS * CONFIDENCE
    return Slice(start, n_notes, weight, tuple(weight * share for share in mix(parts)))


def make_note() -> Recognition:
    """Give a note that begins happily and ends sadly."""
    segments = tuple(Segment(start, end, mix(parts)) for start, end, parts in NOTE)
    speech = tuple((start, end) for start, end, _parts in NOTE)
    lengths = [end - start for start, end in speech]
    emotions = tuple(
        sum(
            length * segment.emotions[place]
            for length, segment in zip(lengths, segments, strict=True)
        )
        / sum(lengths)
        for place in range(len(EMOTIONS))
    )
    times = [(place + 0.5) / 120 * NOTE_SECONDS for place in range(120)]
    return Recognition(
        emotions=emotions,
        genders=(0.94, 0.06),
        seconds=NOTE_SECONDS,
        speech_seconds=sum(lengths),
        segments=segments,
        model_id="made up",
        speech=speech,
        loudness=tuple(make_loudness(time) for time in times),
    )


def make_loudness(time: float) -> float:
    """Give how loud it is at a time: syllables that swell and fade, and pauses."""
    if not any(start <= time <= end for start, end, _parts in NOTE):
        return 0.05
    syllable = abs(math.sin(9.1 * time) * math.sin(3.7 * time + 1))
    phrase = abs(math.sin(0.55 * time + 0.4))
    return 0.12 + 0.88 * syllable * (0.35 + 0.65 * phrase)


def compare() -> Comparison:
    """Give a challenger that makes a sixth of the mistakes no more."""
    before, after = confuse(1.0), confuse(5 / 6)
    accuracy = Pair(measure_accuracy(before), measure_accuracy(after))
    n_clips = N_RECORDINGS * len(EMOTIONS)
    return Comparison(
        champion="default",
        challenger="made up",
        n_base=15_000,
        n_corpus_clips=0,
        n_lessons=184,
        n_people=12,
        n_doubtful=9,
        groups=(Group("all", n_clips, 48, accuracy, accuracy, Pair(0.058, 0.021)),),
        confusion=(before, after),
        reliability=(make_bins(0.07), make_bins(0.02)),
        failures=(),
    )


def confuse(share: float) -> Matrix:
    """Give what recordings are taken for when a share of the mistakes is made."""
    rows = [[round(share * count) for count in row] for row in MISTAKES]
    for place, row in enumerate(rows):
        row[place] = N_RECORDINGS - sum(row)
    return tuple(map(tuple, rows))


def measure_accuracy(matrix: Matrix) -> float:
    """Give the share on the diagonal."""
    n_right = sum(row[place] for place, row in enumerate(matrix))
    return n_right / sum(map(sum, matrix))


def make_bins(bias: float) -> tuple[Bin, ...]:
    """Give answers that are right less often than they are sure, by a bias that wavers."""
    sure = [0.25 + 0.1 * place for place in range(8)]
    shares = [math.exp(-(((each - 0.68) / 0.25) ** 2)) for each in sure]
    return tuple(
        Bin(each, each - bias * (1 + 0.5 * math.sin(9 * each)), share / sum(shares))
        for each, share in zip(sure, shares, strict=True)
    )


def make_statistics() -> Statistics:
    """Give a month in which the bot is heard of, and learns."""
    days = []
    for number, (n_right, n_opinions) in enumerate(OPINIONS):
        n_notes = round(25 + 1.5 * number + 14 * math.sin(number * 2 * math.pi / 7))
        days.append(Day(date(2026, 4, 9) + timedelta(number), n_notes, n_opinions, n_right))
    return Statistics(
        days=tuple(days),
        n_notes=sum(day.n_notes for day in days),
        n_people=56,
        n_groups=7,
        n_consents=19,
        n_lessons=184,
        latency=Latency(0.62, 1.4, 1.9, 4.4),
    )


def draw_voice(path: Path) -> None:
    """Draw a voice as `ser plot` does, in fewer colours: a page is loaded sooner."""
    voice = make_voice()
    recognition = listen_to_waveform(voice, load_model()).recognition
    buffer = BytesIO()
    draw_recording(voice, recognition, "voice.wav").savefig(buffer, dpi=110)
    Image.open(buffer).convert("RGB").quantize(N_COLOURS).save(path, optimize=True)


def make_voice() -> Waveform:
    """Give a voice that changes."""
    parts = [np.zeros(SAMPLING_RATE // 2, np.float32)]
    for emotion, seed, pause_seconds in VOICE:
        parts.append(speak(emotion, "female", seconds=4.0, seed=seed).samples)
        parts.append(np.zeros(round(pause_seconds * SAMPLING_RATE), np.float32))
    return Waveform(np.concatenate(parts))


def mix(parts: dict[str, int]) -> tuple[float, ...]:
    """Give shares of the emotions; those that are not named have a small one."""
    amounts = [parts.get(emotion, 0.1) for emotion in EMOTIONS]
    return tuple(amount / sum(amounts) for amount in amounts)


if __name__ == "__main__":
    main()
