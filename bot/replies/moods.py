"""PURE  A mood in words, and the words in its picture and in that of a note."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from bot.charts import MoodLabels, NoteLabels, Tick
from bot.languages import gettext as _
from bot.languages import ngettext
from bot.replies.formats import (
    EMOJIS,
    format_ago,
    format_clock,
    format_percent,
    name_emotion,
)
from ser_core.emotions import EMOTIONS

if TYPE_CHECKING:
    from datetime import datetime

    from bot.moods import Drift, Mood, TooFew
    from ser_core.recognition import Recognition

_UNIT_MINUTES: Final = {"day": 1440, "hour": 60, "minute": 1}


def title_mood(since: datetime, until: datetime, *, whose: Literal["group", "own", "day"]) -> str:
    """Give the title over a mood: that of a chat, of whoever asks, or of a day."""
    if whose == "day":
        return _("How this day sounded")
    title = (
        _("How this chat sounded · {span}") if whose == "group" else _("How you sounded · {span}")
    )
    return title.format(span=_format_span(*_measure(since, until)))


def tell_mood(mood: Mood, *, title: str) -> str:
    """Give a mood as HTML: what prevails, how it moved, how sure that is, from how many notes."""
    parts = [f"<b>{title}</b>", "", _tell_emotions(mood)]
    if mood.drift is not None:
        parts.append(_tell_drift(mood.drift))
    sure = _("How sure: {percent} a note, on average").format(
        percent=format_percent(mood.confidence)
    )
    return "\n".join([*parts, "", f"🎙 {_count_voices(mood)}", f"🎯 {sure}"])


def explain_too_few(too_few: TooFew, *, title: str) -> str:
    """Say that there is no mood to tell yet, and what it takes."""
    lines = [
        f"<b>{title}</b>",
        "",
        _("🤏 Too little was said to speak of a mood."),
        _("Voice notes: {number}, and it takes {least}").format(
            number=too_few.n_notes, least=too_few.min_notes
        ),
    ]
    if too_few.min_speakers > 1:
        lines.append(
            _("Speakers: {number}, and it takes {least}").format(
                number=too_few.n_speakers, least=too_few.min_speakers
            )
        )
    return "\n".join(lines)


def label_mood(mood: Mood, *, title: str) -> MoodLabels:
    """Give the words in the picture of a mood."""
    return MoodLabels(
        title=title,
        subtitle=_count_voices(mood),
        pleasant=_("pleasant"),
        unpleasant=_("unpleasant"),
        lively=_("lively"),
        quiet=_("quiet"),
        ticks=_label_time(mood.since, mood.until),
        emotions=_name_emotions(),
        shares=tuple(map(format_percent, mood.shares)),
    )


def label_note(recognition: Recognition) -> NoteLabels:
    """Give the words in the picture of a note."""
    subtitle = _("Speech: {speech} of {whole}").format(
        speech=format_clock(recognition.speech_seconds), whole=format_clock(recognition.seconds)
    )
    female, male = map(format_percent, recognition.genders)
    return NoteLabels(
        title=_("This note in detail"),
        subtitle=subtitle,
        unsure=_("faint: not sure"),
        ticks=(Tick(0.0, format_clock(0)), Tick(1.0, format_clock(recognition.seconds))),
        emotions=_name_emotions(),
        shares=tuple(map(format_percent, recognition.emotions)),
        genders=(
            _("sounds female: {percent}").format(percent=female),
            _("sounds male: {percent}").format(percent=male),
        ),
    )


def _tell_emotions(mood: Mood) -> str:
    """Name what prevails and what comes next; or the first three where nothing prevails."""
    shares = dict(zip(EMOTIONS, mood.shares, strict=True))
    first, *others = sorted(EMOTIONS, key=lambda emotion: -shares[emotion])[:3]
    named = {
        emotion: f"{EMOJIS[emotion]} {name_emotion(emotion)} {format_percent(shares[emotion])}"
        for emotion in (first, *others)
    }
    if not mood.is_sure:
        headline = _("🤔 <b>A mix</b> — no emotion clearly prevails:")
        return f"{headline}\n{' · '.join(named.values())}"
    headline = _("{emoji} <b>{emotion}</b> prevails — {percent}").format(
        emoji=EMOJIS[first], emotion=name_emotion(first), percent=format_percent(shares[first])
    )
    then = _("Then {second} · {third}").format(second=named[others[0]], third=named[others[1]])
    return f"{headline}\n{then}"


def _tell_drift(drift: Drift) -> str:
    """Say how the mood moved."""
    sentences = {
        ("up", "up"): _("📈 Towards the end it was more pleasant and livelier."),
        ("up", "steady"): _("📈 Towards the end it was more pleasant."),
        ("up", "down"): _("📈 Towards the end it was more pleasant and quieter."),
        ("steady", "up"): _("📈 Towards the end it was livelier."),
        ("steady", "steady"): _("➡️ It hardly changed from beginning to end."),
        ("steady", "down"): _("📉 Towards the end it was quieter."),
        ("down", "up"): _("📉 Towards the end it was livelier and less pleasant."),
        ("down", "steady"): _("📉 Towards the end it was less pleasant."),
        ("down", "down"): _("📉 Towards the end it was quieter and less pleasant."),
    }
    return sentences[drift]


def _count_voices(mood: Mood) -> str:
    """Say from how many notes and speakers a mood is."""
    notes = ngettext("{number} voice note", "{number} voice notes", mood.n_notes)
    speakers = ngettext("{number} speaker", "{number} speakers", mood.n_speakers)
    return " · ".join([notes.format(number=mood.n_notes), speakers.format(number=mood.n_speakers)])


def _label_time(since: datetime, until: datetime) -> tuple[Tick, ...]:
    """Give where on the way from 0 to 1 which words stand: the beginning, the middle, now.

    A clock would need the time zone of everybody who looks.
    """
    number, unit = _measure(since, until)
    marks = [Tick(1 - back / number, format_ago(back, unit)) for back in (number, number // 2)]
    return (*marks, Tick(1.0, _("now")))


def _measure(since: datetime, until: datetime) -> tuple[int, str]:
    """Give a time in the largest unit of which it has at least two."""
    minutes = round((until - since).total_seconds() / 60)
    unit = next(unit for unit, length in _UNIT_MINUTES.items() if minutes >= 2 * length)
    return round(minutes / _UNIT_MINUTES[unit]), unit


def _format_span(number: int, unit: str) -> str:
    """Give a number of days, hours or minutes."""
    texts = {
        "day": ngettext("{number} day", "{number} days", number),
        "hour": ngettext("{number} hour", "{number} hours", number),
        "minute": ngettext("{number} minute", "{number} minutes", number),
    }
    return texts[unit].format(number=number)


def _name_emotions() -> tuple[str, ...]:
    """Give the names of all emotions, in their order."""
    return tuple(map(name_emotion, EMOTIONS))
