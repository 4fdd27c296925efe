"""PURE  What the bot answers to a note: a recognition or an error becomes the HTML of a message.

Pages such as /help stand in `bot.pages`; nothing else in the bot holds wording.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from telegram.error import TelegramError

from bot.errors import (
    AllBusy,
    RecognitionFailed,
    Stopping,
    UserBusy,
    WorkerDied,
    WorkerTimeout,
)
from bot.timeline import draw_timeline
from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.errors import (
    DecodeTimeout,
    NoSpeech,
    TooLarge,
    TooLong,
    TooShort,
    Undecodable,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from ser_core.recognition import Recognition, Segment

EMOJIS: Final = {
    "neutral": "😐",
    "calm": "😌",
    "happy": "😊",
    "sad": "😢",
    "angry": "😠",
    "fearful": "😨",
    "disgust": "🤢",
    "surprised": "😲",
}
_NAMES: Final = {emotion: emotion.capitalize() for emotion in EMOTIONS} | {"disgust": "Disgusted"}

LISTENING: Final = "👂 Listening…"
NOTICE: Final = (
    "<i>I hear how a voice sounds, not what a person feels, and I can be wrong. /privacy</i>"
)
"""Said once in a chat, before the first analysis there."""
APOLOGY: Final = "😔 Sorry, something went wrong on my side. Please try again in a moment."
TELEGRAM_TROUBLE: Final = (
    "📡 Telegram did not hand the recording over. Please send it again in a moment."
)
NOT_AUDIO: Final = (
    "📎 That file is no audio. Send me a voice note, or a sound or video file, and I will listen."
)
HINT: Final = "🎙 Send me a voice note and I will tell you how it sounds. /help"
MOOD_NEEDS_REPLY: Final = "💡 Reply with /mood to a voice message, and I will listen to it."
MOOD_NEEDS_AUDIO: Final = (
    "🤷 There is nothing to listen to in that message. Reply with /mood to a voice message."
)

GENDER_SURE_FROM: Final = 0.7
"""Below this probability a voice is called hard to tell."""
TIMELINE_FROM_SECONDS: Final = 15.0
"""Longer notes get a timeline."""
_TIMELINE_LINES: Final = 8
_BAR_CELLS: Final = 10
_ORDINALS: Final = (
    *("first", "second", "third", "fourth", "fifth"),
    *("sixth", "seventh", "eighth", "ninth", "tenth"),
)


def tell(recognition: Recognition) -> str:
    """Give the answer to a note: emotion, runners-up, gender, and the timeline of a long one."""
    parts = [_tell_emotion(recognition), _tell_gender(recognition)]
    if recognition.seconds > TIMELINE_FROM_SECONDS:
        parts.append(_tell_timeline(recognition.segments))
    return "\n\n".join(part for part in parts if part)


def explain(error: Exception) -> str:
    """Give the answer to a note that was not recognised."""
    if isinstance(error, TelegramError):
        return TELEGRAM_TROUBLE
    explanation = _EXPLANATIONS.get(type(error))
    return explanation(error) if explanation else APOLOGY


def tell_position(position: int) -> str:
    """Tell a sender how many turns it takes; 1 is first in line."""
    return f"⏳ Busy right now: you are {format_ordinal(position)} in line."


def format_ordinal(number: int) -> str:
    """Give first, second, … tenth, 11th, 12th, 13th, … 21st, 22nd, 23rd and so on."""
    if 1 <= number <= len(_ORDINALS):
        return _ORDINALS[number - 1]
    is_teen = 11 <= number % 100 <= 13  # noqa: PLR2004  11th, 12th, 13th
    ending = "th" if is_teen else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def format_percent(probability: float) -> str:
    """Give a probability in per cent; never all or nothing, which no model may claim."""
    percent = round(100 * probability)
    if percent > 99:  # noqa: PLR2004  the last whole number below certainty
        return "over 99 %"
    return f"{percent} %" if percent else "under 1 %"


def format_seconds(seconds: float) -> str:
    """Give a duration in the unit that people would use."""
    for unit, size in (("hour", 3600), ("minute", 60)):
        if seconds >= size:
            amount = seconds / size
            return f"{amount:.3g} {unit}{'' if amount == 1 else 's'}"
    return f"{seconds:.2g} second{'' if seconds == 1 else 's'}"


def _tell_emotion(recognition: Recognition) -> str:
    """Name one emotion and two runners-up; or, when it is not sure, two or three candidates."""
    shares = dict(zip(EMOTIONS, recognition.emotions, strict=True))
    first, *others = sorted(EMOTIONS, key=lambda emotion: -shares[emotion])[:3]
    named = {
        emotion: f"{EMOJIS[emotion]} {_NAMES[emotion]} {format_percent(shares[emotion])}"
        for emotion in (first, *others)
    }
    if recognition.is_sure:
        headline = f"{EMOJIS[first]} <b>{_NAMES[first]}</b> — {format_percent(shares[first])}"
        return (
            f"{headline}\n{_draw_bar(shares[first])}\nThen {named[others[0]]} · {named[others[1]]}"
        )
    second, third = others
    candidates = [first, second] if shares[third] < shares[first] / 2 else [first, second, third]
    return "🤔 <b>Not sure</b> — I hear a mix:\n" + "\n".join(named[name] for name in candidates)


def _tell_gender(recognition: Recognition) -> str:
    """Say how the voice sounds, which is no statement about a person."""
    if recognition.gender_confidence >= GENDER_SURE_FROM:
        confidence = format_percent(recognition.gender_confidence)
        return f"Voice: sounds {recognition.gender} — {confidence}"
    shares = zip(GENDERS, recognition.genders, strict=True)
    both = ", ".join(f"{gender} {format_percent(share)}" for gender, share in shares)
    return f"Voice: hard to tell — {both}"


def _tell_timeline(segments: tuple[Segment, ...]) -> str:
    """List what prevailed when; nothing where it was one emotion, or not sure, all along."""
    stretches = draw_timeline(segments, max_stretches=_TIMELINE_LINES)
    if len(stretches) == 1:
        return ""
    return "\n".join(
        f"{_format_clock(start)}\u2013{_format_clock(end)} {_name_stretch(emotion)}"
        for start, end, emotion in stretches
    )


def _name_stretch(emotion: str | None) -> str:
    """Name the emotion of a stretch; what is not sure is said in a low voice."""
    return f"{EMOJIS[emotion]} {_NAMES[emotion]}" if emotion else "🤔 <i>not sure</i>"


def _format_clock(seconds: float) -> str:
    """Give a moment as minutes and seconds, such as 1:05."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"


