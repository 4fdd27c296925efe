from __future__ import annotations

from sklearn.preprocessing import StandardScaler

from ser_core.systems.mlp_300 import SYSTEM, UNSCALED


def test_the_network_is_that_of_the_tutorials() -> None:
    settings = UNSCALED.build(3).get_params()
    assert settings["hidden_layer_sizes"] == (300,)
    assert (settings["alpha"], settings["batch_size"], settings["epsilon"]) == (0.01, 256, 1e-8)
    assert (settings["learning_rate"], settings["max_iter"]) == ("adaptive", 500)
    assert settings["random_state"] == 3


def test_the_same_network_stands_behind_a_scaler() -> None:
    scaler, network = SYSTEM.build(3)
    assert isinstance(scaler, StandardScaler)
    assert network.get_params() == UNSCALED.build(3).get_params()
    assert SYSTEM.feature_set == UNSCALED.feature_set == "classic180"
