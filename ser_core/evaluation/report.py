"""VALUE  The predictions of an evaluation, with the figures and tables made from them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Group
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.errors import CorpusError
from ser_core.evaluation import metrics

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from rich.console import RenderableType

    from ser_core.corpora import Skipped


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """Hold what was predicted for the clips of a corpus, each tested once, and what is true.

    ``truths`` and ``gender_truths`` number `EMOTIONS` and `GENDERS`, shape ``(n_clips,)``; a
    gender that is not given is -1. ``emotions`` and ``genders`` are probabilities, shapes
    ``(n_clips, 8)`` and ``(n_clips, 2)``. ``speakers`` and ``folds`` tell whose clip it is and
    when it was tested. ``predictor`` names the feature set or the model.

    Raises:
        CorpusError: if there is no clip at all.
    """

    corpus: str
    protocol: str
    predictor: str
    truths: NDArray[np.intp]
    emotions: NDArray[np.float64]
    gender_truths: NDArray[np.intp]
    genders: NDArray[np.float64]
    speakers: tuple[str, ...]
    folds: NDArray[np.intp]
    skipped: tuple[Skipped, ...] = ()

    def __post_init__(self) -> None:
        """Refuse an evaluation of nothing, which has no figures."""
        if not self.truths.size:
            message = f"{self.corpus} has no clip that could be evaluated"
            raise CorpusError(message)

    @property
    def labels(self) -> NDArray[np.intp]:
        """Give the numbers of the emotions that the corpus has, ascending."""
        return np.unique(self.truths)

    @property
    def emotions_within_corpus(self) -> NDArray[np.float64]:
        """Give the probabilities among the corpus's own emotions, shape ``(n_clips, 8)``."""
        return metrics.restrict(self.emotions, self.labels)

    def as_dict(self) -> dict[str, Any]:
        """Give every figure as plain values, ready for JSON.

        The figures at the top are among the corpus's own emotions, since it cannot tell who is
        right about others; ``with_all_emotions`` are the same with all eight to choose from.
        """
        probabilities = self.emotions_within_corpus
        predictions = probabilities.argmax(axis=1)
        return {
            "corpus": self.corpus,
            "protocol": self.protocol,
            "predictor": self.predictor,
            "clips": int(self.truths.size),
            "speakers": len(set(self.speakers)),
            "folds": int(np.unique(self.folds).size),
            "emotions": [EMOTIONS[label] for label in self.labels],
            "chance": 1 / self.labels.size,
            **_figures(self.truths, probabilities),
            "with_all_emotions": _figures(self.truths, self.emotions),
            "recall": {
                EMOTIONS[label]: recall
                for label, recall in metrics.recalls(self.truths, predictions).items()
            },
            "gender": self._gender_figures(),
            "by_gender": self._by_gender(predictions),
            "accuracy_by_fold": list(_shares_right(self.folds, predictions == self.truths)),
            "speaker_spread": self._speaker_spread(predictions),
            "confusion": self._confusion(predictions),
            "reliability": [
                found._asdict() for found in metrics.reliability_bins(self.truths, probabilities)
            ],
            "skipped": [
                {"file": str(skipped.path), "reason": skipped.reason} for skipped in self.skipped
            ],
        }

    def _gender_figures(self) -> dict[str, Any] | None:
        """Give how well genders are told apart, or None where the corpus gives none."""
        known = self.gender_truths >= 0
        if not known.any():
            return None
        truths, predictions = self.gender_truths[known], self.genders[known].argmax(axis=1)
        recalls = metrics.recalls(truths, predictions)
        return {
            "clips": int(truths.size),
            "accuracy": metrics.accuracy(truths, predictions),
            "recall": {GENDERS[label]: recall for label, recall in recalls.items()},
        }

    def _by_gender(self, predictions: NDArray[np.intp]) -> dict[str, Any]:
        """Give the UAR of each gender, and the gap between them where there are two."""
        genders = [GENDERS[label] if label >= 0 else None for label in self.gender_truths]
        by_gender = metrics.uar_by_group(self.truths, predictions, genders)
        return {"uar": by_gender, "gap": metrics.gap(by_gender)}

    def _speaker_spread(self, predictions: NDArray[np.intp]) -> dict[str, float]:
        """Give the accuracy for the worst, the middle and the best speaker."""
        shares = _shares_right(np.array(self.speakers), predictions == self.truths)
        return {
            "lowest": min(shares),
            "median": float(np.median(shares)),
            "highest": max(shares),
        }

    def _confusion(self, predictions: NDArray[np.intp]) -> list[list[int]]:
        """Count by truth (rows) and prediction (columns), both in the order of ``emotions``."""
        counts = metrics.confusion_matrix(self.truths, predictions, len(EMOTIONS))
        return [[int(count) for count in row[self.labels]] for row in counts[self.labels]]


def _figures(truths: NDArray[np.intp], probabilities: NDArray[np.float64]) -> dict[str, float]:
    predictions = probabilities.argmax(axis=1)
    return {
        "accuracy": metrics.accuracy(truths, predictions),
        "uar": metrics.uar(truths, predictions),
        "macro_f1": metrics.macro_f1(truths, predictions),
        "ece": metrics.expected_calibration_error(truths, probabilities),
    }


def _shares_right(groups: NDArray[Any], right: NDArray[np.bool_]) -> list[float]:
    """Give the share that is right in each group, the groups in ascending order."""
    return [float(right[groups == group].mean()) for group in np.unique(groups)]


def render(evaluation: Evaluation) -> RenderableType:
    """Give the figures as tables for a terminal."""
    figures = evaluation.as_dict()
    title = (
        f"{figures['corpus']} · {figures['protocol']} · {figures['predictor']}: "
        f"{figures['clips']} clips, {figures['speakers']} speakers"
    )
    tables = (_table_figures(figures), _table_confusion(figures), _table_rest(figures))
    return Group(Text(title, style="bold"), *tables)


def _table_figures(figures: dict[str, Any]) -> Table:
    columns = ("accuracy", "uar", "macro_f1", "ece")
    table = Table("", "accuracy", "UAR", "macro F1", "ECE")
    for name, row in (
        (f"among its own {len(figures['emotions'])} emotions", figures),
        (f"among all {len(EMOTIONS)} emotions", figures["with_all_emotions"]),
    ):
        table.add_row(name, *(_percent(row[column]) for column in columns))
    table.add_row("chance", "", _percent(figures["chance"]))
    return table


def _table_confusion(figures: dict[str, Any]) -> Table:
    table = Table("truth ╲ heard", *figures["emotions"], "recall")
    for emotion, counts in zip(figures["emotions"], figures["confusion"], strict=True):
        table.add_row(emotion, *map(str, counts), _percent(figures["recall"][emotion]))
    return table


def _table_rest(figures: dict[str, Any]) -> Table:
    table = Table.grid(padding=(0, 2))
    for place, share in figures["speaker_spread"].items():
        table.add_row(f"accuracy, {place} of all speakers", _percent(share))
    for gender, recall in figures["by_gender"]["uar"].items():
        table.add_row(f"UAR, {gender} speakers", _percent(recall))
    if figures["gender"]:
        table.add_row("accuracy of gender", _percent(figures["gender"]["accuracy"]))
    reasons = Counter(skipped["reason"] for skipped in figures["skipped"])
    for reason, n_files in reasons.items():
        table.add_row(f"skipped: {escape(reason)}", f"{n_files} files")
    return table


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
