"""PURE  Settings of a system as people write them, ``alpha=0.01``, and whether it can take them."""

from __future__ import annotations

import math
import re
import warnings
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from sklearn.pipeline import Pipeline

from ser_core.errors import BadSetting
from ser_core.features import FEATURE_SETS
from ser_core.systems.trial import apply_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ser_core.systems.system import System

    Value = int | float | bool | str | tuple[int, ...] | None

_WORDS: Final[Mapping[str, bool | None]] = {"none": None, "true": True, "false": False}
_SIZES: Final = re.compile(r"\d+([x,]\d+)+")
_N_MADE_UP: Final = 24
"""Enough for estimators that part what they learn from into five."""


def read_setting(text: str) -> tuple[str, str]:
    """Part ``name=value``.

    Raises:
        BadSetting: if it is written otherwise.
    """
    name, equals, value = (part.strip() for part in text.partition("="))
    if not (name and equals and value):
        raise BadSetting(text, "it is written NAME=VALUE")
    return name, value


def read_value(text: str) -> Value:
    """Give what a value stands for: ``0.01``, ``300``, ``300x150``, ``true``, ``none``, a word.

    Sizes may be written ``300,150`` as well.
    """
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _SIZES.fullmatch(text):
        return tuple(int(size) for size in re.split("[x,]", text))
    for kind in (int, float):
        try:
            value = kind(text)
        except ValueError:
            continue
        if math.isfinite(value):
            return value
    return text


def write_value(value: Value) -> str:
    """Write a value so that `read_value` gives the same; a single size becomes a number."""
    if isinstance(value, tuple):
        return "x".join(str(size) for size in value)
    return str(value).lower() if isinstance(value, bool | None) else str(value)


def write_settings(settings: Mapping[str, Value]) -> list[str]:
    """Write settings as ``name=value`` each."""
    return [f"{name}={write_value(value)}" for name, value in settings.items()]


def check_settings(system: System, settings: Mapping[str, Value]) -> None:
    """Make sure that a system can take settings, before anything is measured.

    What scikit-learn's rules leave open, such as a layer without units, shows where it learns for
    one step from made-up vectors.

    Raises:
        BadSetting: if it has no such setting, or cannot take one.
    """
    for name, value in settings.items():
        estimator = apply_settings(system.build(0), {name: value})
        try:
            for step in _steps(estimator):
                if hasattr(step, "_parameter_constraints"):
                    step._validate_params()  # noqa: SLF001 - scikit-learn has no public name
        except ValueError as error:
            (written,) = write_settings({name: value})
            raise BadSetting(written, str(error).rstrip(".")) from error
    try:
        _try_out(system, apply_settings(system.build(0), settings))
    except (TypeError, ValueError) as error:
        raise BadSetting(" ".join(write_settings(settings)), str(error).rstrip(".")) from error


def _steps(estimator: Any) -> Iterator[Any]:  # noqa: ANN401 - scikit-learn publishes no types
    """Give the estimator, or each step of a pipeline."""
    if isinstance(estimator, Pipeline):
        for _, step in estimator.steps:
            yield from _steps(step)
    else:
        yield estimator


def _try_out(system: System, estimator: Any) -> None:  # noqa: ANN401 - as above
    """Learn for one step, where scikit-learn learns; others take long for that."""
    *_, last = _steps(estimator)
    if system.feature_set is None or not type(last).__module__.startswith("sklearn."):
        return
    if "max_iter" in last.get_params():
        last.set_params(max_iter=1)
    n_columns = len(FEATURE_SETS[system.feature_set].columns)
    vectors = np.random.default_rng(0).standard_normal((_N_MADE_UP, n_columns))
    labels = np.array(["happy", "sad"] * (_N_MADE_UP // 2))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of course it has not converged
        estimator.fit(vectors, labels)
