"""PURE  The pages behind the commands: /start, /help, /about and /privacy, as HTML."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

from bot.replies import EMOJIS, format_percent, format_seconds

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMANDS: Final = (
    ("mood", "Reply to a voice message: how does it sound?"),
    ("help", "What I can do"),
    ("about", "The model, its figures and its limits"),
    ("privacy", "What happens to your recordings"),
)
"""The menu, in its order; each with what it does."""

_HEARS: Final = (
    "I hear <b>expression, not feelings</b>: how a voice sounds, never what a person feels or who"
    " they are. Female or male is how the voice sounds, too. I can be wrong."
)

_CONFIDENCE: Final = (
    "My confidence says how often I am right on recordings like those that I was tested on;"
    " other languages, children's voices and noise are harder."
)

START: Final = (
    "👋 <b>Hello!</b> Send me a voice note. I tell you which emotion I hear in it and whether the"
    " voice sounds female or male, each with how sure I am.\n\n"
    f"{_HEARS}\n\n"
    "Please ask before you send me somebody else's voice."
    " /privacy says what happens to recordings, /help what else I can do."
)

HELP: Final = (
    "<b>Here</b>: send a voice note, a video note, or a sound or video file.\n"
    "<b>In a group</b>: reply with /mood to a voice message. I listen to nothing else there.\n\n"
    "A whole sentence or more works best."
    " For recordings over 15 seconds I also show what prevailed when.\n\n"
    "/about the model, its figures and its limits\n"
    "/privacy what happens to your recordings"
)

PRIVACY: Final = (
    "🔒 <b>Your recordings</b>\n"
    "A recording is kept in memory while I listen, and is gone once I have answered."
    " I store no recording, no text, no name, and nothing of what I heard.\n"
    "In a group I listen to a voice message only when somebody replies to it with /mood.\n"
    "My logs hold errors, durations and numbers of updates; no content and no names.\n\n"
    f"{_HEARS}\n"
    "In the European Union it is forbidden to judge the emotions of people at work or at school"
    " with a system like me."
)


def describe(manifest: Mapping[str, Any], *, max_seconds: float) -> str:
    """Give the page about the model, from the manifest of the one that is loaded."""
    facts = [
        ("Trained on", _join(manifest.get("trained_on"))),
        ("Features", _join(manifest.get("feature_set", {}).get("name"))),
        ("Licence", _join(manifest.get("licence"))),
    ]
    paragraphs = [
        f"🧠 <b>Model</b> {_join(manifest.get('id'))}",
        f"Emotions: {' '.join(EMOJIS.values())}",
        *(f"{name}: {text}" for name, text in facts if text),
        *_list_figures("Right about unknown voices", manifest.get("figures", {})),
        *_list_figures("Right in recordings from elsewhere", manifest.get("unseen_corpora", {})),
        f"\n<b>Limits</b>: 20 MB and {format_seconds(max_seconds)} a recording. {_CONFIDENCE}",
        f"\n{_HEARS}",
    ]
    return "\n".join(paragraphs)


def _list_figures(title: str, figures: Mapping[str, Mapping[str, float | None]]) -> list[str]:
    """Give a line for each corpus: how often the model was right."""
    lines = []
    for corpus, shares in figures.items():
        told = [
            f"{name} {format_percent(share)}"
            for name, share in (
                ("emotion", shares.get("accuracy")),
                ("gender", shares.get("gender_accuracy")),
            )
            if share is not None
        ]
        lines.append(f"· {escape(corpus)}: {', '.join(told)}")
    return [f"\n<b>{title}</b>, corpus by corpus", *lines] if lines else []


def _join(value: object) -> str:
    """Give a value of the manifest, or several, as text that is safe in HTML."""
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        return escape(", ".join(str(part) for part in value))
    return escape(str(value))
