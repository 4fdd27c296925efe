"""A network of torch as a scikit-learn classifier, through skorch: words in, probabilities out.

It has no part of the training set left aside. The same seed gives the same network, on one thread,
and leaves the random numbers and threads of others as they were.
"""

from __future__ import annotations

import math
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np
import torch
from skorch import NeuralNetClassifier
from torch import nn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray
    from skorch.dataset import Dataset

    from ser_core.systems.sequence_network import SequenceNetwork

_WARM_UP: Final = 0.2
"""Share of the epochs in which the learning rate rises, before it falls along a cosine."""


class Batches:
    """Give the batches of one epoch; with ``shuffled``, in another order each time.

    ``most`` is how many clips an epoch has at most, others in each: so a large corpus has no
    longer epochs than it can afford.
    """

    def __init__(
        self,
        dataset: Dataset,
        batch_size: int,
        *,
        shuffled: bool = False,
        most: int | None = None,
    ) -> None:
        """Keep the arrays of a dataset of skorch."""
        self.vectors = torch.from_numpy(dataset.X)
        labels = np.zeros(len(dataset.X), np.int64) if dataset.y is None else dataset.y
        self.labels = torch.from_numpy(labels)
        self.batch_size, self.shuffled, self.most = batch_size, shuffled, most

    def __iter__(self) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """Give vectors and numbers of labels; the rest goes into the other batches."""
        n_clips = len(self.vectors)
        order = torch.randperm(n_clips)[: self.most] if self.shuffled else torch.arange(n_clips)
        for part in order.tensor_split(max(1, len(order) // self.batch_size)):
            yield self.vectors[part], self.labels[part]


class SequenceClassifier(NeuralNetClassifier):  # type: ignore[misc]  # skorch publishes no types
    """Classify vectors of frames by a network that takes them; labels are words."""

    def __init__(  # noqa: PLR0913 - skorch's own, with other defaults
        self,
        module: type[SequenceNetwork],
        *args: Any,  # noqa: ANN401 - skorch's
        seed: int = 0,
        lr: float = 2e-3,
        max_epochs: int = 40,
        batch_size: int = 32,
        optimizer: type[torch.optim.Optimizer] = torch.optim.AdamW,
        optimizer__weight_decay: float = 0.01,
        criterion: type[nn.Module] = nn.CrossEntropyLoss,
        criterion__label_smoothing: float = 0.1,
        iterator_train: type = Batches,
        iterator_train__shuffled: bool = True,
        iterator_train__most: int | None = 2000,
        iterator_valid: type = Batches,
        train_split: None = None,
        verbose: int = 0,
        **kwargs: Any,  # noqa: ANN401 - skorch's
    ) -> None:
        """Keep the parameters, by skorch's names; ``seed`` is where random numbers start from."""
        super().__init__(
            module,
            *args,
            lr=lr,
            max_epochs=max_epochs,
            batch_size=batch_size,
            optimizer=optimizer,
            optimizer__weight_decay=optimizer__weight_decay,
            criterion=criterion,
            criterion__label_smoothing=criterion__label_smoothing,
            iterator_train=iterator_train,
            iterator_train__shuffled=iterator_train__shuffled,
            iterator_train__most=iterator_train__most,
            iterator_valid=iterator_valid,
            train_split=train_split,
            verbose=verbose,
            **kwargs,
        )
        self.seed = seed

    def fit(self, X: ArrayLike, y: ArrayLike, **fit_params: Any) -> Self:  # noqa: ANN401, N803 - scikit-learn's
        """Learn from vectors ``(n, n_columns)`` and as many words."""
        self.classes_inferred_, numbers = np.unique(np.asarray(y), return_inverse=True)
        self.n_features_in_ = np.shape(X)[1]
        with one_thread(), torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            super().fit(X, numbers.astype(np.int64), **fit_params)
        return self

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float32]:  # noqa: N803 - scikit-learn's
        """Give the probabilities of the words in ``classes_``, shape ``(n, n_classes)``."""
        with one_thread():
            found: NDArray[np.float32] = super().predict_proba(X)
        return found

    def predict(self, X: ArrayLike) -> NDArray[np.str_]:  # noqa: N803 - scikit-learn's
        """Give the likeliest word for each vector."""
        words: NDArray[np.str_] = self.classes_[super().predict(X)]
        return words

    # What skorch calls ...

    def check_data(self, X: ArrayLike, y: ArrayLike) -> None:  # noqa: N803 - skorch's
        """Leave the classes alone; `fit` has found them."""

    def get_dataset(self, X: ArrayLike, y: ArrayLike | None = None) -> Dataset:  # noqa: N803
        """Give a dataset whose vectors are float32."""
        return super().get_dataset(np.ascontiguousarray(X, np.float32), y)

    def initialize_module(self) -> Self:
        """Make the network, with an output for each class."""
        settings = {**self.get_params_for("module"), "n_classes": len(self.classes_)}
        self.module_ = self.initialized_instance(self.module, settings)
        return self

    def on_train_begin(
        self,
        net: SequenceClassifier,
        X: ArrayLike,  # noqa: N803 - skorch's
        y: ArrayLike,
        **kwargs: Any,  # noqa: ANN401 - skorch's
    ) -> None:
        """Let the network see what its vectors are like, so that it can bring them to a scale."""
        super().on_train_begin(net, X=X, y=y, **kwargs)
        self.module_.learn_scale(torch.from_numpy(self.get_dataset(X).X))

    def on_epoch_begin(self, net: SequenceClassifier, **kwargs: Any) -> None:  # noqa: ANN401
        """Set the learning rate of the epoch: it rises from 0 to ``lr``, and falls again."""
        super().on_epoch_begin(net, **kwargs)
        share = (len(self.history) - 0.5) / self.max_epochs
        for group in self.optimizer_.param_groups:
            group["lr"] = self.lr * rise_and_fall(share)


def rise_and_fall(share: float) -> float:
    """Give the factor of the learning rate after a share of the training."""
    if share < _WARM_UP:
        return share / _WARM_UP
    return 0.5 + 0.5 * math.cos(math.pi * min(1.0, (share - _WARM_UP) / (1 - _WARM_UP)))


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch work on one thread, as others may be working beside."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
