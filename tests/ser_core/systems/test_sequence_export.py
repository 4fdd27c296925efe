from __future__ import annotations

import numpy as np
import onnxruntime
import pytest
from scipy.special import softmax

pytest.importorskip("torch")
pytest.importorskip("skorch")
pytest.importorskip("onnx")

from ser_core.systems.sequence_export import INPUT, OUTPUT, export_network
from ser_core.systems.sequence_system import build_network

VECTORS = 20 * np.random.default_rng(0).normal(size=(9, 400)).astype(np.float32) - 5
WORDS = np.array(["sad", "happy", "angry"] * 3)


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("Convolutions", {"module__channels": (4, 8, 8)}),
        ("Recurrence", {"module__channels": 4, "module__units": 6}),
    ],
)
def test_the_file_says_what_the_estimator_says_of_any_number_of_clips(
    kind: str, settings: dict[str, object]
) -> None:
    estimator = build_network(kind, 0, max_epochs=2, batch_size=4, **settings)
    estimator.fit(VECTORS, WORDS)
    session = onnxruntime.InferenceSession(export_network(estimator))
    for n_clips in (1, 2, 9):
        (logits,) = session.run([OUTPUT], {INPUT: VECTORS[:n_clips]})
        assert logits.shape == (n_clips, 3)
        expected = estimator.predict_proba(VECTORS[:n_clips])
        np.testing.assert_allclose(softmax(logits, axis=1), expected, atol=1e-5)
