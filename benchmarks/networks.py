"""What our network is worth: the same vectors, folds and number of networks with MLPClassifier.

::

    python benchmarks/networks.py --corpora DIR [--corpus ravdess] [--cache DIR]

Both sides average ten networks of one hidden layer of 300 units and get scaled vectors.
scikit-learn's has weight decay and early stopping at 40 rounds, the best of a few settings tried;
ours has dropout, mixup, label smoothing, other tasks (gender, corpus) and calibration.
"""

from __future__ import annotations

import argparse
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import joblib
import numpy as np
from rich.console import Console
from rich.table import Table
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from ser_core.classify import standardise
from ser_core.corpora import read_corpus
from ser_core.evaluation.metrics import accuracy, expected_calibration_error, uar
from ser_core.evaluation.protocols import unseen_speakers
from ser_core.evaluation.run import evaluate_protocol
from ser_core.training.fit import N_NETWORKS
from ser_core.training.labels import label_clips
from ser_core.training.vectors import Extraction, Vectors, extract_vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

N_EMOTIONS = 8


def main() -> None:
    """Print accuracy, UAR and calibration of both on unseen speakers."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--corpus", default="ravdess")
    parser.add_argument("--cache", type=Path)
    options = parser.parse_args()
    clips = read_corpus(options.corpus, options.corpora).clips
    how = Extraction("functionals", jobs=2, cache=options.cache)
    ours = evaluate_protocol(clips, protocol="unseen-speakers", how=how)
    theirs = predict_with_mlp_classifier(extract_vectors(clips, how))
    table = Table(options.corpus, "accuracy", "UAR", "ECE")
    for name, probabilities in (
        ("ser_core.training.mlp", ours.emotions_within_corpus),
        ("sklearn MLPClassifier", theirs),
    ):
        predictions = probabilities.argmax(axis=1)
        figures = (
            accuracy(ours.truths, predictions),
            uar(ours.truths, predictions),
            expected_calibration_error(ours.truths, probabilities),
        )
        table.add_row(name, *(f"{100 * figure:.1f} %" for figure in figures))
    Console().print(table)


def predict_with_mlp_classifier(vectors: Vectors) -> NDArray[np.float64]:
    """Give the probabilities that scikit-learn's networks find, shape ``(n_clips, 8)``."""
    truths = label_clips(vectors.clips).emotions
    values = vectors.values[0]
    probabilities = np.zeros((truths.size, N_EMOTIONS))
    for fold in unseen_speakers(vectors.clips):
        mean, deviation = values[fold.train].mean(axis=0), values[fold.train].std(axis=0) + 1e-6
        scores = standardise(values, mean, deviation)
        fitted = joblib.Parallel(2)(
            joblib.delayed(fit_mlp_classifier)(scores[fold.train], truths[fold.train], seed)
            for seed in range(N_NETWORKS)
        )
        for classifier in fitted:
            columns = np.ix_(fold.test, classifier.classes_)
            probabilities[columns] += classifier.predict_proba(scores[fold.test]) / len(fitted)
    return probabilities


def fit_mlp_classifier(
    scores: NDArray[np.float32], truths: NDArray[np.intp], seed: int
) -> MLPClassifier:
    """Give one of scikit-learn's networks, fitted."""
    classifier = MLPClassifier((300,), alpha=1.0, max_iter=40, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # stopping early is meant
        return classifier.fit(scores, truths)


if __name__ == "__main__":
    main()
