from __future__ import annotations

import numpy as np

from ser_core.systems.svm import SYSTEM


def test_the_likeliest_emotion_is_the_one_that_the_machine_decides_for() -> None:
    random = np.random.default_rng(0)
    words = np.tile(["angry", "happy", "sad"], 20)
    number = np.unique(words, return_inverse=True)[1]
    vectors = np.eye(3)[number] + 0.6 * random.normal(size=(60, 3))
    estimator = SYSTEM.build(0).fit(vectors, words)
    (calibrated,) = estimator[-1].calibrated_classifiers_
    decided = calibrated.estimator.decision_function(estimator[:-1].transform(vectors)).argmax(1)
    assert len(set(decided)) == 3
    assert estimator.predict_proba(vectors).argmax(1).tolist() == decided.tolist()
