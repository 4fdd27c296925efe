"""The recipe that people use on CREMA-D: means of MFCC and mel bands, noisy copies, plain SGD.

Source: ``MLPClassifier(solver='sgd', hidden_layer_sizes=(100,), alpha=0.8399, batch_size=150,
learning_rate='adaptive')`` behind a ``StandardScaler``, with a copy of each clip in white noise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from ser_core.systems.system import System

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline


def build(seed: int) -> Pipeline:
    """Give the network behind a scaler."""
    network = MLPClassifier(
        solver="sgd",
        hidden_layer_sizes=(100,),
        alpha=0.8399,
        batch_size=150,
        learning_rate="adaptive",
        max_iter=1000,
        random_state=seed,
    )
    return make_pipeline(StandardScaler(), network)


SYSTEM = System(
    name="mlp-cremad",
    title="MLP of 100 by SGD on MFCC and mel means, with noisy copies",
    feature_set="mfcc-mel",
    build=build,
    noisy_copies=1,
)
