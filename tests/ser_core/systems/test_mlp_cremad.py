from __future__ import annotations

from sklearn.preprocessing import StandardScaler

from ser_core.systems.mlp_cremad import SYSTEM


def test_the_network_is_the_one_that_people_use_on_crema_d() -> None:
    scaler, network = SYSTEM.build(2)
    settings = network.get_params()
    assert isinstance(scaler, StandardScaler)
    assert (settings["solver"], settings["learning_rate"]) == ("sgd", "adaptive")
    assert (settings["hidden_layer_sizes"], settings["batch_size"]) == ((100,), 150)
    assert (settings["alpha"], settings["random_state"]) == (0.8399, 2)


def test_it_learns_from_a_noisy_copy_of_each_clip_besides() -> None:
    assert (SYSTEM.feature_set, SYSTEM.noisy_copies) == ("mfcc-mel", 1)