def _draw_bar(share: float) -> str:
    """Draw a share of 1 as a row of cells."""
    n_full = round(share * _BAR_CELLS)
    return "▰" * n_full + "▱" * (_BAR_CELLS - n_full)


_EXPLANATIONS: Final[dict[type[Exception], Callable[[Any], str]]] = {
    TooLarge: lambda error: (
        f"📦 That recording is too large: I can fetch {error.max_bytes // 2**20} MB at most."
        " Please send a shorter one."
    ),
    Undecodable: lambda _: (
        "🔇 I cannot read any sound from that. Please send a voice note, or a common format"
        " such as MP3, M4A, OGG or WAV."
    ),
    DecodeTimeout: lambda _: (
        "🐌 Reading the sound took too long. Please send a shorter recording, or a voice note."
    ),
    TooShort: lambda error: (
        f"🤏 That was too short for me: I need at least {format_seconds(error.min_seconds)}."
        " Say a whole sentence, please."
    ),
    TooLong: lambda error: (
        f"📏 That is too long for me: I listen to {format_seconds(error.max_seconds)} at most."
    ),
    NoSpeech: lambda _: "🤫 I hear no speech in that. Is the microphone on, and close enough?",
    UserBusy: lambda error: (
        f"✋ You already have {error.max_per_user} unanswered"
        f" {'note' if error.max_per_user == 1 else 'notes'} with me."
        " Send this one again when they are answered, please."
    ),
    AllBusy: lambda _: (
        "🚦 Too many people are talking to me at once. Please send this again in a minute."
    ),
    Stopping: lambda _: "🔄 I am being restarted. Please send this again in a minute.",
    WorkerDied: lambda _: (
        "😔 Sorry, I stumbled over that recording and lost it. I am up again:"
        " other notes work, and this one may if you send it once more."
    ),
    WorkerTimeout: lambda _: (
        "😔 Sorry, I gave up on that recording: it took me too long. A shorter one may work."
    ),
    RecognitionFailed: lambda _: APOLOGY,
}
