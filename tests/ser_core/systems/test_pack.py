from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import skops.io
from sklearn.base import BaseEstimator, clone
from sklearn.ensemble import RandomForestClassifier

from ser_core.audit import TRUSTED_TYPES
from ser_core.estimator import Forest, OnnxNetwork
from ser_core.systems import mlp_300, svm
from ser_core.systems.pack import measure_size, pack_estimator
from ser_core.systems.table import find_system

RANDOM = np.random.default_rng(0)
LABELS = np.array(["happy", "sad", "angry"] * 20)
VECTORS = (RANDOM.normal(size=(60, 12)) + (LABELS == "sad")[:, None]).astype(np.float32)
QUICK = {"max_iter": 40, "hidden_layer_sizes": (8,), "batch_size": 20, "tol": 1.0}
PLAIN, STOPPING = (
    mlp_300.build_unscaled(0).set_params(**QUICK, **more)
    for more in ({}, {"early_stopping": True, "solver": "sgd", "learning_rate": "constant"})
)
SCALED = mlp_300.build(0).set_params(**{f"mlpclassifier__{k}": v for k, v in QUICK.items()})


@pytest.mark.parametrize("made", [PLAIN, STOPPING, SCALED, svm.build(0)])
def test_what_is_packed_says_the_same_and_may_be_in_a_bundle(made: BaseEstimator) -> None:
    fitted = clone(made).fit(VECTORS, LABELS)
    packed: Any = pack_estimator(fitted)
    data = skops.io.dumps(packed)
    assert set(skops.io.get_untrusted_types(data=data)) <= set(TRUSTED_TYPES)
    loaded = skops.io.loads(data, trusted=TRUSTED_TYPES)
    expected = fitted.predict_proba(VECTORS)
    assert np.array_equal(loaded.predict_proba(VECTORS), expected)
    assert measure_size(fitted) == len(data)


def test_packing_leaves_an_estimator_as_it_is() -> None:
    fitted = clone(PLAIN).fit(VECTORS, LABELS)
    before = set(vars(fitted))
    smaller = len(skops.io.dumps(pack_estimator(fitted)))
    assert set(vars(fitted)) == before >= {"_optimizer", "loss_curve_"}
    assert smaller < len(skops.io.dumps(fitted)) / 2


@pytest.mark.parametrize("options", [{}, {"max_depth": 2}, {"class_weight": "balanced"}])
def test_a_forest_of_arrays_says_what_the_trees_say(options: dict[str, Any]) -> None:
    fitted = RandomForestClassifier(7, random_state=0, **options).fit(VECTORS, LABELS)
    packed = pack_estimator(fitted)
    assert isinstance(packed, Forest)
    unseen = RANDOM.normal(size=(200, 12)).astype(np.float32)
    np.testing.assert_allclose(
        packed.predict_proba(unseen), fitted.predict_proba(unseen), rtol=1e-6, atol=1e-7
    )
    assert measure_size(fitted) == len(skops.io.dumps(packed))


@pytest.mark.parametrize("own", [1234, lambda: 1234])
def test_an_estimator_that_tells_its_size_is_believed(own: object) -> None:
    assert measure_size(SimpleNamespace(size_bytes=own)) == 1234


def test_a_network_of_torch_becomes_one_of_onnx() -> None:
    pytest.importorskip("torch")
    pytest.importorskip("skorch")
    n_columns = 40 * 16
    vectors = RANDOM.normal(size=(12, n_columns)).astype(np.float32)
    made = find_system("lstm").build(0).set_params(max_epochs=1)
    fitted = made.fit(vectors, LABELS[:12])
    packed = pack_estimator(fitted)
    assert isinstance(packed, OnnxNetwork)
    found, expected = packed.predict_proba(vectors[:5]), fitted.predict_proba(vectors[:5])
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert measure_size(fitted) == len(packed.data)
