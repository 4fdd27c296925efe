"""A fitted estimator as what a bundle keeps of it: to answer with, and no more."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import RandomForestClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline

from ser_core.audit import dump
from ser_core.estimator import Forest, OnnxNetwork

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ser_core.estimator import Estimator

_LEARNING_ONLY: Final = (
    "_optimizer",
    "_random_state",
    "_best_coefs",
    "_best_intercepts",
    "loss_curve_",
    "validation_scores_",
)
"""What an MLP only needs to learn on; the optimiser is of a type that no bundle may hold."""

_LEAF: Final = -1
"""Where scikit-learn's leaves have their children."""


def pack_estimator(estimator: Any) -> Estimator:  # noqa: ANN401 - scikit-learn publishes no types
    """Give what answers as an estimator does; the estimator itself stays as it is.

    A network of torch becomes one of ONNX, a forest becomes arrays, and what is only there to
    learn with is left out.
    """
    if hasattr(estimator, "module_"):  # skorch
        from ser_core.systems.sequence_export import export_network  # noqa: PLC0415 - needs torch

        return OnnxNetwork(export_network(estimator))
    if isinstance(estimator, RandomForestClassifier):
        return _list_nodes(estimator)
    packed: Estimator = deepcopy(estimator)
    for step in _list_steps(packed):
        if isinstance(step, MLPClassifier):
            for name in _LEARNING_ONLY:
                vars(step).pop(name, None)
        if isinstance(step, CalibratedClassifierCV):
            step.cv = None
    return packed


def measure_size(estimator: Any) -> int:  # noqa: ANN401 - as above
    """Give how many bytes a bundle has for an estimator; one that tells ``size_bytes`` is believed.

    That is a number, or a method that gives it.
    """
    own = getattr(estimator, "size_bytes", None)
    if own is not None:
        return int(own() if callable(own) else own)
    packed = pack_estimator(estimator)
    if isinstance(packed, OnnxNetwork):
        return len(packed.data)
    return len(dump(packed))


def _list_steps(estimator: Any) -> Iterator[Any]:  # noqa: ANN401 - as above
    """Give the estimator, or the steps of a pipeline."""
    if isinstance(estimator, Pipeline):
        for _, step in estimator.steps:
            yield from _list_steps(step)
    else:
        yield estimator


def _list_nodes(fitted: RandomForestClassifier) -> Forest:
    """Give scikit-learn's trees as arrays."""
    trees = [each.tree_ for each in fitted.estimators_]
    roots = np.cumsum([0, *(tree.node_count for tree in trees)])[:-1].astype(np.int32)
    own = np.arange(sum(tree.node_count for tree in trees), dtype=np.int32)

    def join(name: str) -> np.ndarray:
        return np.concatenate([getattr(tree, name) for tree in trees])

    def place(name: str) -> np.ndarray:
        shifted = join(name) + np.repeat(roots, [tree.node_count for tree in trees])
        return np.where(join(name) == _LEAF, own, shifted).astype(np.int32)

    shares = join("value")[:, 0].astype(np.float64)
    return Forest(
        roots=roots,
        columns=np.maximum(join("feature"), 0).astype(np.int32),
        thresholds=join("threshold"),
        left=place("children_left"),
        right=place("children_right"),
        shares=(shares / shares.sum(axis=1, keepdims=True)).astype(np.float32),
        depth=max(tree.max_depth for tree in trees),
    )
