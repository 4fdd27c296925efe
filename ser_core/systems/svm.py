"""A support vector machine on functionals, the field's choice for small corpora.

Its decisions become probabilities by a temperature, which leaves their order alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sklearn.calibration import CalibratedClassifierCV
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from ser_core.systems.system import Published, System

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline


def build(seed: int) -> Pipeline:
    """Give the machine behind a scaler."""
    folds = StratifiedKFold(3, shuffle=True, random_state=seed)
    machine = SVC(C=10.0, kernel="rbf", gamma="scale")
    calibrated = CalibratedClassifierCV(machine, method="temperature", cv=folds, ensemble=False)
    return make_pipeline(StandardScaler(), calibrated)


SYSTEM = System(
    name="svm",
    title="SVM (RBF) on functionals",
    feature_set="functionals",
    build=build,
    published=(Published("ravdess", 0.567, "unseen speakers, hand-made features"),),
)
