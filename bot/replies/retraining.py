"""PURE  A retraining in words: how far it is, how it ended, what the new model is worth."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final, Literal

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.languages import gettext as _
from bot.languages import ngettext
from bot.replies.comparison import format_share
from bot.replies.formats import draw_bar, format_number, format_percent, format_seconds

if TYPE_CHECKING:
    from bot.comparison import Comparison, Failure, Group
    from bot.progress import Progress, Step

Verdict = Literal["promoted", "refused", "good", "bad", "overtaken"]
"""What becomes of a challenger; "good" and "bad" are those of dry runs."""

PROMOTE: Final = "promote"
"""What the data of the button begin with that makes a model the champion."""

_MAX_DATA_BYTES: Final = 64
"""So much Telegram lets a button hold."""


def refuse_stranger() -> str:
    """Say that something is only for those who run the bot."""
    return _("🔑 That is for the people who run me.")


def show_form() -> str:
    """Show how to have the bot retrained."""
    return _(
        "💡 Ask me like this: <code>/retrain</code>; <code>/retrain dry</code> to see what a new"
        " model would be worth; <code>/retrain cancel</code>"
    )


def show_progress(progress: Progress, seconds_left: float | None, *, is_dry: bool) -> str:
    """Say how far a retraining is, and how long it will take."""
    title = _("🎓 <b>Dry run</b>") if is_dry else _("🎓 <b>Retraining</b>")
    line = _name_step(progress.step)
    if seconds_left is not None:
        left = _("about {duration} left").format(duration=_format_roughly(seconds_left))
        line = f"{line} · {left}"
    return "\n".join(
        [
            title,
            f"{draw_bar(progress.share)} {format_percent(progress.share)}",
            line,
            "",
            _("I go on answering voice notes. /retrain cancel ends this."),
        ]
    )


def tell_running(name: str, seconds: float) -> str:
    """Say who began the retraining that runs, and how long ago."""
    text = _("⏳ {name} began a retraining {duration} ago. /retrain cancel ends it.")
    return text.format(name=escape(name), duration=format_seconds(max(seconds, 1.0)))


def tell_nothing_running() -> str:
    """Say that there is no retraining to be cancelled."""
    return _("💤 No retraining is running.")


def confirm_cancelling() -> str:
    """Say that a retraining is told to end."""
    return _("🛑 I am ending the retraining.")


def tell_cancelled() -> str:
    """Say that a retraining was cancelled."""
    return _("🛑 <b>Cancelled.</b> The model in use is unchanged.")


def tell_interrupted() -> str:
    """Say that a retraining ended because the bot did."""
    return _("🔌 <b>Interrupted</b>, for I was restarted. The model in use is unchanged.")


def tell_failed(reason: str = "") -> str:
    """Say that a retraining failed, and why, where the people who run the bot can mend it."""
    text = _("❌ <b>The retraining failed.</b> The model in use is unchanged.")
    more = _("The log tells more.")
    return "\n\n".join([text, *([f"<code>{escape(reason)}</code>"] if reason else []), more])


def tell_result(comparison: Comparison, verdict: Verdict) -> str:
    """Say what a new model is worth beside the one in use, and what becomes of it."""
    lines = [
        _name_verdict(verdict),
        "",
        _("🎯 <b>Right about voices that neither has learnt from</b>, before → after"),
        *map(_compare_group, comparison.groups),
        _compare_confidence(comparison.groups[0]),
        "",
        *_tell_learnt(comparison),
    ]
    if comparison.failures:
        lines += ["", _("📉 <b>Where it is worse</b>"), *map(_tell_failure, comparison.failures)]
    name = f"<code>{escape(comparison.challenger)}</code>"
    return "\n".join([*lines, "", _("🧠 <b>Model</b> {name}").format(name=name)])


def caption_comparison(comparison: Comparison) -> str:
    """Give what stands below the picture of a comparison."""
    name = f"<code>{escape(comparison.challenger)}</code>"
    return _("🧠 <b>Model</b> {name}").format(name=name)


def offer_promotion(model_id: str, *, is_good: bool) -> InlineKeyboardMarkup:
    """Give the button that makes a model the champion, worse or not."""
    label = _("Promote it") if is_good else _("Promote it all the same")
    data = f"{PROMOTE}:{model_id}".encode()[:_MAX_DATA_BYTES].decode(errors="ignore")
    return InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=data)]])


def _name_verdict(verdict: Verdict) -> str:
    """Say what becomes of a new model."""
    texts = {
        "promoted": _("✅ <b>The new model answers from now on.</b> /rollback undoes it."),
        "refused": _("✋ <b>The model in use stays</b>: the new one is worse."),
        "good": _("🧪 <b>Dry run:</b> the new model is nowhere worse, and would go live."),
        "bad": _("🧪 <b>Dry run:</b> the new model is worse, and would not go live."),
        "overtaken": _(
            "✋ <b>The model in use was changed meanwhile</b>, and this one was compared with the"
            " one before. You decide."
        ),
    }
    return texts[verdict]


def _name_step(step: Step) -> str:
    """Give the name of a step."""
    texts = {
        "loading": _("Gathering what I know"),
        "measuring": _("Listening to recordings"),
        "fitting": _("Learning"),
        "judging": _("Comparing old and new"),
        "saving": _("Saving"),
    }
    return texts[step]


def _name_group(name: str) -> str:
    """Give the name of a group of recordings."""
    texts = {
        "all": _("all voices"),
        "female": _("female voices"),
        "male": _("male voices"),
        "feedback": _("what people told me"),
    }
    return texts.get(name, escape(name))


def _compare_group(group: Group) -> str:
    """Say how often both models are right in one group."""
    recordings = ngettext("{number} recording", "{number} recordings", group.n_clips)
    before, after = map(format_share, group.accuracy)
    return "· " + _("{group}: {before} → {after} ({recordings})").format(
        group=_name_group(group.name),
        before=before,
        after=after,
        recordings=recordings.format(number=group.n_clips),
    )


def _compare_confidence(group: Group) -> str:
    """Say by how much both models are surer than they are right, or less sure."""
    before, after = map(format_share, group.ece)
    text = _("· confidence is off by: {before} → {after}")
    return text.format(before=before, after=after)


def _tell_learnt(comparison: Comparison) -> list[str]:
    """Say what the new model has learnt from."""
    lessons = ngettext("{number} lesson", "{number} lessons", comparison.n_lessons)
    people = ngettext("{number} person", "{number} people", comparison.n_people)
    lines = [
        _("🎓 Learnt from {lessons} of {people}, beside what I brought along.").format(
            lessons=lessons.format(number=comparison.n_lessons),
            people=people.format(number=comparison.n_people),
        )
    ]
    if comparison.n_corpus_clips:
        text = ngettext(
            "And from {number} recording of yours.",
            "And from {number} recordings of yours.",
            comparison.n_corpus_clips,
        )
        lines.append(text.format(number=comparison.n_corpus_clips))
    if comparison.n_doubtful:
        text = ngettext(
            "{number} lesson contradicts what I hear so much that it counted little.",
            "{number} lessons contradict what I hear so much that they counted little.",
            comparison.n_doubtful,
        )
        lines.append(text.format(number=comparison.n_doubtful))
    return lines


def _tell_failure(failure: Failure) -> str:
    """Say in which group and by what a new model is worse, and how sure that is."""
    texts = {
        "accuracy": _("· {group}: right less often, by {points} points (p = {p})"),
        "calibration": _("· {group}: confidence less honest, by {points} points (p = {p})"),
    }
    return texts[failure.measure].format(
        group=_name_group(failure.group),
        points=format_number(100 * abs(failure.difference), n_digits=2),
        p=format_number(failure.p, n_digits=2),
    )


def _format_roughly(seconds: float) -> str:
    """Give a duration as roughly as it is known: in steps of five seconds, or half a minute."""
    step = 30 if seconds >= 60 else 5  # noqa: PLR2004  a minute
    return format_seconds(max(round(seconds / step) * step, step))
