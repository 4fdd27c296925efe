from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import skops.io
from made_up_systems import N_COLUMNS, WORDS, make_network_file
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from ser_core.audit import CLASSIFIER_FILE, _Absence, _import_skops
from ser_core.errors import ModelMismatch, ModelUnreadable, SetupError
from ser_core.estimator import EstimatorClassifier, Forest, OnnxNetwork, Teller
from ser_core.store import load_model, save_model

if TYPE_CHECKING:
    from collections.abc import Callable

RANDOM = np.random.default_rng(0)
VECTORS = RANDOM.normal(size=(30, N_COLUMNS)).astype(np.float32)
EMOTIONS = np.array(WORDS * 10)
GENDERS = np.array(["female", "male"] * 15)
FIELDS = {
    "id": "linear-1",
    "feature_set": "classic180",
    "trained_on": ["voices"],
    "licence": "none",
    "figures": {},
}


def fit(labels: np.ndarray) -> Teller:
    made = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    fitted = made.fit(VECTORS, labels)
    return Teller(tuple(map(str, fitted.classes_)), fitted)


LINEAR = EstimatorClassifier(("voices",), fit(EMOTIONS), fit(GENDERS), (0.5, 2.0))
NETWORK = replace(LINEAR, emotions=Teller(WORDS, OnnxNetwork(make_network_file(3))))
NETWORKS = replace(NETWORK, genders=Teller(("female", "male"), OnnxNetwork(make_network_file(2))))
STUMP = Forest(
    roots=np.zeros(1, np.int32),
    columns=np.zeros(1, np.int32),
    thresholds=np.zeros(1),
    left=np.zeros(1, np.int32),
    right=np.zeros(1, np.int32),
    shares=np.array([[0.2, 0.3, 0.5]], np.float32),
    depth=0,
)


@pytest.fixture
def save(tmp_path: Path) -> Callable[[EstimatorClassifier], Path]:
    """Give a function that writes a bundle of a classifier."""

    def write(classifier: EstimatorClassifier) -> Path:
        save_model(tmp_path / "bundle", classifier, FIELDS, "# A card")
        return tmp_path / "bundle"

    return write


def change(
    bundle: Path, files: dict[str, bytes], *, versions: dict[str, str] | None = None
) -> None:
    """Put other files into a bundle as an attacker would, the manifest made to fit."""
    path = bundle / "manifest.json"
    manifest = json.loads(path.read_text())
    for name, data in files.items():
        (bundle / name).write_bytes(data)
        manifest["files"][name] = hashlib.sha256(data).hexdigest()
    path.write_text(json.dumps(manifest | {"versions": versions or manifest["versions"]}))


def arm(estimator: object, words: tuple[str, ...] = WORDS) -> dict[str, bytes]:
    """Give the file of a classifier that asks another estimator."""
    armed = replace(LINEAR, emotions=Teller(words, estimator))  # type: ignore[arg-type]
    return {CLASSIFIER_FILE: skops.io.dumps(armed)}


@pytest.mark.parametrize(
    ("classifier", "files"),
    [
        (LINEAR, ["CARD.md", "classifier.skops"]),
        (replace(LINEAR, genders=None), ["CARD.md", "classifier.skops"]),
        (replace(LINEAR, emotions=Teller(WORDS, STUMP)), ["CARD.md", "classifier.skops"]),
        (NETWORK, ["CARD.md", "classifier.skops", "emotions.onnx"]),
        (NETWORKS, ["CARD.md", "classifier.skops", "emotions.onnx", "genders.onnx"]),
    ],
    ids=["estimators", "no genders", "forest", "network", "networks"],
)
def test_a_system_comes_back_with_the_same_probabilities(
    classifier: EstimatorClassifier, files: list[str], save: Callable[..., Path]
) -> None:
    bundle = save(classifier)
    assert sorted(json.loads((bundle / "manifest.json").read_text())["files"]) == files
    model = load_model(bundle)
    assert isinstance(model.classifier, EstimatorClassifier)
    assert (model.classifier.corpora, model.encoder) == (("voices",), None)
    assert model.source == "classic180-1"
    found, expected = (each.classify(VECTORS) for each in (model.classifier, classifier))
    assert np.array_equal(found.emotions, expected.emotions)
    assert np.array_equal(found.genders, expected.genders)


def test_a_system_cannot_be_trained_further(save: Callable[..., Path]) -> None:
    model = load_model(save(LINEAR))
    with pytest.raises(SetupError, match="linear-1 is a reference system"):
        _ = model.trainable


def test_what_could_not_be_read_again_is_not_saved(save: Callable[..., Path]) -> None:
    network = MLPClassifier((4,), max_iter=9, tol=9.0, n_iter_no_change=1).fit(VECTORS, EMOTIONS)
    with pytest.raises(SetupError, match=r"no bundle may hold .*AdamOptimizer"):
        save(replace(LINEAR, emotions=Teller(WORDS, network)))


@pytest.mark.parametrize("name", ["emotions.onnx", "genders.onnx"])
def test_a_changed_network_makes_a_bundle_unreadable(name: str, save: Callable[..., Path]) -> None:
    bundle = save(NETWORKS)
    (bundle / name).write_bytes(make_network_file(4))
    with pytest.raises(ModelUnreadable, match=rf"{name} is not the file that was saved"):
        load_model(bundle)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"no network", "Protobuf|ModelProto|INVALID"),
        (make_network_file(3, n_inputs=2), "one input and one output"),
        (make_network_file(4), "it gives"),
        (make_network_file(3, n_columns=N_COLUMNS + 1), "INVALID_ARGUMENT"),
    ],
    ids=["bytes", "two inputs", "too many words", "other columns"],
)
def test_a_network_that_is_another_is_unreadable(
    data: bytes, reason: str, save: Callable[..., Path]
) -> None:
    bundle = save(NETWORK)
    change(bundle, {"emotions.onnx": data})
    with pytest.raises(ModelUnreadable, match=reason):
        load_model(bundle)


