"""The waiting line in front of the workers: bounded, and fair between senders."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from contextlib import contextmanager
from itertools import zip_longest
from typing import TYPE_CHECKING

from bot.errors import AllBusy, Stopping, UserBusy

if TYPE_CHECKING:
    from collections.abc import Iterator


class Place:
    """Stand in the line for one note."""

    def __init__(self, line: Line, user_id: int) -> None:
        """Keep whose note it is; `Line.join` makes places."""
        self.user_id = user_id
        self._line = line
        self._called = asyncio.Event()

    @property
    def has_turn(self) -> bool:
        """Tell whether the wait is over."""
        return self._called.is_set()

    @property
    def position(self) -> int:
        """Give how many turns it takes: 1 is first in line, 0 is the note's turn."""
        return 0 if self.has_turn else self._line.order().index(self) + 1

    def call(self) -> None:
        """End the wait."""
        self._called.set()

    async def wait(self, seconds: float) -> bool:
        """Wait for the turn, at most so long; tell whether it has come.

        Raises:
            Stopping: if the line was closed instead.
        """
        try:
            async with asyncio.timeout(seconds):
                await self._called.wait()
        except TimeoutError:
            return False
        if self not in self._line.working:
            raise Stopping
        return True


class Line:
    """Let ``width`` notes be worked on at a time; the others wait, senders taking turns."""

    def __init__(self, *, width: int, max_per_user: int, max_total: int) -> None:
        """Bound the unanswered notes, waiting or worked on, of one sender and of all."""
        self.working: set[Place] = set()
        self._width = width
        self._max_per_user = max_per_user
        self._max_total = max_total
        self._waiting: dict[int, deque[Place]] = {}  # whose turn is next stands first
        self._counts: Counter[int] = Counter()
        self._is_closed = False

    @contextmanager
    def join(self, user_id: int) -> Iterator[Place]:
        """Hold a place in the line, and keep the turn when it comes, until the block ends.

        Raises:
            UserBusy: if this sender has too many unanswered notes.
            AllBusy: if all senders together have.
            Stopping: if the line is closed.
        """
        self._refuse_when_full(user_id)
        place = Place(self, user_id)
        self._counts[user_id] += 1
        self._waiting.setdefault(user_id, deque()).append(place)
        self._call_next()
        try:
            yield place
        finally:
            self._leave(place)

    def order(self) -> list[Place]:
        """Give the waiting places as their turns will come: senders alternate."""
        rounds = zip_longest(*self._waiting.values())
        return [place for turns in rounds for place in turns if place is not None]

    def close(self) -> None:
        """Take no more notes and send those away that wait; the others may finish."""
        self._is_closed = True
        waiting = self.order()
        self._waiting.clear()
        for place in waiting:
            place.call()

    def _refuse_when_full(self, user_id: int) -> None:
        """Keep the bounds."""
        if self._is_closed:
            raise Stopping
        if self._counts[user_id] >= self._max_per_user:
            raise UserBusy(self._max_per_user)
        if self._counts.total() >= self._max_total:
            raise AllBusy(self._max_total)

    def _call_next(self) -> None:
        """Give the turn to those who may have it; their sender goes to the end."""
        while self._waiting and len(self.working) < self._width:
            user_id = next(iter(self._waiting))
            places = self._waiting.pop(user_id)
            place = places.popleft()
            if places:
                self._waiting[user_id] = places
            self.working.add(place)
            place.call()

    def _leave(self, place: Place) -> None:
        """Give up a place or a turn."""
        self.working.discard(place)
        places = self._waiting.get(place.user_id, deque())
        if place in places:
            places.remove(place)
        if not places:
            self._waiting.pop(place.user_id, None)
        self._counts -= Counter({place.user_id: 1})  # forgets senders with none left
        self._call_next()
