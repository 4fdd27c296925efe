"""What notes left behind, in memory only: of people who have not said that it may be kept."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ser_core.speaker import Impression


class _Waiting(NamedTuple):
    """Hold an impression, and whose voice it is of."""

    user_id: int
    impression: Impression


class Impressions:
    """Hold the impressions of the latest notes, until somebody consents or they are too many."""

    def __init__(self, max_notes: int = 512) -> None:
        """Keep how many there may be; each has some 9 kB."""
        self._max_notes = max_notes
        self._waiting: OrderedDict[int, _Waiting] = OrderedDict()

    def keep(self, note_id: int, user_id: int, impression: Impression) -> None:
        """Hold the impression of a note; the oldest goes where there are too many."""
        self._waiting[note_id] = _Waiting(user_id, impression)
        self._waiting.move_to_end(note_id)
        if len(self._waiting) > self._max_notes:
            self._waiting.popitem(last=False)

    def find_all(self, user_id: int) -> dict[int, Impression]:
        """Give a person's impressions by note, the oldest first."""
        return {
            note_id: waiting.impression
            for note_id, waiting in self._waiting.items()
            if waiting.user_id == user_id
        }

    def drop(self, note_ids: Iterable[int]) -> None:
        """Hold the impressions of some notes no longer."""
        for note_id in note_ids:
            self._waiting.pop(note_id, None)

    def forget(self, user_id: int) -> None:
        """Hold nothing of a person any longer."""
        self.drop(self.find_all(user_id))
