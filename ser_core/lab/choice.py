"""Which systems are tried: those that were named, or all that the installation can run."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Final, NamedTuple

from ser_core.errors import ExtraMissing
from ser_core.systems import table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ser_core.systems.system import System

_MODULES: Final[Mapping[str, tuple[str, ...]]] = {"training": ("torch", "skorch", "onnx")}
"""What an extra brings, where that is not one module of the same name."""


class Choice(NamedTuple):
    """Hold the systems to be tried, and those left out, each with what it misses."""

    systems: tuple[System, ...]
    left_out: tuple[tuple[System, ExtraMissing], ...]


def choose_systems(names: Sequence[str]) -> Choice:
    """Give the systems of these names in the order of the table, or else all that can run.

    Raises:
        UnknownSystem: if there is none of that name.
        ExtraMissing: if one of them cannot run.
    """
    named = {table.find_system(name).name for name in names}
    systems = tuple(
        system for system in table.SYSTEMS.values() if not named or system.name in named
    )
    missing = {system.name: _find_missing(system) for system in systems}
    left_out = tuple((system, error) for system in systems if (error := missing[system.name]))
    if named and left_out:
        raise left_out[0][1]
    return Choice(tuple(each for each in systems if not missing[each.name]), left_out)


def _find_missing(system: System) -> ExtraMissing | None:
    """Give what a system needs and the installation has not."""
    for module in _MODULES.get(system.extra, (system.extra,)):
        if module and find_spec(module) is None:
            return ExtraMissing(module, system.extra)
    return None
