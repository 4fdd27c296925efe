"""PURE  What the bot answers to a note: a recognition or an error becomes the HTML of a message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import TelegramError

from bot.errors import (
    AllBusy,
    ChatBusy,
    GaveUp,
    NoteDeleted,
    RecognitionFailed,
    Stopping,
    TooLate,
    UserBusy,
    WorkerBloated,
    WorkerDied,
    WorkerTimeout,
)
from bot.languages import gettext as _
from bot.languages import ngettext
from bot.replies.formats import (
    EMOJIS,
    draw_bar,
    format_clock,
    format_percent,
    format_position,
    format_seconds,
    name_emotion,
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

GENDER_SURE_FROM: Final = 0.7
"""Below this probability a voice is called hard to tell."""
TIMELINE_FROM_SECONDS: Final = 15.0
"""Longer notes get a timeline."""
CANCEL: Final = "cancel"
"""What the data of the button under a note that waits begin with."""
_TIMELINE_LINES: Final = 8


def tell(recognition: Recognition) -> str:
    """Give the answer to a note: emotion, runners-up, gender, and the timeline of a long one."""
    parts = [_tell_emotion(recognition), _tell_gender(recognition)]
    if recognition.seconds > TIMELINE_FROM_SECONDS:
        parts.append(_tell_timeline(recognition.segments))
    return "\n\n".join(part for part in parts if part)


def explain(error: Exception) -> str:
    """Give the answer to a note that was not recognised."""
    if isinstance(error, TelegramError):
        return _("📡 Telegram did not hand the recording over. Please send it again in a moment.")
    explanation = _EXPLANATIONS.get(type(error))
    return explanation(error) if explanation else apologise()


def apologise() -> str:
    """Say sorry for a mistake of ours."""
    return _("😔 Sorry, something went wrong on my side. Please try again in a moment.")


def give_notice() -> str:
    """Say what every chat must know before its first analysis."""
    return _(
        "<i>I hear how a voice sounds, not what a person feels, and I can be wrong. /privacy</i>"
    )


def tell_listening() -> str:
    """Say that the bot listens right now."""
    return _("👂 Listening…")


def tell_position(position: int) -> str:
    """Tell a sender how many turns it takes; 1 is first in line."""
    text = _("⏳ Busy right now: you are {position} in line.")
    return text.format(position=format_position(position))


def tell_restarting() -> str:
    """Say that a note is not lost while the bot is away."""
    return _("🔄 I am being restarted. Your answer comes by itself in a moment.")


def offer_cancelling(update_id: int) -> InlineKeyboardMarkup:
    """Give the button under the answer to a note as long as that waits; no other has the same."""
    button = InlineKeyboardButton(_("✖️ Cancel"), callback_data=f"{CANCEL}:{update_id}")
    return InlineKeyboardMarkup([[button]])


def confirm_cancelling() -> str:
    """Say that a note will not be listened to."""
    return _("👌 Cancelled: I do not listen to that one.")


def refuse_cancelling() -> str:
    """Say that it is too late to cancel."""
    return _("I am listening already. The answer comes in a moment.")


def explain_nothing_to_cancel() -> str:
    """Say that a note does not wait, or not for whoever wants to cancel it."""
    return _("There is nothing of yours to cancel here.")


def refuse_file() -> str:
    """Say that a file has no sound in it."""
    return _(
        "📎 That file is no audio. Send me a voice note, or a sound or video file,"
        " and I will listen."
    )


def invite() -> str:
    """Say what the bot is for, to somebody who sends something else."""
    return _("🎙 Send me a voice note and I will tell you how it sounds. /help")


def ask_for_reply() -> str:
    """Say how to have a voice message listened to."""
    return _("💡 Reply with /mood to a voice message, and I will listen to it.")


def refuse_silent_message() -> str:
    """Say that the message that somebody replied to has no sound in it."""
    return _(
        "🤷 There is nothing to listen to in that message. Reply with /mood to a voice message."
    )


def _tell_emotion(recognition: Recognition) -> str:
    """Name one emotion and two runners-up; or, when it is not sure, two or three candidates."""
    shares = dict(zip(EMOTIONS, recognition.emotions, strict=True))
    first, second, third = sorted(EMOTIONS, key=lambda emotion: -shares[emotion])[:3]
    named = {
        emotion: f"{EMOJIS[emotion]} {name_emotion(emotion)} {format_percent(shares[emotion])}"
        for emotion in (first, second, third)
    }
    if recognition.is_sure:
        then = _("Then {second} · {third}").format(second=named[second], third=named[third])
        name, percent = name_emotion(first), format_percent(shares[first])
        return f"{EMOJIS[first]} <b>{name}</b> — {percent}\n{draw_bar(shares[first])}\n{then}"
    candidates = [first, second] if shares[third] < shares[first] / 2 else [first, second, third]
    headline = _("🤔 <b>Not sure</b> — I hear a mix:")
    return "\n".join([headline, *(named[name] for name in candidates)])


def _tell_gender(recognition: Recognition) -> str:
    """Say how the voice sounds, which is no statement about a person."""
    if recognition.gender_confidence < GENDER_SURE_FROM:
        shares = zip(GENDERS, map(format_percent, recognition.genders), strict=True)
        return _("Voice: hard to tell — female {female}, male {male}").format(**dict(shares))
    texts = {
        "female": _("Voice: sounds female — {percent}"),
        "male": _("Voice: sounds male — {percent}"),
    }
    percent = format_percent(recognition.gender_confidence)
    return texts[recognition.gender].format(percent=percent)


def _tell_timeline(segments: tuple[Segment, ...]) -> str:
    """List what prevailed when; nothing where it was one emotion, or not sure, all along."""
    stretches = draw_timeline(segments, max_stretches=_TIMELINE_LINES)
    if len(stretches) == 1:
        return ""
    return "\n".join(
        f"{format_clock(start)}\u2013{format_clock(end)} {_name_stretch(emotion)}"
        for start, end, emotion in stretches
    )


def _name_stretch(emotion: str | None) -> str:
    """Name the emotion of a stretch; what is not sure is said in a low voice."""
    return f"{EMOJIS[emotion]} {name_emotion(emotion)}" if emotion else _("🤔 <i>not sure</i>")


_EXPLANATIONS: Final[dict[type[Exception], Callable[[Any], str]]] = {
    TooLarge: lambda error: _(
        "📦 That recording is too large: I can fetch {megabytes} MB at most."
        " Please send a shorter one."
    ).format(megabytes=error.max_bytes // 2**20),
    Undecodable: lambda _error: _(
        "🔇 I cannot read any sound from that. Please send a voice note, or a common format"
        " such as MP3, M4A, OGG or WAV."
    ),
    DecodeTimeout: lambda _error: _(
        "🐌 Reading the sound took too long. Please send a shorter recording, or a voice note."
    ),
    TooShort: lambda error: _(
        "🤏 That was too short for me: I need at least {duration}. Say a whole sentence, please."
    ).format(duration=format_seconds(error.min_seconds)),
    TooLong: lambda error: _("📏 That is too long for me: I listen to {duration} at most.").format(
        duration=format_seconds(error.max_seconds)
    ),
    NoSpeech: lambda _error: _(
        "🤫 I hear no speech in that. Is the microphone on, and close enough?"
    ),
    UserBusy: lambda error: ngettext(
        "✋ You already have {number} unanswered note with me."
        " Send this one again when they are answered, please.",
        "✋ You already have {number} unanswered notes with me."
        " Send this one again when they are answered, please.",
        error.max_per_user,
    ).format(number=error.max_per_user),
    ChatBusy: lambda error: ngettext(
        "✋ This chat already has {number} unanswered note with me."
        " Ask me again when they are answered, please.",
        "✋ This chat already has {number} unanswered notes with me."
        " Ask me again when they are answered, please.",
        error.max_per_chat,
    ).format(number=error.max_per_chat),
    AllBusy: lambda _error: _(
        "🚦 Too many people are talking to me at once. Please send this again in a minute."
    ),
    TooLate: lambda error: _(
        "⌛ Sorry, I could not listen to that within {duration}, and I do not answer notes older"
        " than that. If you still want to know, please send it again."
    ).format(duration=format_seconds(error.max_minutes * 60)),
    GaveUp: lambda _error: _(
        "😔 Sorry, I broke down each time that I listened to that recording, so I leave it now."
        " Other notes work."
    ),
    NoteDeleted: lambda _error: _(
        "🗑 You took that note back before I could listen to it, so I leave it."
    ),
    Stopping: lambda _error: tell_restarting(),
    WorkerDied: lambda _error: _(
        "😔 Sorry, I stumbled over that recording and lost it. I am up again:"
        " other notes work, and this one may if you send it once more."
    ),
    WorkerBloated: lambda _error: _(
        "😔 Sorry, that recording is too much for me: it took more memory than I have."
        " A shorter one may work."
    ),
    WorkerTimeout: lambda _error: _(
        "😔 Sorry, I gave up on that recording: it took me too long. A shorter one may work."
    ),
    RecognitionFailed: lambda _error: apologise(),
}
