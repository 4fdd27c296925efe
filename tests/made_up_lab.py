"""Figures of systems that were never tried, for the tests of what is made from figures."""

from __future__ import annotations

from typing import Any

EMOTIONS = ("happy", "sad", "angry")


def make_protocol(accuracy: float, *, n_splits: int = 1, gender: float | None = None) -> Any:  # noqa: ANN401 - as JSON gives it
    """Give the figures of a system by one protocol."""
    rest = round((1 - accuracy) * 50)
    right = 100 - 2 * rest
    evaluation = {
        "emotions": list(EMOTIONS),
        "confusion": [[right if t == h else rest for h in range(3)] for t in range(3)],
    }
    return {
        "accuracy": accuracy,
        "uar": accuracy - 0.01,
        "macro_f1": accuracy - 0.02,
        "ece": 0.2,
        "gender": gender,
        "deviation": {"accuracy": 0.013, "uar": 0.02} if n_splits > 1 else {},
        "evaluations": [evaluation] * n_splits,
    }


def make_system(unseen: float | None, random: float | None, **others: object) -> dict[str, Any]:
    """Give the figures of a system; None where it was not tried so."""
    protocols = {
        "unseen-speakers": unseen and make_protocol(unseen, gender=0.987),
        "random-split": random and make_protocol(random, n_splits=3),
    }
    return {
        "title": "made up",
        "feature_set": "classic180",
        "published": [],
        "fit_seconds": 8.46,
        "size_bytes": 273_253,
        "losses": [],
        "milliseconds": 62.3,
        "protocols": {name: found for name, found in protocols.items() if found},
        **others,
    }


def make_figures(corpus: str = "ravdess", **systems: dict[str, Any]) -> dict[str, Any]:
    """Give the figures of a corpus; of three systems, if none are given."""
    published = [
        {"corpus": corpus, "accuracy": 0.62, "what": "random split"},
        {"corpus": corpus, "accuracy": 0.745, "what": "ten folds"},
    ]
    return {
        "corpus": corpus,
        "clips": 1439,
        "speakers": 24,
        "chance": 1 / 3,
        "seed": 0,
        "skipped": {},
        "systems": systems
        or {
            "mlp": make_system(0.434, 0.671, published=published, losses=[2.1, 1.0, 0.1]),
            "shipped": make_system(0.7, 0.8, size_bytes=2_500_000, milliseconds=4.2),
            "svm": make_system(0.5, 0.6, fit_seconds=12.3, losses=[]),
        },
    }