def test_a_network_that_the_manifest_does_not_name_is_not_used(save: Callable[..., Path]) -> None:
    bundle = save(LINEAR)
    (bundle / "emotions.onnx").write_bytes(make_network_file(3))
    model = load_model(bundle)
    assert np.array_equal(
        model.classifier.classify(VECTORS).emotions, LINEAR.classify(VECTORS).emotions
    )


def test_a_network_that_is_missing_makes_a_bundle_unreadable(save: Callable[..., Path]) -> None:
    bundle = save(NETWORK)
    path = bundle / "manifest.json"
    manifest = json.loads(path.read_text())
    del manifest["files"]["emotions.onnx"]
    path.write_text(json.dumps(manifest))
    with pytest.raises(ModelUnreadable, match="its network is missing"):
        load_model(bundle)


class Bomb:
    """Leave a mark wherever it is constructed."""

    def __init__(self, path: str) -> None:
        """Explode."""
        Path(path).touch()
        self.path = path

    def __reduce__(self) -> tuple[type[Bomb], tuple[str]]:
        """Say that loading means constructing."""
        return Bomb, (self.path,)


def test_a_bomb_in_place_of_an_estimator_is_named_and_never_runs(
    save: Callable[..., Path], tmp_path: Path
) -> None:
    mark = tmp_path / "mark"
    files = arm(Bomb(str(mark)))
    mark.unlink()
    bundle = save(LINEAR)
    change(bundle, files)
    with pytest.raises(ModelUnreadable, match=r"not trusted: .*Bomb"):
        load_model(bundle)
    assert not mark.exists()
    data = files[CLASSIFIER_FILE]
    skops.io.loads(data, trusted=skops.io.get_untrusted_types(data=data))
    assert mark.exists(), "the bomb must work, or this test proves nothing"


@pytest.mark.parametrize(
    ("estimator", "named"),
    [
        (make_pipeline(FunctionTransformer(os.system), LogisticRegression()), "system"),
        (RandomForestClassifier(2).fit(VECTORS, EMOTIONS), r"_tree\.Tree"),
    ],
    ids=["a function", "trees that look where they like"],
)
def test_what_is_not_trusted_is_named(
    estimator: object, named: str, save: Callable[..., Path]
) -> None:
    bundle = save(LINEAR)
    change(bundle, arm(estimator))
    with pytest.raises(ModelUnreadable, match=rf"not trusted: .*{named}"):
        load_model(bundle)


@pytest.mark.parametrize(
    ("estimator", "words", "reason"),
    [
        (replace(STUMP, roots=np.array([7], np.int32)), WORDS, "out of bounds"),
        (replace(STUMP, depth=1, left=STUMP.left + 9, right=STUMP.right + 9), WORDS, "bounds"),
        (replace(STUMP, shares=np.full((1, 3), np.nan, np.float32)), WORDS, "for probabilities"),
        (STUMP, ("left", "right", "up"), "for probabilities"),
        (STUMP, ("happy", "sad"), "it gives"),
        (LogisticRegression(), WORDS, "NotFitted"),
        (StandardScaler(), WORDS, "predict_proba"),
    ],
    ids=["root", "leaf", "no numbers", "other words", "too few words", "not fitted", "no judge"],
)
def test_what_gives_no_probabilities_is_unreadable(
    estimator: object, words: tuple[str, ...], reason: str, save: Callable[..., Path]
) -> None:
    bundle = save(LINEAR)
    change(bundle, arm(estimator, words))
    with pytest.raises(ModelUnreadable, match=reason):
        load_model(bundle)


def test_what_another_version_made_so_is_a_mismatch(save: Callable[..., Path]) -> None:
    bundle = save(LINEAR)
    change(bundle, arm(LogisticRegression()), versions={"scikit-learn": "99.1"})
    with pytest.raises(ModelMismatch, match=r"scikit-learn 99\.1"):
        load_model(bundle)


def test_columns_that_a_package_names_later_are_tried_by_the_first_recording(
    tmp_path: Path,
) -> None:
    save_model(
        tmp_path / "other", LINEAR, FIELDS | {"feature_set": "opensmile-egemaps"}, "# A card"
    )
    assert load_model(tmp_path / "other").feature_set == "opensmile-egemaps"


def test_reading_a_bundle_loads_neither_torch_nor_dask(save: Callable[..., Path]) -> None:
    code = """
import sys
from ser_core.store import load_model
load_model(sys.argv[1])
assert "skops.io" in sys.modules
assert not {"torch", "dask"} & sys.modules.keys()
"""
    subprocess.run([sys.executable, "-c", code, save(LINEAR)], check=True)  # noqa: S603 - our own


def test_what_was_hidden_can_be_imported_afterwards() -> None:
    before = list(sys.meta_path)
    assert _import_skops().__name__ == "skops.io"
    assert sys.meta_path == before
    with pytest.raises(ModuleNotFoundError, match="no bundle needs torch"):
        _Absence().find_spec("torch", None)
    _Absence().find_spec("json", None)
