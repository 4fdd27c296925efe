"""PURE  How much the bot is used, how fast it answers and how often people agree, for admins."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, NamedTuple

from bot.charts import StatsLabels, Tick
from bot.languages import gettext as _
from bot.languages import ngettext
from bot.replies.formats import format_ago, format_seconds

if TYPE_CHECKING:
    from bot.statistics import Statistics


class Now(NamedTuple):
    """Hold what is going on at this moment."""

    n_waiting: int
    n_working: int
    n_workers: int
    model_id: str


def tell_stats(statistics: Statistics, now: Now) -> str:
    """Give the figures as HTML."""
    voices = ngettext(
        "I listen in {number} group", "I listen in {number} groups", statistics.n_groups
    )
    lines = [
        f"📊 <b>{_title(statistics)}</b>",
        "",
        f"🎙 {_count(statistics)}",
        f"👂 {voices.format(number=statistics.n_groups)}",
        f"🎓 {_tell_learning(statistics)}",
        f"🎯 {_tell_agreement(statistics)}",
        f"⏱ {_tell_latency(statistics)}",
        "",
        "🚶 "
        + _("Now: {n_waiting} in line, {n_working} in the works; workers: {n_workers}").format(
            n_waiting=now.n_waiting, n_working=now.n_working, n_workers=now.n_workers
        ),
        "🧠 " + _("Model: {name}").format(name=f"<code>{escape(now.model_id)}</code>"),
    ]
    return "\n".join(lines)


def label_stats(statistics: Statistics) -> StatsLabels:
    """Give the words in the picture of the figures."""
    n_days = len(statistics.days)
    latency = statistics.latency or ()
    shares = tuple(_("{number} %").format(number=number) for number in (100, 50, 0))
    names = (_("half"), *(_("{number} %").format(number=number) for number in (90, 95, 99)))
    return StatsLabels(
        title=_title(statistics),
        subtitle=_count(statistics),
        notes=_("Voice notes a day"),
        most=str(max(day.n_notes for day in statistics.days)),
        agreement=_("People agree"),
        opinions=_share_opinions(statistics),
        shares=(shares[0], shares[1], shares[2]),
        ticks=(
            Tick(0.0, format_ago(n_days, "day")),
            Tick(0.5, format_ago(n_days // 2, "day")),
            Tick(1.0, _("now")),
        ),
        latency=_("From note to answer"),
        names=names[: len(latency)],
        seconds=tuple(map(format_seconds, latency)),
    )


def _title(statistics: Statistics) -> str:
    """Say which time the figures are of."""
    number = len(statistics.days)
    return ngettext("The last {number} day", "The last {number} days", number).format(number=number)


def _count(statistics: Statistics) -> str:
    """Say how many notes there were, and from how many people."""
    notes = ngettext("{number} voice note", "{number} voice notes", statistics.n_notes)
    people = ngettext("{number} person", "{number} people", statistics.n_people)
    return " · ".join(
        [notes.format(number=statistics.n_notes), people.format(number=statistics.n_people)]
    )


def _tell_learning(statistics: Statistics) -> str:
    """Say who lets the bot learn, and how much there is to learn from."""
    people = ngettext(
        "{number} person lets me learn", "{number} people let me learn", statistics.n_consents
    )
    lessons = ngettext("{number} lesson", "{number} lessons", statistics.n_lessons)
    return " · ".join(
        [
            people.format(number=statistics.n_consents),
            lessons.format(number=statistics.n_lessons),
        ]
    )


def _tell_agreement(statistics: Statistics) -> str:
    """Say how often people agree."""
    return _("People agree: {text}").format(text=_share_opinions(statistics))


def _share_opinions(statistics: Statistics) -> str:
    """Give the share of the opinions that agree."""
    n_opinions = sum(day.n_opinions for day in statistics.days)
    if not n_opinions:
        return _("no opinions yet")
    share = sum(day.n_right for day in statistics.days) / n_opinions
    percent = _("{number} %").format(number=round(100 * share))
    text = ngettext("{percent} of {number} opinion", "{percent} of {number} opinions", n_opinions)
    return text.format(percent=percent, number=n_opinions)


def _tell_latency(statistics: Statistics) -> str:
    """Say how long people wait for an answer."""
    if statistics.latency is None:
        return _("No note was answered yet")
    return _("Answers: half within {half}, 95 % within {most}").format(
        half=format_seconds(statistics.latency.p50), most=format_seconds(statistics.latency.p95)
    )
