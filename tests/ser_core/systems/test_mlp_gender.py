from __future__ import annotations

import numpy as np

from ser_core.systems.mlp_gender import SYSTEM
from ser_core.systems.trial import sum_labels


def test_it_tells_gender_and_emotion_together() -> None:
    words = np.repeat(["female happy", "female sad", "male happy", "male sad"], 5)
    number = np.unique(words, return_inverse=True)[1]
    vectors = np.eye(4)[number] + 0.01 * np.random.default_rng(0).normal(size=(20, 4))
    network = SYSTEM.build(0).set_params(mlpclassifier__batch_size=20).fit(vectors, words)
    emotions, genders = sum_labels(network.predict_proba(vectors), network.classes_)
    assert SYSTEM.tells_gender
    assert genders is not None
    assert len(set(emotions.argmax(1)[np.char.endswith(words, "happy")])) == 1
    assert len(set(emotions.argmax(1))) == 2
    assert len(set(genders.argmax(1)[np.char.startswith(words, "female")])) == 1
    assert len(set(genders.argmax(1))) == 2
