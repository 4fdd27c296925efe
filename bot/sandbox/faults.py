"""Trouble on order: which share of the calls goes wrong, and how; the same for the same seed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Final

from bot.sandbox.bell import Bell

if TYPE_CHECKING:
    from collections.abc import Iterable

CALL_KINDS: Final = (
    "flood",
    "server_error",
    "bad_gateway",
    "held_before",
    "held_after",
    "dropped_before",
    "dropped_after",
)
"""What goes wrong with any call, downloads included; before and after it was carried out."""

DOWNLOAD_KINDS: Final = ("slow_download", "cut_download", "short_download")
"""The second says how many bytes it owes, the third does not."""

POLL_KINDS: Final = ("duplicate", "out_of_order")
DELIVERY_KINDS: Final = (*POLL_KINDS, "at_once")
"""What goes wrong with updates that the bot fetches, and with those that a webhook brings."""

FAULT_KINDS: Final = (*CALL_KINDS, *DOWNLOAD_KINDS, *DELIVERY_KINDS)


@dataclass(frozen=True, slots=True)
class FaultOrder:
    """Hold what was ordered.

    ``methods`` are in lower case, beside ``download``, ``updates`` (which getUpdates gives) and
    ``webhook``; none named means all. ``n_faults`` is how many there may be, None any number.
    ``seconds`` is how long something is held, ``retry_after`` what a flood asks for.
    """

    rate: float = 0.0
    kinds: frozenset[str] = frozenset(FAULT_KINDS)
    methods: frozenset[str] = frozenset()
    n_faults: int | None = None
    seed: int = 0
    seconds: float = 1.0
    retry_after: int = 1


class Faults:
    """Choose what goes wrong; without an order nothing does.

    The n-th call of a method meets the same for the same seed, whatever is called beside it.
    """

    def __init__(self) -> None:
        """Start without an order."""
        self.bell = Bell()  # is rung for nobody: to wait here ends early when the sandbox stops
        self.order(FaultOrder())

    def order(self, order: FaultOrder) -> None:
        """Do as ordered from now on, and count anew."""
        self.ordered = order
        self.happened: Counter[str] = Counter()
        self.n_calls: Counter[str] = Counter()

    def choose(self, method: str, kinds: Iterable[str]) -> str | None:
        """Give what goes wrong with a call of a method, among these kinds; None if nothing."""
        order = self.ordered
        wanted = sorted(order.kinds.intersection(kinds))
        if not wanted or (order.methods and method not in order.methods):
            return None
        self.n_calls[method] += 1
        chance = Random(f"{order.seed} {method} {self.n_calls[method]}")  # noqa: S311  no secret
        is_over = order.n_faults is not None and self.happened.total() >= order.n_faults
        if is_over or chance.random() >= order.rate:
            return None
        kind = chance.choice(wanted)
        self.happened[kind] += 1
        return kind

    async def hold(self, share: float = 1.0) -> None:
        """Wait as long as ordered, or a share of that, or until the sandbox stops."""
        await self.bell.wait(self.ordered.seconds * share)
