"""Pictures are drawn in a process of their own, and kept for whoever looks again.

Drawing holds Python's lock for a tenth of a second and more, so a thread would hold up the loop.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import TYPE_CHECKING, Final, NamedTuple

from bot.confinement import mind_the_parent

if TYPE_CHECKING:
    from bot.charts import ComparisonLabels, MoodLabels, NoteLabels, StatsLabels, Theme
    from bot.comparison import Comparison
    from bot.moods import Mood
    from bot.statistics import Statistics
    from ser_core.recognition import Recognition

_MAX_KEPT: Final = 64
"""Pictures of some 150 kB each."""


class Key(NamedTuple):
    """Say whose a picture is; ``user_id`` is None where it shows a whole group."""

    chat_id: int
    user_id: int | None


class _MoodSubject(NamedTuple):
    """Hold what a picture of a mood shows."""

    mood: Mood
    theme: Theme
    labels: MoodLabels

    def draw(self) -> bytes:
        """Give the PNG; the bot's own process does not load what it takes to draw."""
        from bot.charts.mood import draw_mood  # noqa: PLC0415  see above

        return draw_mood(self.mood, theme=self.theme, labels=self.labels)


class _NoteSubject(NamedTuple):
    """Hold what a picture of a note shows."""

    recognition: Recognition
    theme: Theme
    labels: NoteLabels

    def draw(self) -> bytes:
        """Give the PNG, as above."""
        from bot.charts.note import draw_note  # noqa: PLC0415  see above

        return draw_note(self.recognition, theme=self.theme, labels=self.labels)


class _ComparisonSubject(NamedTuple):
    """Hold what a picture of a comparison shows."""

    comparison: Comparison
    theme: Theme
    labels: ComparisonLabels

    def draw(self) -> bytes:
        """Give the PNG, as above."""
        from bot.charts.comparison import draw_comparison  # noqa: PLC0415  see above

        return draw_comparison(self.comparison, theme=self.theme, labels=self.labels)


class _StatsSubject(NamedTuple):
    """Hold what a picture of statistics shows."""

    statistics: Statistics
    theme: Theme
    labels: StatsLabels

    def draw(self) -> bytes:
        """Give the PNG, as above."""
        from bot.charts.stats import draw_stats  # noqa: PLC0415  see above

        return draw_stats(self.statistics, theme=self.theme, labels=self.labels)


_Subject = _MoodSubject | _NoteSubject | _ComparisonSubject | _StatsSubject


class Pictures:
    """Draw pictures off the event loop; the last ones are kept in memory until forgotten."""

    def __init__(self) -> None:
        """Begin without a process; the first picture starts it."""
        self._pool: ProcessPoolExecutor | None = None
        self._kept: OrderedDict[tuple[Key, _Subject], bytes] = OrderedDict()
        self._n_forgettings = 0

    async def draw_mood(self, key: Key, mood: Mood, *, theme: Theme, labels: MoodLabels) -> bytes:
        """Give the picture of a mood as PNG."""
        return await self._give(key, _MoodSubject(mood, theme, labels))

    async def draw_note(
        self, key: Key, recognition: Recognition, *, theme: Theme, labels: NoteLabels
    ) -> bytes:
        """Give the picture of a note as PNG."""
        return await self._give(key, _NoteSubject(recognition, theme, labels))

    async def draw_comparison(
        self, key: Key, comparison: Comparison, *, theme: Theme, labels: ComparisonLabels
    ) -> bytes:
        """Give the picture of a comparison as PNG."""
        return await self._give(key, _ComparisonSubject(comparison, theme, labels))

    async def draw_stats(
        self, key: Key, statistics: Statistics, *, theme: Theme, labels: StatsLabels
    ) -> bytes:
        """Give the picture of statistics as PNG."""
        return await self._give(key, _StatsSubject(statistics, theme, labels))

    def forget(self, *, chat_id: int | None = None, user_id: int | None = None) -> None:
        """Drop the pictures of a chat, or those of a person and of the groups around them.

        A picture that is being drawn meanwhile is not kept.
        """
        for key, subject in list(self._kept):
            if key.chat_id == chat_id or (user_id is not None and key.user_id in {user_id, None}):
                del self._kept[key, subject]
        self._n_forgettings += 1

    async def close(self) -> None:
        """End the process once it has drawn what it draws."""
        pool, self._pool = self._pool, None
        if pool is not None:
            await asyncio.to_thread(pool.shutdown, cancel_futures=True)

    async def _give(self, key: Key, subject: _Subject) -> bytes:
        """Give a picture that was kept, or a new one."""
        picture = self._kept.pop((key, subject), None)
        n_forgettings = self._n_forgettings
        if picture is None:
            try:
                picture = await self._draw(subject)
            except BrokenProcessPool:  # the process was killed; the next one will do it
                picture = await self._draw(subject)
        if n_forgettings == self._n_forgettings:
            self._kept[key, subject] = picture  # at the end: it was looked at last
        if len(self._kept) > _MAX_KEPT:
            self._kept.popitem(last=False)
        return picture

    async def _draw(self, subject: _Subject) -> bytes:
        """Have a picture drawn in the other process."""
        if self._pool is None:
            context = get_context("spawn")  # a fork would copy the loop and its locks
            self._pool = ProcessPoolExecutor(1, context, mind_the_parent)
        pool = self._pool
        try:
            return await asyncio.get_running_loop().run_in_executor(pool, subject.draw)
        except BrokenProcessPool:
            if self._pool is pool:
                self._pool = None
            raise
