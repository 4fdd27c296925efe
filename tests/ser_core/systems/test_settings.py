from __future__ import annotations

import pytest
from sklearn.base import BaseEstimator
from sklearn.dummy import DummyClassifier

from ser_core.errors import BadSetting
from ser_core.systems.mlp_300 import SYSTEM, UNSCALED
from ser_core.systems.settings import (
    check_settings,
    read_setting,
    read_value,
    write_settings,
    write_value,
)
from ser_core.systems.system import System


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.01", 0.01),
        ("1e-05", 1e-5),
        ("300", 300),
        ("300x150", (300, 150)),
        ("true", True),
        ("false", False),
        ("none", None),
        ("relu", "relu"),
    ],
)
def test_a_value_is_read_and_written_alike(text: str, value: object) -> None:
    read = read_value(text)
    assert read == value
    assert type(read) is type(value)
    assert write_value(read) == text


def test_words_may_be_written_large_and_sizes_with_commas() -> None:
    assert read_value("None") is None
    assert read_value("300,150") == (300, 150)


def test_a_setting_is_a_name_and_a_value() -> None:
    assert read_setting("alpha = 0.01") == ("alpha", "0.01")
    assert write_settings({"alpha": 0.01, "shuffle": False}) == ["alpha=0.01", "shuffle=false"]


@pytest.mark.parametrize("text", ["alpha", "alpha=", "=0.01", ""])
def test_a_setting_written_otherwise_is_refused(text: str) -> None:
    with pytest.raises(BadSetting, match="NAME=VALUE"):
        read_setting(text)


@pytest.mark.parametrize("system", [SYSTEM, UNSCALED], ids=lambda system: system.name)
def test_what_a_system_can_take_is_let_through(system: System) -> None:
    check_settings(system, {"alpha": 0.1, "hidden_layer_sizes": (30, 15), "activation": "tanh"})


def test_a_setting_of_another_step_is_let_through() -> None:
    check_settings(SYSTEM, {"standardscaler__with_mean": False})


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"alfa": 0.1}, r"'alfa'.*there are activation, alpha, batch_size"),
        ({"alpha": -1.0}, r"'alpha=-1.0'.*\[0.0, inf\)"),
        ({"alpha": 0.1, "activation": "swish"}, r"'activation=swish'.*'relu'"),
        ({"alpha": read_value("nan")}, r"'alpha=nan'.*must be a float"),
        ({"hidden_layer_sizes": (300, 0)}, r"'hidden_layer_sizes=300x0'.*must be > 0"),
        ({"standardscaler__with_mean": "perhaps"}, r"'standardscaler__with_mean=perhaps'.*bool"),
    ],
)
def test_what_a_system_cannot_take_is_told_with_what_it_could(
    settings: dict[str, object], complaint: str
) -> None:
    with pytest.raises(BadSetting, match=complaint):
        check_settings(SYSTEM, settings)  # type: ignore[arg-type]


def test_a_system_that_takes_recordings_is_not_tried_out() -> None:
    def build(seed: int) -> DummyClassifier:
        return DummyClassifier(random_state=seed)

    check_settings(System("any", "any", None, build), {"strategy": "uniform"})


def test_an_estimator_of_others_is_asked_for_names_alone() -> None:
    class Foreign(BaseEstimator):  # type: ignore[misc]
        def __init__(self, depth: int = 1) -> None:
            self.depth = depth

    system = System("any", "any", "classic180", lambda _: Foreign())
    check_settings(system, {"depth": "deep"})
    with pytest.raises(BadSetting, match="there are depth"):
        check_settings(system, {"width": 3})
