"""I/O  What a bundle learnt from, small enough to ship with it, so that it can be trained further.

No recordings, and nothing that becomes one: z-scores in `STEPS` steps a standard deviation, one
byte each, and what encoders said that had not heard the speaker.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import numpy as np

from ser_core.classify import Outputs, standardise
from ser_core.errors import ModelUnreadable
from ser_core.store import DEFAULT_FOLDER, EXAMPLES_FILE, MANIFEST_FILE
from ser_core.training.labels import Labels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ser_core.classify import Classifier
    from ser_core.features.spectrum import Matrix
    from ser_core.training.judgements import Judgements
    from ser_core.training.vectors import Vectors

STEPS: Final = 3
"""Of a standard deviation; finer ones cost megabytes and gain nothing."""

NO_FOLD: Final = -1
"""Of clips that all networks may learn from."""

_DAMAGES: Final = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError)
"""What reading a ZIP file may raise; the last means methods that Python does not know."""


@dataclass(frozen=True, slots=True, eq=False)
class Memory:
    """Hold clips as a classifier sees them: z-scores ``(n_clips, n_columns)`` and labels.

    ``folds`` numbers the fold that tests each clip; ``heard`` is what the encoder of that fold
    said, None where there is none.
    """

    scores: Matrix
    labels: Labels
    folds: NDArray[np.intp]
    heard: Outputs | None

    @classmethod
    def of(cls, vectors: Vectors, judgements: Judgements, judge: Classifier) -> Self:
        """Give the memory of clips, as a classifier sees them."""
        scores = standardise(vectors.values[0], judge.mean, judge.deviation)
        return cls(scores, judgements.labels, judgements.folds, judgements.heard)

    def to_bytes(self) -> bytes:
        """Give the memory as bytes: a compressed file of arrays, some kilobyte a clip."""
        labels = {field.name: getattr(self.labels, field.name) for field in fields(Labels)}
        kept = {
            # Column by column, in which neighbours are alike, it shrinks best.
            "scores": _count_steps(self.scores.T),
            "folds": self.folds.astype(np.int8),
            **{f"labels_{name}": np.asarray(values) for name, values in labels.items()},
        }
        if self.heard is not None:
            kept["views"] = self.heard.views.astype(np.float16)
            kept["genders"] = self.heard.genders.astype(np.float16)
        file = io.BytesIO()
        np.savez_compressed(file, **kept)  # type: ignore[arg-type]  # no array is a flag
        return file.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Give the memory that became these bytes.

        Raises:
            ModelUnreadable: if they are damaged, or something else.
        """
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as kept:
                parts = {name: kept[name] for name in kept.files}
            labels = {field.name: parts[f"labels_{field.name}"] for field in fields(Labels)}
            labels["names"] = tuple(labels["names"].tolist())
            heard = None
            if "views" in parts:
                nothing = np.empty((len(parts["views"]), 0), np.float32)
                heard = Outputs(
                    parts["views"].astype(np.float32), parts["genders"].astype(np.float32), nothing
                )
            scores = np.ascontiguousarray(parts["scores"].T, np.float32) / np.float32(STEPS)
            return cls(scores, Labels(**labels), parts["folds"].astype(np.intp), heard)
        except (*_DAMAGES, KeyError, ValueError) as error:
            raise ModelUnreadable(EXAMPLES_FILE, f"it cannot be read: {error}") from error


def round_scores(scores: Matrix) -> Matrix:
    """Give z-scores as they are remembered."""
    return _count_steps(scores).astype(np.float32) / np.float32(STEPS)


def _count_steps(scores: Matrix) -> NDArray[np.int8]:
    """Give z-scores in whole steps."""
    return np.rint(scores * STEPS).astype(np.int8)


def read_memory(place: str | Path) -> Memory:
    """Give what the bundle at a place learnt from, once `load_model` has found it good.

    Raises:
        ModelUnreadable: if the bundle does not hold it, or it is damaged.
    """
    folder = DEFAULT_FOLDER if place == "default" else Path(place)
    path = folder / EXAMPLES_FILE
    if not path.is_file():
        reason = f"it holds no {EXAMPLES_FILE}, so it cannot be trained further"
        raise ModelUnreadable(str(folder), reason)
    data, manifest = path.read_bytes(), json.loads((folder / MANIFEST_FILE).read_bytes())
    if hashlib.sha256(data).hexdigest() != manifest["files"].get(EXAMPLES_FILE):
        raise ModelUnreadable(str(folder), f"{EXAMPLES_FILE} is not the file that was saved")
    return Memory.from_bytes(data)
