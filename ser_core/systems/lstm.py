"""A recurrent network (LSTM) on sequences of MFCC, as people train it on RAVDESS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ser_core.systems.sequence_system import build_network
from ser_core.systems.system import Published, System

if TYPE_CHECKING:
    from ser_core.systems.sequence_classifier import SequenceClassifier


def build(seed: int) -> SequenceClassifier:
    """Give the network; skorch and torch are loaded by this."""
    return build_network(
        "Recurrence", seed, module__channels=96, module__units=96, module__dropout=0.3
    )


SYSTEM = System(
    name="lstm",
    title="LSTM on sequences of MFCC",
    feature_set="mfcc-sequence",
    build=build,
    published=(Published("ravdess", 0.66, "random split"),),
    extra="training",
)
