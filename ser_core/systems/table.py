"""Every system, by its name."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from ser_core.errors import UnknownSystem
from ser_core.systems import (
    cnn,
    lstm,
    mlp_300,
    mlp_cremad,
    mlp_deep,
    mlp_gender,
    opensmile_mlp,
    random_forest,
    shipped,
    svm,
)

if TYPE_CHECKING:
    from ser_core.systems.system import System

_SYSTEMS: Final = (
    mlp_300.SYSTEM,
    mlp_300.UNSCALED,
    mlp_deep.SYSTEM,
    mlp_cremad.SYSTEM,
    mlp_gender.SYSTEM,
    cnn.SYSTEM,
    lstm.SYSTEM,
    svm.SYSTEM,
    random_forest.SYSTEM,
    opensmile_mlp.COMPARE,
    opensmile_mlp.EGEMAPS,
    shipped.SYSTEM,
)

SYSTEMS: Final = MappingProxyType({system.name: system for system in _SYSTEMS})
"""In the order in which tables name them."""


def find_system(name: str) -> System:
    """Give the system of that name.

    Raises:
        UnknownSystem: if there is none.
    """
    if name not in SYSTEMS:
        raise UnknownSystem(name, tuple(SYSTEMS))
    return SYSTEMS[name]
