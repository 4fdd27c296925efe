"""PURE  The models that are kept: which there are, which one answers, and how that is changed."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, NamedTuple

from bot.languages import gettext as _
from bot.languages import ngettext
from bot.replies.comparison import format_share

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


class Listed(NamedTuple):
    """Hold what is told of one model; the one that ships has no id, no date and no figures."""

    id: str | None
    made_at: datetime | None = None
    maker: str | None = None
    accuracy: float | None = None
    n_lessons: int = 0
    is_live: bool = False
    reason: str = ""
    """Why it cannot be used, if so."""


def list_models(models: Sequence[Listed], *, n_more: int) -> str:
    """Give the page of /models; so many more are older than those in it."""
    paragraphs = [_("🧠 <b>Models</b>, the newest first"), *map(_describe, models)]
    if n_more:
        text = ngettext("and {number} older one", "and {number} older ones", n_more)
        paragraphs.insert(-1, text.format(number=n_more))
    form = _(
        "/rollback returns to the model before, <code>/rollback ID</code> to any of these;"
        " the first letters of its name are enough. <code>/rollback default</code> is the one that"
        " I came with."
    )
    return "\n\n".join([*paragraphs, form])


def name_model(model_id: str | None) -> str:
    """Give the name of a model in a sentence; None is the one that ships."""
    return _("the one that I came with") if model_id is None else f"<code>{escape(model_id)}</code>"


def confirm_promotion(model_id: str | None) -> str:
    """Say which model answers from now on."""
    text = _("✅ <b>From now on another model answers:</b> {name}. /rollback undoes it.")
    return text.format(name=name_model(model_id))


def tell_live_already(model_id: str | None) -> str:
    """Say that a model answers already."""
    return _("👍 That model answers already: {name}.").format(name=name_model(model_id))


def explain_unusable(model_id: str | None, reason: str) -> str:
    """Say why a model cannot be used."""
    text = _("❌ That model cannot be used: {name}. The one in use stays.").format(
        name=name_model(model_id)
    )
    return f"{text}\n\n<code>{escape(reason)}</code>"


def explain_unknown(name: str) -> str:
    """Say that no model, or more than one, is called so."""
    text = _("🤷 No model, or more than one, has a name that begins so: {name}")
    return text.format(name=f"<code>{escape(name)}</code>")


def explain_nothing_before() -> str:
    """Say that there is no model to return to."""
    return _("💤 There is no model before this one: I came with it.")


def _describe(model: Listed) -> str:
    """Give the lines about one model."""
    if model.id is None:
        lines = [_("📦 <b>The one that I came with</b>")]
    else:
        lines = [f"• <code>{escape(model.id)}</code>", " · ".join(_list_facts(model))]
    if model.is_live:
        lines.append(_("✅ answers now"))
    if model.reason:
        lines.append(_("⚠️ cannot be used: {reason}").format(reason=escape(model.reason)))
    return "\n".join(lines)


def _list_facts(model: Listed) -> list[str]:
    """Give what is known of a model: when it was made, how good it is, what it learnt, by whom."""
    facts = []
    if model.made_at is not None:
        facts.append(f"{model.made_at:%Y-%m-%d %H:%M}")
    if model.accuracy is not None:
        facts.append(_("{percent} right").format(percent=format_share(model.accuracy)))
    lessons = ngettext("{number} lesson", "{number} lessons", model.n_lessons)
    facts.append(lessons.format(number=model.n_lessons))
    if model.maker is not None:
        facts.append(_("by {name}").format(name=escape(model.maker)))
    return facts
