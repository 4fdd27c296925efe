"""A classifier as the files of a bundle, and back: nothing is built of what is not trusted.

::

    classifier.skops    the classifier; a pickle would be code, this is data
    emotions.onnx       what tells emotions, where that is a network
    genders.onnx        the same of genders
"""

from __future__ import annotations

import importlib
import logging
import sys
import warnings
from dataclasses import replace
from importlib.abc import MetaPathFinder
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ser_core.classify import Classifier
from ser_core.errors import ModelMismatch, ModelUnreadable, SetupError
from ser_core.estimator import EstimatorClassifier, OnnxNetwork

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

    from ser_core.classify import Network
    from ser_core.estimator import Teller

    AnyClassifier = Classifier | EstimatorClassifier

TRUSTED_TYPES: Final = (
    "ser_core.classify.Calibration",
    "ser_core.classify.Classifier",
    "ser_core.estimator.EstimatorClassifier",
    "ser_core.estimator.Forest",
    "ser_core.estimator.Teller",
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._TemperatureScaling",
)
"""What a bundle may hold beside numbers, arrays and scikit-learn's own estimators.

Nothing in this list runs code from the file when it is loaded or used. Ours are values, whose
methods only calculate. The two of scikit-learn make probabilities of a margin: one asks an
estimator, which must be trusted as well, the other multiplies by a number. Its trees are not in
the list, for they follow the numbers of a file through memory, wherever these lead; a `Forest`
asks NumPy, which looks where it goes."""

_NEEDLESS: Final = ("dask", "torch")

LIBRARIES: Final = ("scikit-learn", "skops", "numpy", "onnxruntime")
"""What a bundle is read by, under the names by which it is installed."""

CLASSIFIER_FILE: Final = "classifier.skops"
TELLER_FILES: Final = {"emotions": "emotions.onnx", "genders": "genders.onnx"}

_ROUNDING: Final = 1e-3
"""By which probabilities may miss their sum."""

_logger = logging.getLogger(__name__)


def write_classifier(classifier: AnyClassifier) -> dict[str, bytes]:
    """Give the files of a classifier.

    Raises:
        SetupError: if it could not be read again, for it holds types that are not trusted.
    """
    files = _list_files(classifier)
    untrusted = _find_untrusted(files[CLASSIFIER_FILE])
    if untrusted:
        message = f"no bundle may hold {', '.join(untrusted)}: the classifier is not saved"
        raise SetupError(message)
    return files


def _list_files(classifier: AnyClassifier) -> dict[str, bytes]:
    if isinstance(classifier, Classifier):
        # Half precision, to which training has rounded the weights, halves the file.
        return {CLASSIFIER_FILE: dump(_cast_weights(classifier, np.float16))}
    files: dict[str, bytes] = {}
    bare: dict[str, Any] = {}
    for name, file in TELLER_FILES.items():
        teller: Teller | None = getattr(classifier, name)
        if teller is not None and isinstance(teller.estimator, OnnxNetwork):
            files[file] = teller.estimator.data
            bare[name] = replace(teller, estimator=None)
    return {CLASSIFIER_FILE: dump(replace(classifier, **bare)), **files}


def read_classifier(
    files: Mapping[str, bytes], place: str, made_with: Mapping[str, str], n_columns: int
) -> AnyClassifier:
    """Build the classifier from files, once it is sure that they hold only what is trusted.

    Raises:
        ModelUnreadable: if they are damaged, or hold something else.
        ModelMismatch: if they cannot be read, and were made with other libraries.
    """
    changed = _changed_libraries(made_with)
    if changed:
        _logger.warning("the model was made with other versions: %s", changed)
    try:
        untrusted = _find_untrusted(files[CLASSIFIER_FILE])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what scikit-learn warns of has just been logged
            classifier = None if untrusted else _build(files, n_columns)
    except Exception as error:
        if changed:
            raise ModelMismatch(what="libraries", found=changed, expected="others") from error
        raise ModelUnreadable(place, f"{CLASSIFIER_FILE}: {error!r}") from error
    if classifier is None:
        reason = f"it holds types that are not trusted: {', '.join(untrusted)}"
        raise ModelUnreadable(place, reason)
    return classifier


