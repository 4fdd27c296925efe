"""PURE  The words in the picture of a challenger beside the champion, and their figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.charts import ComparisonLabels, Tick
from bot.languages import gettext as _
from bot.languages import ngettext
from bot.replies.formats import name_emotion, punctuate
from ser_core.emotions import EMOTIONS

if TYPE_CHECKING:
    from bot.comparison import Comparison, Group


def label_comparison(comparison: Comparison) -> ComparisonLabels:
    """Give the words in the picture of a comparison."""
    (whole,) = (group for group in comparison.groups if group.name == "all")
    before, after = map(format_share, whole.accuracy)
    error_before, error_after = map(format_share, whole.ece)
    sure = _("how sure")
    return ComparisonLabels(
        title=_("Right: {before} → {after}").format(before=before, after=after),
        subtitle=_count(whole),
        sides=(_("before"), _("after")),
        reading=_("row: what it was · column: what I heard, in %"),
        emotions=tuple(map(name_emotion, EMOTIONS)),
        reliability=_("As right as sure?"),
        errors=(
            _("before: off by {percent}").format(percent=error_before),
            _("after: off by {percent}").format(percent=error_after),
        ),
        right=_("how often right"),
        ticks=(
            Tick(0.0, _("{number} %").format(number=0)),
            Tick(0.5, f"▶ {sure}"),
            Tick(1.0, _("{number} %").format(number=100)),
        ),
        bars=_("bars: how many answers"),
    )


def format_share(share: float) -> str:
    """Give a share in per cent with one digit behind the point, in which models differ."""
    return _("{number} %").format(number=punctuate(f"{100 * share:.1f}"))


def _count(group: Group) -> str:
    """Say from how many recordings and speakers figures are."""
    recordings = ngettext("{number} recording", "{number} recordings", group.n_clips)
    speakers = ngettext("{number} unknown speaker", "{number} unknown speakers", group.n_speakers)
    return " · ".join(
        [recordings.format(number=group.n_clips), speakers.format(number=group.n_speakers)]
    )
