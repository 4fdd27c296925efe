from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("skorch")

from sklearn.base import clone  # noqa: E402 - what follows needs torch
from skorch.dataset import Dataset  # noqa: E402

from ser_core.systems.sequence_classifier import (  # noqa: E402
    Batches,
    SequenceClassifier,
    one_thread,
    rise_and_fall,
)
from ser_core.systems.sequence_network import Convolutions  # noqa: E402

if TYPE_CHECKING:
    from numpy.typing import NDArray

VECTORS = np.random.default_rng(0).normal(size=(11, 400)).astype(np.float32)
WORDS = np.array(["sad", "happy", "angry"] * 3 + ["sad", "happy"])


def build(**settings: Any) -> SequenceClassifier:  # noqa: ANN401 - of any type
    small = {"max_epochs": 2, "batch_size": 4, "module__channels": (4, 8), **settings}
    return SequenceClassifier(Convolutions, **small)


def draw(n_clips: int, **settings: int | None) -> list[NDArray[np.int64]]:
    """Give the labels in each batch; each clip has one of its own."""
    numbers = np.arange(n_clips)
    dataset = Dataset(VECTORS[:n_clips], numbers)
    return [labels.numpy() for _, labels in Batches(dataset, **settings)]


def test_words_are_learnt_and_answered_in_the_order_of_the_alphabet() -> None:
    network = build().fit(VECTORS, WORDS)
    assert network.classes_.tolist() == ["angry", "happy", "sad"]
    found = network.predict_proba(VECTORS)
    assert found.shape == (11, 3)
    assert network.predict(VECTORS).tolist() == network.classes_[found.argmax(1)].tolist()
    assert network.score(VECTORS, network.predict(VECTORS)) == 1


def test_before_it_has_learnt_it_has_no_classes() -> None:
    assert not hasattr(build(), "classes_")


def test_a_copy_for_another_fold_has_the_same_parameters_and_has_learnt_nothing() -> None:
    network = build(seed=5, lr=0.5).set_params(module__dropout=0.25).fit(VECTORS, WORDS)
    copy = clone(network)
    assert (copy.seed, copy.lr, copy.get_params()["module__dropout"]) == (5, 0.5, 0.25)
    assert not hasattr(copy, "classes_")
    copy.fit(VECTORS[:9], WORDS[:9])
    assert not np.array_equal(copy.predict_proba(VECTORS), network.predict_proba(VECTORS))


def test_learning_again_starts_from_nothing() -> None:
    network = build().fit(VECTORS, WORDS)
    first = network.predict_proba(VECTORS)
    assert np.array_equal(network.fit(VECTORS, WORDS).predict_proba(VECTORS), first)
    assert len(network.history) == 2


def test_another_corpus_may_have_other_classes() -> None:
    network = build().fit(VECTORS, WORDS)
    assert network.fit(VECTORS[:3], WORDS[:3] == "sad").predict_proba(VECTORS).shape == (11, 2)


def test_random_numbers_and_threads_of_others_stay_as_they_were() -> None:
    torch.manual_seed(1)
    before, threads = torch.random.get_rng_state(), torch.get_num_threads()
    build().fit(VECTORS, WORDS).predict(VECTORS)
    assert torch.equal(torch.random.get_rng_state(), before)
    assert torch.get_num_threads() == threads


def test_there_is_one_thread_also_when_something_fails() -> None:
    threads = torch.get_num_threads()
    with pytest.raises(ZeroDivisionError), one_thread():
        _ = 1 / (torch.get_num_threads() - 1)
    assert torch.get_num_threads() == threads


def test_vectors_of_another_precision_are_taken_too() -> None:
    network = build().fit(VECTORS.astype(np.float64), WORDS.tolist())
    found = network.predict_proba(VECTORS.astype(np.float64))
    assert np.array_equal(found, network.predict_proba(VECTORS))


def test_a_network_survives_the_way_between_processes() -> None:
    network = build().fit(VECTORS, WORDS)
    found = pickle.loads(pickle.dumps(network)).predict_proba(VECTORS)  # noqa: S301 - our own
    assert np.array_equal(found, network.predict_proba(VECTORS))


def test_every_epoch_tells_its_loss() -> None:
    history = build(max_epochs=3).fit(VECTORS, WORDS).history
    assert len(history[:, "train_loss"]) == 3
    assert np.isfinite(history[:, "train_loss"]).all()


def test_the_network_knows_the_scale_of_what_it_learnt_from() -> None:
    module = build().fit(100 + 7 * VECTORS, WORDS).module_
    frames = (100 + 7 * VECTORS).reshape(-1, 40)
    np.testing.assert_allclose(module.mean.numpy(), frames.mean(0), rtol=1e-4)
    np.testing.assert_allclose(module.deviation.numpy(), frames.std(0), rtol=1e-4)


def test_an_epoch_hears_every_clip_once_in_another_order_each_time() -> None:
    torch.manual_seed(0)
    first, again = (np.concatenate(draw(11, batch_size=4, shuffled=True)) for _ in range(2))
    assert sorted(first) == sorted(again) == list(range(11))
    assert first.tolist() != again.tolist()


def test_no_batch_is_smaller_than_asked_for_where_there_are_enough_clips() -> None:
    assert [batch.size for batch in draw(11, batch_size=4)] == [6, 5]
    assert [batch.size for batch in draw(3, batch_size=4)] == [3]


def test_an_epoch_of_a_large_corpus_hears_a_part_of_it() -> None:
    torch.manual_seed(0)
    first, again = (draw(11, batch_size=2, shuffled=True, most=4) for _ in range(2))
    assert [batch.size for batch in first] == [2, 2]
    assert set(np.concatenate(first)) != set(np.concatenate(again))


def test_without_labels_there_are_noughts_for_them() -> None:
    batches = list(Batches(Dataset(VECTORS), batch_size=4))
    assert np.array_equal(torch.cat([vectors for vectors, _ in batches]).numpy(), VECTORS)
    assert not torch.cat([labels for _, labels in batches]).any()


def test_the_learning_rate_rises_and_falls() -> None:
    rates = [rise_and_fall(share) for share in np.linspace(0, 1, 11)]
    assert (rates[0], rates[2], max(rates)) == (0, 1, 1)
    assert rates[2:] == sorted(rates[2:], reverse=True)
    assert rates[-1] == pytest.approx(0)


def test_each_epoch_learns_at_its_own_rate() -> None:
    network = build(max_epochs=4, lr=0.5).fit(VECTORS, WORDS)
    assert network.optimizer_.param_groups[0]["lr"] == 0.5 * rise_and_fall(3.5 / 4)