def dump(value: object) -> bytes:
    """Give a value as a bundle keeps it."""
    return bytes(_import_skops().dumps(value))


class _Absence(MetaPathFinder):
    """Say that some modules are not installed."""

    def find_spec(self, name: str, _path: object, _target: object = None) -> None:
        """Refuse what is not needed; know nothing of anything else."""
        if name in _NEEDLESS:
            message = f"no bundle needs {name}"
            raise ModuleNotFoundError(message, name=name)


def _import_skops() -> ModuleType:
    """Give skops, which is imported late and alone.

    It walks through all of scikit-learn when it is imported, and so loads PyTorch and Dask, where
    they are installed: seconds and 200 MB for nothing, since no bundle needs them. They are taken
    for missing meanwhile; whoever imports them later has them as ever.
    """
    absence = _Absence()
    sys.meta_path.insert(0, absence)
    try:
        return importlib.import_module("skops.io")
    finally:
        sys.meta_path.remove(absence)


def _find_untrusted(data: bytes) -> list[str]:
    """Name the types in a skops file that are not trusted."""
    return sorted(set(_import_skops().get_untrusted_types(data=data)).difference(TRUSTED_TYPES))


def _build(files: Mapping[str, bytes], n_columns: int) -> AnyClassifier:
    """Build the classifier from files that hold only what is trusted.

    Raises:
        ValueError: if they hold no classifier, or one that gives no probabilities; skops and
            scikit-learn may raise other errors.
    """
    found = _import_skops().loads(files[CLASSIFIER_FILE], trusted=TRUSTED_TYPES)
    if isinstance(found, Classifier):
        return _cast_weights(found, np.float32)
    if not isinstance(found, EstimatorClassifier):
        message = f"it holds a {type(found).__name__}"
        raise ValueError(message)  # noqa: TRY004 - what is wrong is the file
    completed = _complete(found, files)
    _try_out(completed, n_columns)
    return completed


def _complete(classifier: EstimatorClassifier, files: Mapping[str, bytes]) -> EstimatorClassifier:
    """Give a classifier with the networks that have files of their own."""
    networks = {
        name: replace(getattr(classifier, name), estimator=OnnxNetwork(files[file]))
        for name, file in TELLER_FILES.items()
        if file in files
    }
    return replace(classifier, **networks)


def _try_out(classifier: EstimatorClassifier, n_columns: int) -> None:
    """Make sure that a classifier takes vectors of so many columns, and gives probabilities.

    Where the columns are named by a package that is loaded later, the first recording tells.

    Raises:
        ValueError: if it does not; scikit-learn may raise other errors.
    """
    if not n_columns:
        return
    emotions, genders, _ = classifier.classify(np.zeros((1, n_columns), np.float32))
    for found in (emotions, genders):
        if not abs(found.sum() - 1) < _ROUNDING or not classifier.emotions.possible.any():
            message = f"it gives {found} for probabilities"
            raise ValueError(message)


def _cast_weights(classifier: Classifier, precision: type[np.floating]) -> Classifier:
    """Give the classifier with its networks' weights and biases in another precision."""

    def cast(networks: tuple[Network, ...]) -> tuple[Network, ...]:
        return tuple(
            tuple(
                (weights.astype(precision), biases.astype(precision)) for weights, biases in layers
            )
            for layers in networks
        )

    return replace(
        classifier, networks=cast(classifier.networks), acquainted=cast(classifier.acquainted)
    )


def _changed_libraries(made_with: Mapping[str, str]) -> str:
    """Tell which libraries had another minor version; patches do not count."""
    return ", ".join(
        f"{name} {before} (now {version(name)})"
        for name, before in made_with.items()
        if name in LIBRARIES and str(before).split(".")[:2] != version(name).split(".")[:2]
    )
