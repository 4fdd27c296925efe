"""PURE  The manners of the bot in groups: listening, opting out, moods on request, the digest."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.languages import gettext as _
from bot.languages import ngettext

if TYPE_CHECKING:
    from datetime import time

MOOD: Final = "mood"
"""What the data of the button under a mood begin with."""

REACTIONS: Final = {
    "neutral": "😐",
    "calm": "🕊",
    "happy": "😁",
    "sad": "😢",
    "angry": "😡",
    "fearful": "😨",
    "disgust": "🤮",
    "surprised": "🤯",
}
"""The emoji of each emotion among those with which Telegram lets a bot react.

Source: https://core.telegram.org/bots/api#reactiontypeemoji
"""


def greet_group() -> str:
    """Give the first words in a group."""
    return _(
        "👋 <b>Hello!</b> Reply with /mood to a voice message, and I tell how it sounds."
        " I listen to nothing else here, unless an admin says /listen on. /help"
    )


def explain_listening(manner: str, *, retention_days: int) -> str:
    """Tell a group once what it means that the bot listens, what is kept, and how to opt out."""
    days = ngettext(
        "That is deleted after {number} day; sound, text and names I never keep. /privacy",
        "That is deleted after {number} days; sound, text and names I never keep. /privacy",
        retention_days,
    ).format(number=retention_days)
    paragraphs = [
        _(
            "👂 <b>From now on I listen here.</b> I hear which emotion each voice message and video"
            " note expresses, so that /mood can tell how the group sounds, all voices together."
            " Forwarded ones I leave alone."
        ),
        tell_manner(manner),
        _("📝 I keep what I heard, and who sent it when.") + f" {days}",
        _(
            "🙋 Say /optout, and I never analyse you here and delete what I have kept of you here."
            " Admins end it for everybody: /listen off"
        ),
        _("I hear expression, not feelings, and I can be wrong."),
    ]
    return "\n\n".join(paragraphs)


def tell_manner(manner: str) -> str:
    """Say how the bot shows what it heard; by one of "reaction", "reply" and "silent"."""
    texts = {
        "reaction": _("When I am sure, I react with an emoji; otherwise I stay quiet."),
        "reply": _("I reply to each of them with what I heard."),
        "silent": _("I say nothing until somebody asks with /mood."),
    }
    return texts[manner]


def explain_privacy_mode(username: str) -> str:
    """Say that Telegram keeps voice messages from the bot, and how to change that."""
    return _(
        "🙉 But Telegram does not let me hear you: my privacy mode is on. Make me an admin of"
        " this group; or have my owner send /setprivacy to @BotFather, choose @{username} and"
        " Disable, then remove me from the group and add me again."
    ).format(username=escape(username))


def confirm_silence() -> str:
    """Say that the bot listens no more."""
    return _(
        "🤐 I no longer listen here, except to a voice message that somebody replies to with /mood."
    )


def tell_listening(manner: str) -> str:
    """Say that the bot listens, in which manner, and how to change it."""
    return "\n\n".join([_("👂 I listen here."), tell_manner(manner), show_listening_form()])


def tell_not_listening() -> str:
    """Say that the bot does not listen, and how to change it."""
    return "\n\n".join([_("🤐 I do not listen here."), show_listening_form()])


def show_listening_form() -> str:
    """Show how to switch listening."""
    return _(
        "💡 Admins switch it so: <code>/listen on</code> or <code>/listen off</code>;"
        " or name how I show what I hear:"
        " <code>/listen on reaction</code>, <code>reply</code>, <code>silent</code>"
    )


def refuse_non_admin(form: str) -> str:
    """Say that something is for admins; ``form`` is the command that one of them can send."""
    text = _("🔑 Only an admin of this group can do that. Ask one to send: <code>{form}</code>")
    return text.format(form=escape(form))


def refuse_outside_groups() -> str:
    """Say that something is for groups only."""
    return _("👥 That is for groups. Here I answer every voice note you send me.")


def confirm_opt_out() -> str:
    """Say that somebody is left alone from now on."""
    return _(
        "🙈 I never analyse you in this group, whoever asks, and what I had kept of you here is"
        " deleted. /optin undoes it."
    )


def confirm_opt_in() -> str:
    """Say that somebody is heard again as everybody is."""
    return _("👍 In this group I treat your voice messages like everybody's. /optout undoes it.")


def refuse_anonymous() -> str:
    """Say that somebody hides who they are, which Telegram lets admins and channels do."""
    return _("🥸 I cannot see who you are. Please write in your own name.")


def respect_opt_out() -> str:
    """Say that a voice message is not analysed because its speaker wants that."""
    return _("🙈 Who speaks there has opted out, so I leave it alone.")


def tell_opt_out() -> str:
    """Say to those who ask for their own mood that they opted out of it."""
    return _("🙈 You opted out in this group, so I know nothing of you here. /optin undoes it.")


def suggest_listening() -> str:
    """Say why a group has no mood yet."""
    return _(
        "💡 I do not listen in this group. Reply with /mood to a voice message;"
        " or an admin says /listen on, and then I know how the group sounds."
    )


def show_mood_form() -> str:
    """Show how to ask for a mood."""
    return _(
        "💡 Ask me like this: <code>/mood</code>, <code>/mood 1h</code>, <code>24h</code>,"
        " <code>7d</code> or <code>30d</code>; <code>/mood me</code> for yourself;"
        " or reply with /mood to a voice message."
    )


def name_theme(theme: str) -> str:
    """Give the label of the button that draws a picture anew in a theme, "light" or "dark"."""
    return {"light": _("☀️ Light"), "dark": _("🌙 Dark")}[theme]


def offer_theme(theme: str, data: str) -> InlineKeyboardMarkup:
    """Give the button that draws the picture above it in another theme."""
    button = InlineKeyboardButton(name_theme(theme), callback_data=f"{MOOD}:{theme}:{data}")
    return InlineKeyboardMarkup([[button]])


def refuse_button() -> str:
    """Say that a picture cannot be drawn anew: it is somebody else's, or its notes are gone."""
    return _("I cannot draw this picture anew. Ask with /mood for a new one.")


def confirm_digest(at: time, zone: str) -> str:
    """Say when the digest comes."""
    return _(
        "🗓 Every day at {time} ({zone}) I tell how the day sounded. On days with too few voice"
        " notes for that I stay quiet. /digest off ends it."
    ).format(time=f"{at:%H:%M}", zone=escape(zone))


def confirm_no_digest() -> str:
    """Say that no digest comes."""
    return _("🗓 There is no daily digest here.")


def show_digest_form() -> str:
    """Show how to set the digest."""
    return _(
        "💡 Name the time: <code>/digest 20:00</code>, or with your time zone"
        " <code>/digest 20:00 Europe/Madrid</code>; <code>/digest off</code> ends it."
    )


def refuse_zone(zone: str) -> str:
    """Say that there is no such time zone, and how they are called."""
    return _(
        "🌍 I know no time zone {zone}. They are called like this:"
        " <code>/digest 20:00 Europe/Madrid</code>"
    ).format(zone=f"<i>{escape(zone[:40])}</i>")
