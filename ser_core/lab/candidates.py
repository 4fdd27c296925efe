"""PURE  What a search tries: every combination of the values that are written down."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, Final

from ser_core.errors import BadSetting
from ser_core.systems.settings import check_settings, read_setting, read_value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ser_core.systems.system import System

    Settings = Mapping[str, Any]

_GRID: Final = (
    "alpha=0.0001,0.001,0.01,0.1,1",
    "hidden_layer_sizes=100,300,300x150",
    "learning_rate_init=0.0003,0.001",
)
"""Around what the tutorials set, and scikit-learn's defaults."""


def list_candidates(system: System, lines: Sequence[str]) -> tuple[Settings, ...]:
    """Give the settings of each candidate, each line a name and its values: ``alpha=0.01,0.1``.

    Without lines there is a grid for scikit-learn's MLP.

    Raises:
        BadSetting: if the system has no such setting, or cannot take one of its values.
    """
    if system.feature_set is None:
        reason = "it learns from recordings, not from vectors: there is nothing to search here"
        raise BadSetting(system.name, reason)
    grid: dict[str, dict[Any, None]] = {}
    for name, values in map(read_setting, lines or _find_default(system)):
        for value in values.split(","):
            read = read_value(value.strip())
            check_settings(system, {name: read})
            grid.setdefault(name, {})[read] = None
    return tuple(dict(zip(grid, values, strict=True)) for values in product(*grid.values()))


def _find_default(system: System) -> tuple[str, ...]:
    """Give what is tried where nobody says what."""
    try:
        check_settings(system, {"hidden_layer_sizes": 100, "learning_rate_init": 0.001})
    except BadSetting as error:
        message = "--grid"
        reason = f"{system.name} has no grid of its own, so say what to try; {error.reason}"
        raise BadSetting(message, reason) from error
    return _GRID
