"""A convolutional network on sequences of MFCC, as people train it on RAVDESS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ser_core.systems.sequence_system import build_network
from ser_core.systems.system import Published, System

if TYPE_CHECKING:
    from ser_core.systems.sequence_classifier import SequenceClassifier


def build(seed: int) -> SequenceClassifier:
    """Give the network; skorch and torch are loaded by this."""
    return build_network(
        "Convolutions",
        seed,
        module__channels=(96, 128, 160),
        module__dropout=0.3,
    )


SYSTEM = System(
    name="cnn",
    title="CNN on sequences of MFCC",
    feature_set="mfcc-sequence",
    build=build,
    published=(Published("ravdess", 0.71, "random split"),),
    extra="training",
)
