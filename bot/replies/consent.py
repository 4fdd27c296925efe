"""PURE  What people let the bot learn from their voices: consent, and the baseline."""

from __future__ import annotations

from typing import Final

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.languages import gettext as _
from bot.languages import ngettext

CONSENT: Final = "consent"
BASELINE: Final = "baseline"
"""What the data of each button begin with."""
YES: Final = "yes"
NO: Final = "no"
"""What follows: whether the bot may learn."""


def ask_for_consent() -> str:
    """Ask somebody who has just said what a note was, once, whether that may be learnt."""
    question = _("🌱 <b>Thank you! May I learn from that?</b>")
    return f"{question}\n\n{tell_terms()}"


def tell_terms() -> str:
    """Say what is kept of somebody who consents, what it is for, and how it ends."""
    return _(
        "I would keep numbers that describe how your voice sounded, and what you said of it: never"
        " the recording. With them I get to know your voice and hear you better from the next note"
        " on, and when I am trained anew, everybody else too. The numbers stay with me: no other"
        " bot ever sees them. You can take that back at any time: /consent"
    )


def tell_consent(*, is_given: bool) -> str:
    """Give the answer to /consent: whether the bot may learn, and what that means."""
    if is_given:
        state = _("🌱 <b>I learn from your notes</b>, as you allowed me to.")
        kept = _(
            "I keep numbers that describe how your voice sounds, and what you said of your notes:"
            " never a recording. If you take that back, I delete them at once."
        )
        return f"{state}\n\n{kept}"
    state = _("🌱 <b>I do not learn from your notes.</b> May I?")
    return f"{state}\n\n{tell_terms()}"


def offer_consent() -> InlineKeyboardMarkup:
    """Give the two answers to the question."""
    yes = InlineKeyboardButton(_("Yes, learn from me"), callback_data=f"{CONSENT}:{YES}")
    no = InlineKeyboardButton(_("No, thank you"), callback_data=f"{CONSENT}:{NO}")
    return InlineKeyboardMarkup([[yes], [no]])


def offer_withdrawal() -> InlineKeyboardMarkup:
    """Give the button for whoever has consented and may think better of it."""
    label = _("Stop, and delete what you learnt")
    return InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=f"{CONSENT}:{NO}")]])


def confirm_consent(n_notes: int) -> str:
    """Say that the bot learns from now on, and from how many notes it does already."""
    thanks = _("✅ Thank you! I learn from your notes from now on. /baseline, /consent")
    if not n_notes:
        return thanks
    already = ngettext(
        "I know your voice from {number} note already.",
        "I know your voice from {number} notes already.",
        n_notes,
    ).format(number=n_notes)
    return f"{thanks}\n\n{already}"


def confirm_refusal() -> str:
    """Say that the bot learns nothing of whoever has never let it."""
    return _("👍 I keep nothing to learn from. If you change your mind: /consent")


def confirm_withdrawal(*, n_notes: int, n_lessons: int) -> str:
    """Say that a consent is taken back, and what was deleted with it."""
    parts = [
        _("✅ I no longer learn from your notes."),
        ngettext(
            "I have deleted how you usually sound, which I knew from {number} note.",
            "I have deleted how you usually sound, which I knew from {number} notes.",
            n_notes,
        ).format(number=n_notes),
        ngettext(
            "I have deleted {number} lesson that you gave me.",
            "I have deleted {number} lessons that you gave me.",
            n_lessons,
        ).format(number=n_lessons),
        _("What my model has learnt from you by now is gone after its next training."),
    ]
    return "\n".join(parts)


def tell_baseline(n_notes: int) -> str:
    """Give the answer to /baseline: from how many notes a voice is known, and what for."""
    known = ngettext(
        "👂 <b>I know your voice from {number} note.</b>",
        "👂 <b>I know your voice from {number} notes.</b>",
        n_notes,
    ).format(number=n_notes)
    use = _(
        "I hear each new note beside how you usually sound: a voice that is always loud or deep"
        " is not taken for an emotion. With every note I know it a little better."
    )
    return f"{known}\n\n{use}"


def tell_no_baseline() -> str:
    """Say how to have a baseline, to somebody who has not consented."""
    return _(
        "👂 I do not know your voice: I hear each of your notes as a stranger's. If you let me"
        " learn how you usually sound, I hear you better: /consent"
    )


def offer_reset() -> InlineKeyboardMarkup:
    """Give the button that makes a voice unknown again."""
    label = _("Forget how I usually sound")
    return InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=f"{BASELINE}:reset")]])


def confirm_reset() -> str:
    """Say that a voice is unknown again."""
    return _(
        "✅ I have forgotten how you usually sound, and begin anew with your next note."
        " What you told me of your notes I still know: /consent"
    )
