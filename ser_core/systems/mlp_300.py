"""The tutorials' network on 180 means, with a scaler before it and, as most have it, without.

Source: the widely copied tutorials on RAVDESS: ``MLPClassifier(alpha=0.01, batch_size=256,
epsilon=1e-08, hidden_layer_sizes=(300,), learning_rate='adaptive', max_iter=500)``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from ser_core.systems.system import Published, System

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline


def build(seed: int) -> Pipeline:
    """Give the network behind a scaler."""
    return make_pipeline(StandardScaler(), build_unscaled(seed))


def build_unscaled(seed: int) -> MLPClassifier:
    """Give the network alone."""
    return MLPClassifier(
        hidden_layer_sizes=(300,),
        alpha=0.01,
        batch_size=256,
        epsilon=1e-8,
        learning_rate="adaptive",
        max_iter=500,
        random_state=seed,
    )


SYSTEM = System(
    name="mlp-300",
    title="MLP of 300 on 180 means, scaled",
    feature_set="classic180",
    build=build,
    published=(
        Published("ravdess", 0.62, "random split, scaler"),
        Published("ravdess", 0.729, "random split"),
    ),
)
UNSCALED = System(
    name="mlp-300-unscaled",
    title="the same without a scaler, as most tutorials have it",
    feature_set="classic180",
    build=build_unscaled,
)
