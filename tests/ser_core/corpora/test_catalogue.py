from __future__ import annotations

from ser_core.corpora import CORPORA
from ser_core.emotions import EMOTIONS


def test_corpora_are_listed_under_their_own_names() -> None:
    assert all(corpus.name == name for name, corpus in CORPORA.items())


def test_emotions_are_ours_in_our_order() -> None:
    for corpus in CORPORA.values():
        assert corpus.emotions == tuple(each for each in EMOTIONS if each in corpus.emotions)


def test_what_the_shipped_model_may_learn_from_stays_as_it_is() -> None:
    assert [corpus.name for corpus in CORPORA.values() if corpus.use == "train"] == [
        "ravdess",
        "crema-d",
        "nemo",
        "emodb",
        "korean-emotiontts",
        "indian-emospeech",
    ]
