"""The trouble that a test orders: floods, and faults of every kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bot.sandbox.faults import FAULT_KINDS, FaultOrder
from bot.sandbox.refusals import refuse_user

if TYPE_CHECKING:
    from bot.sandbox.params import Params
    from bot.sandbox.state import State

MAX_HOLD_SECONDS: Final = 600.0


def order_limit(state: State, params: Params) -> None:
    """Have the next calls of a method refused, for the bot is asked to slow down."""
    n_calls, seconds = params.number("n_calls", 1), params.number("retry_after", 1)
    if not params.has("method") or n_calls < 1 or seconds < 1:
        refuse_user("method must be named; n_calls and retry_after must be positive")
    state.limits.order(params.text("method"), n_calls, seconds)


def order_faults(state: State, params: Params) -> None:
    """Have a share of the calls go wrong from now on; a rate of 0 ends that.

    Raises:
        UserError: if nothing of the kind can be ordered.
    """
    kinds = _read_names(params, "kinds") or frozenset(FAULT_KINDS)
    if not kinds.issubset(FAULT_KINDS):
        refuse_user(f"kinds are {', '.join(FAULT_KINDS)}")
    n_faults = params.number("n_faults") if params.has("n_faults") else None
    retry_after = params.number("retry_after", 1)
    if retry_after < 0 or (n_faults or 0) < 0:
        refuse_user("n_faults and retry_after must not be negative")
    order = FaultOrder(
        rate=_read_fraction(params, "rate", 0.0, 1.0),
        kinds=kinds,
        methods=frozenset(name.lower() for name in _read_names(params, "methods")),
        n_faults=n_faults,
        seed=params.number("seed", 0),
        seconds=_read_fraction(params, "seconds", 1.0, MAX_HOLD_SECONDS),
        retry_after=retry_after,
    )
    state.faults.order(order)


def show_faults(state: State) -> dict[str, Any]:
    """Give what was ordered, how many calls were made since, and what became of them."""
    order, faults = state.faults.ordered, state.faults
    return {
        "rate": order.rate,
        "kinds": sorted(order.kinds),
        "methods": sorted(order.methods),
        "n_faults": order.n_faults,
        "seed": order.seed,
        "seconds": order.seconds,
        "retry_after": order.retry_after,
        "n_calls": dict(faults.n_calls),
        "happened": dict(faults.happened),
    }


def _read_names(params: Params, name: str) -> frozenset[str]:
    """Give a list of names."""
    names = params.structure(name) if params.has(name) else []
    if not isinstance(names, list):
        refuse_user(f"{name} must be a list")
    return frozenset(map(str, names))


def _read_fraction(params: Params, name: str, default: float, most: float) -> float:
    """Give a number that need not be whole, between 0 and the most that it may be."""
    try:
        number = float(params.text(name, str(default)))
    except ValueError:
        refuse_user(f"{name} must be a number")
    if not 0.0 <= number <= most:
        refuse_user(f"{name} must be between 0 and {most:g}")
    return number
