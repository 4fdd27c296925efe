"""PURE  The pages behind /start, /help and /about, as HTML; the menu of commands."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from bot.languages import gettext as _
from bot.languages import say_in
from bot.replies.formats import EMOJIS, format_percent, format_seconds

if TYPE_CHECKING:
    from collections.abc import Mapping


def list_commands(code: str) -> list[tuple[str, str]]:
    """Give the menu in a language, in its order: each command with what it does."""
    return say_in(code, _describe_commands)


def list_admin_commands(code: str) -> list[tuple[str, str]]:
    """Give the commands for the people who run the bot, which its menu shows to them only."""
    return say_in(code, _describe_admin_commands)


def greet() -> str:
    """Give the page of /start."""
    paragraphs = [
        _(
            "👋 <b>Hello!</b> Send me a voice note. I tell you which emotion I hear in it and"
            " whether the voice sounds female or male, each with how sure I am."
        ),
        tell_limits(),
        _(
            "Please ask before you send me somebody else's voice."
            " /privacy says what happens to recordings, /help what else I can do."
        ),
    ]
    return "\n\n".join(paragraphs)


def help_out() -> str:
    """Give the page of /help."""
    paragraphs = [
        _(
            "<b>Here</b>: send a voice note, a video note, or a sound or video file. A whole"
            " sentence or more works best. For recordings over 15 seconds I also show what"
            " prevailed when."
        ),
        _(
            "<b>In a group</b>: reply with /mood to a voice message, and I listen to it."
            " Once an admin sends <code>/listen on</code>, I listen to all voice messages there,"
            " and /mood alone tells how the group sounded in the last 24 hours;"
            " <code>/mood 7d</code> in the last 7 days."
        ),
        _(
            "<b>Was I wrong?</b> Say so with the buttons under my answer. If you let me learn from"
            " that, I hear you better the next time: /consent"
        ),
        "\n".join(f"/{name} — {text}" for name, text in _describe_commands()),
    ]
    return "\n\n".join(paragraphs)


def describe(manifest: Mapping[str, Any], *, max_seconds: float) -> str:
    """Give the page about the model, from the manifest of the one that is loaded."""
    facts = [
        (_("Trained on: {text}"), manifest.get("trained_on")),
        (_("Features: {text}"), manifest.get("feature_set", {}).get("name")),
        (_("Licence: {text}"), manifest.get("licence")),
    ]
    paragraphs = [
        _("🧠 <b>Model</b> {name}").format(name=_join(manifest.get("id"))),
        _("Emotions: {emojis}").format(emojis=" ".join(EMOJIS.values())),
        *(sentence.format(text=_join(value)) for sentence, value in facts if value),
        *_list_figures(
            _("<b>Right about unknown voices</b>, corpus by corpus"), manifest.get("figures", {})
        ),
        *_list_figures(
            _("<b>Right in recordings from elsewhere</b>, corpus by corpus"),
            manifest.get("unseen_corpora", {}),
        ),
        "\n"
        + _(
            "<b>Limits</b>: 20 MB and {duration} a recording."
            " My confidence says how often I am right on recordings like those that I was tested"
            " on; other languages, children's voices and noise are harder."
        ).format(duration=format_seconds(max_seconds)),
        f"\n{tell_limits()}",
    ]
    return "\n".join(paragraphs)


def tell_limits() -> str:
    """Say what the bot hears, and what it does not."""
    return _(
        "I hear <b>expression, not feelings</b>: how a voice sounds, never what a person feels or"
        " who they are. Female or male is how the voice sounds, too. I can be wrong."
    )


def _describe_commands() -> list[tuple[str, str]]:
    """Give each command with what it does."""
    return [
        ("mood", _("How a voice message sounds, or the whole chat")),
        ("listen", _("In a group: listen to all voice messages, on or off")),
        ("digest", _("The mood of the day, every day at the same time")),
        ("optout", _("In a group: never listen to me")),
        ("optin", _("In a group: listen to me again")),
        ("consent", _("May I learn from your notes?")),
        ("baseline", _("How well I know your voice")),
        ("language", _("The language that I speak")),
        ("privacy", _("What I keep, and for how long")),
        ("export", _("Everything that I hold about you")),
        ("forget", _("Delete everything that I hold about you")),
        ("about", _("The model, its figures and its limits")),
        ("help", _("What I can do")),
    ]


def _describe_admin_commands() -> list[tuple[str, str]]:
    """Give each command of those who run the bot with what it does."""
    return [
        ("retrain", _("Train me anew with what people told me")),
        ("models", _("My models, and which one answers")),
        ("rollback", _("Go back to an earlier model")),
        ("stats", _("How much I am used, and how fast I answer")),
    ]


def _list_figures(title: str, figures: Mapping[str, Mapping[str, float | None]]) -> list[str]:
    """Give a line for each corpus: how often the model was right."""
    lines = []
    for corpus, shares in figures.items():
        told = [
            sentence.format(percent=format_percent(share))
            for sentence, share in (
                (_("emotion {percent}"), shares.get("accuracy")),
                (_("gender {percent}"), shares.get("gender_accuracy")),
            )
            if share is not None
        ]
        lines.append(f"· {escape(corpus)}: {', '.join(told)}")
    return [f"\n{title}", *lines] if lines else []


def _join(value: object) -> str:
    """Give a value of the manifest, or several, as text that is safe in HTML."""
    if isinstance(value, (list, tuple)):
        return escape(", ".join(str(part) for part in value))
    return escape("" if value is None else str(value))
