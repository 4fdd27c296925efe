from __future__ import annotations

import pytest

pytest.importorskip("torch")
pytest.importorskip("skorch")

from ser_core.systems import cnn, lstm
from ser_core.systems.sequence_network import Convolutions, Recurrence
from ser_core.systems.sequence_system import build_network


def test_a_system_has_the_network_of_its_name() -> None:
    assert cnn.SYSTEM.build(0).module is Convolutions
    assert lstm.SYSTEM.build(0).module is Recurrence


def test_settings_and_seed_reach_the_estimator() -> None:
    estimator = build_network("Recurrence", 7, max_epochs=3, module__units=5)
    assert (estimator.seed, estimator.max_epochs) == (7, 3)
    assert estimator.get_params()["module__units"] == 5
