"""PURE  What people's data are, and what they can do with them; details of a note; languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.languages import LANGUAGES, ngettext
from bot.languages import gettext as _
from bot.replies.pages import tell_limits

if TYPE_CHECKING:
    from collections.abc import Sequence

DETAILS: Final = "details"
DELETE: Final = "delete"
FORGET: Final = "forget"
LANGUAGE: Final = "language"
"""What the data of each button begin with."""


def offer_details(note_id: int, row: Sequence[InlineKeyboardButton] = ()) -> InlineKeyboardMarkup:
    """Give the buttons under an answer; ``row`` stands above them."""
    details = InlineKeyboardButton(_("🔎 Details"), callback_data=f"{DETAILS}:{note_id}")
    return _stack(row, [details, _offer_deletion(note_id)])


def offer_deletion(note_id: int, row: Sequence[InlineKeyboardButton] = ()) -> InlineKeyboardMarkup:
    """Give the buttons under an answer that shows its details already."""
    return _stack(row, [_offer_deletion(note_id)])


def confirm_deletion() -> str:
    """Say that what was heard in a note is deleted, and the answer to it."""
    return _("Deleted.")


def explain_old_answer() -> str:
    """Say that the bot may delete its data, but not a message of so long ago."""
    return _(
        "What I heard is deleted. Telegram does not let me delete so old a message:"
        " please delete it yourself."
    )


def explain_missing_note() -> str:
    """Say that there are no details of a note any more."""
    return _("I no longer have what I heard in that note.")


def refuse_stranger() -> str:
    """Say that a button is for somebody else."""
    return _("Only who sent the note can do that.")


def tell_privacy(*, retention_days: int) -> str:
    """Give the page of /privacy: what is kept, for how long, and what to do about it."""
    days = ngettext(
        "It is deleted after {number} day.", "It is deleted after {number} days.", retention_days
    ).format(number=retention_days)
    kept = _(
        "📝 <b>Of each note here</b>, and of voice messages in groups where /listen is on, I keep"
        " what I heard: how likely each emotion and a female or male voice are, over the whole note"
        " and part by part, where somebody speaks in it and how loud, how long it is, which model"
        " listened and how long that took, and how strange the note is to it. With that I keep"
        " Telegram's numbers of sender, chat, topic, message and file, and the time; and what you"
        " tell me of it: whether I was right, what it was, and when you said so. Of a forwarded"
        " note I keep no sender."
    )
    learnt = _(
        "🌱 <b>Only with your /consent</b> I keep numbers that describe how your voice sounds, in"
        " each note and in all of them together, how many notes those are (/baseline), and beside"
        " them what you said of a note and what I had said. I hear you better with them, and am"
        " trained anew on them. They stay until you take your consent back or send /forget; what"
        " models have learnt by then is gone after the next training. Without your consent, the"
        " numbers of your latest notes wait for it in memory only."
    )
    paragraphs = [
        _(
            "🔒 <b>Recordings</b> are kept in memory while I listen, and are gone once I have"
            " answered. I keep no sound. Whatever you send me waits for my answer as Telegram hands"
            " it over, with its text, your name and the place of my answer. Then it is deleted, and"
            " for two days I know only under which number it came, so that I answer it once."
        ),
        f"{kept} {days}",
        learnt,
        _(
            "⚙️ <b>Until you change it</b> I keep the language that you choose, whether you gave"
            " your /consent and when, where you said /optout, and of each chat its settings and"
            " whether I have introduced myself there."
        ),
        _(
            "👥 In groups where /listen is off I listen only to the voice message that somebody"
            " replies to with /mood, and keep nothing of it."
        ),
        _(
            "🔑 Of the people who run me I keep who had me trained or chose a model: their number,"
            " the chat, the message and the time, and while a training runs, their name."
        ),
        _("My logs hold errors, durations and numbers of updates; no content and no names."),
        _("/export sends you everything that I hold about you, /forget deletes it."),
        tell_limits(),
        _(
            "In the European Union it is forbidden to judge the emotions of people at work or at"
            " school with a system like me."
        ),
    ]
    return "\n\n".join(paragraphs)


def present_export() -> str:
    """Say what the file with somebody's data is."""
    return _("📦 Everything that I hold about you, as JSON.")


def refuse_in_public(command: str) -> str:
    """Say that one's data are no matter for a group."""
    text = _("🔒 That is between you and me: please send me {command} in our private chat.")
    return text.format(command=f"/{command}")


def ask_to_forget() -> str:
    """Ask whether all should be deleted, and say what that is."""
    return _(
        "🗑 <b>Shall I forget you?</b> I delete your notes that wait for an answer,"
        " what I heard in all the others, here and in groups,"
        " what you said of them and what I learnt from that, how your voice sounds, your consent,"
        " your language, and the settings of this chat. That cannot be undone. Only where you said"
        " /optout remains, so that I go on leaving you alone there."
    )


def offer_to_forget() -> InlineKeyboardMarkup:
    """Give the two answers to that question."""
    yes = InlineKeyboardButton(_("Yes, delete everything"), callback_data=f"{FORGET}:yes")
    no = InlineKeyboardButton(_("No, keep it"), callback_data=f"{FORGET}:no")
    return InlineKeyboardMarkup([[yes], [no]])


def confirm_forgetting(n_notes: int) -> str:
    """Say that all is deleted, and of how many notes."""
    return ngettext(
        "✅ Everything is deleted, with what I heard in {number} note.",
        "✅ Everything is deleted, with what I heard in {number} notes.",
        n_notes,
    ).format(number=n_notes)


def confirm_keeping() -> str:
    """Say that nothing is deleted."""
    return _("👍 I have deleted nothing.")


def ask_for_language() -> str:
    """Ask which language to speak."""
    return _("🌍 Which language shall I speak here?")


def offer_languages() -> InlineKeyboardMarkup:
    """Give a button for each language, in that language, two in a row."""
    buttons = [
        InlineKeyboardButton(name, callback_data=f"{LANGUAGE}:{code}")
        for code, name in LANGUAGES.items()
    ]
    return InlineKeyboardMarkup([buttons[at : at + 2] for at in range(0, len(buttons), 2)])


def confirm_language(code: str) -> str:
    """Say which language is spoken from now on."""
    return _("👍 From now on I speak this language: {language}.").format(language=LANGUAGES[code])


def refuse_language() -> str:
    """Say how to name a language, and which there are."""
    codes = ", ".join(f"{code} ({name})" for code, name in LANGUAGES.items())
    text = _("💡 Name a language by its code, such as <code>/language de</code>. I speak {codes}.")
    return text.format(codes=codes)


def refuse_member() -> str:
    """Say that a group's language is a matter for its admins."""
    return _("🔑 In a group, only its admins choose the language that I speak.")


def _offer_deletion(note_id: int) -> InlineKeyboardButton:
    """Give the button that deletes what was heard in a note."""
    return InlineKeyboardButton(_("🗑 Delete"), callback_data=f"{DELETE}:{note_id}")


def _stack(*rows: Sequence[InlineKeyboardButton]) -> InlineKeyboardMarkup:
    """Give rows of buttons, without empty ones."""
    return InlineKeyboardMarkup([row for row in rows if row])
