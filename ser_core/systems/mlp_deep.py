"""The tutorials' network on 180 means, made deeper: four hidden layers and a smaller batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ser_core.systems import mlp_300
from ser_core.systems.system import Published, System

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline


def build(seed: int) -> Pipeline:
    """Give the network behind a scaler."""
    return mlp_300.build(seed).set_params(
        mlpclassifier__hidden_layer_sizes=(300, 200, 100, 50), mlpclassifier__batch_size=64
    )


SYSTEM = System(
    name="mlp-deep",
    title="MLP of four layers on 180 means, scaled",
    feature_set="classic180",
    build=build,
    published=(Published("ravdess", 0.745, "random split"),),
)
