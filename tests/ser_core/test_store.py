from __future__ import annotations

import hashlib
import io
import json
import os
import pickle
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import skops.io
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from tiny_encoder import make_encoder_file

from ser_core import store
from ser_core.classify import Calibration, Classifier, Layout
from ser_core.emotions import EMOTIONS
from ser_core.encoder import Encoder
from ser_core.errors import (
    EncoderUnreadable,
    ModelMismatch,
    ModelMissing,
    ModelUnreadable,
    SetupError,
)
from ser_core.features import FEATURE_SETS

if TYPE_CHECKING:
    from numpy.typing import NDArray

FIELDS = {
    "id": "test-1",
    "feature_set": "classic180",
    "trained_on": ["ravdess"],
    "licence": "CC BY-NC-SA 4.0",
    "figures": {"uar": 0.5},
}
VECTORS = np.random.default_rng(1).normal(size=(20, 3))


@pytest.fixture
def classifier() -> Classifier:
    """Give two networks of three columns, fitted by nobody."""
    random = np.random.default_rng(0)
    sizes = ((3, 4), (4, Layout(1).n_outputs))

    def draw(size: int | tuple[int, int]) -> NDArray[np.float32]:
        return random.normal(size=size).astype(np.float16).astype(np.float32)  # as training rounds

    networks = tuple(tuple((draw(size), draw(size[1])) for size in sizes) for _ in range(2))
    possible = np.ones((1, len(EMOTIONS)), bool)
    calibration = Calibration(possible, np.array([0.7, 0.8, 0.9]), np.ones(3), (1.0, 0.5))
    return Classifier(
        ("ravdess",),
        np.zeros(3),
        np.ones(3),
        networks,
        calibration,
        networks,
        calibration,
        usual_views=np.full((2, len(EMOTIONS)), 0.1),
    )


@pytest.fixture
def bundle(tmp_path: Path, classifier: Classifier) -> Path:
    folder = tmp_path / "bundle"
    store.save_model(folder, classifier, FIELDS, "# A card, größer als ASCII")
    return folder


def read_manifest(bundle: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((bundle / "manifest.json").read_text())
    return manifest


def change_manifest(bundle: Path, **changes: object) -> None:
    (bundle / "manifest.json").write_text(json.dumps(read_manifest(bundle) | changes))


def replace_file(bundle: Path, name: str, data: bytes) -> None:
    """Put other bytes into a bundle as an attacker would, the manifest made to fit."""
    (bundle / name).write_bytes(data)
    files = read_manifest(bundle)["files"] | {name: hashlib.sha256(data).hexdigest()}
    change_manifest(bundle, files=files)


def replace_classifier(bundle: Path, data: bytes) -> None:
    replace_file(bundle, "classifier.skops", data)


def test_a_saved_model_is_loaded_with_the_same_probabilities(
    bundle: Path, classifier: Classifier
) -> None:
    model = store.load_model(bundle)
    loaded, saved = (each.classify(VECTORS) for each in (model.classifier, classifier))
    assert (model.id, model.feature_set) == ("test-1", "classic180")
    assert np.array_equal(loaded.emotions, saved.emotions)
    assert np.array_equal(loaded.genders, saved.genders)
    assert np.array_equal(loaded.strangeness, saved.strangeness)
    assert np.array_equal(model.classifier.usual_views, classifier.usual_views)
    assert model.encoder is None


def test_the_manifest_tells_what_the_model_needs_and_is(bundle: Path) -> None:
    manifest = store.load_model(bundle).manifest
    assert manifest["format"] == store.FORMAT
    assert manifest["emotions"] == list(EMOTIONS)
    assert manifest["feature_set"]["name"] == "classic180"
    assert manifest["feature_set"]["version"] == FEATURE_SETS["classic180"].version
    assert manifest["versions"].keys() == {"numpy", "onnxruntime", "scikit-learn", "skops"}
    assert manifest.items() >= {key: FIELDS[key] for key in FIELDS if key != "feature_set"}.items()


@pytest.fixture
def encoder() -> Encoder:
    return Encoder(make_encoder_file(("ravdess",)))


@pytest.fixture
def hearing_bundle(tmp_path: Path, classifier: Classifier, encoder: Encoder) -> Path:
    folder = tmp_path / "hearing"
    store.save_model(folder, classifier, FIELDS, "# A card", encoder)
    return folder


def test_an_encoder_comes_back_as_it_was(hearing_bundle: Path, encoder: Encoder) -> None:
    assert sorted(read_manifest(hearing_bundle)["files"]) == [
        "CARD.md",
        "classifier.skops",
        "encoder.onnx",
    ]
    loaded = store.load_model(hearing_bundle).encoder
    assert loaded is not None
    assert loaded.sha256 == encoder.sha256


def test_a_model_is_named_as_the_source_of_what_it_measures(
    bundle: Path, hearing_bundle: Path, encoder: Encoder
) -> None:
    alone, hearing = (store.load_model(each) for each in (bundle, hearing_bundle))
    measures = f"classic180-{FEATURE_SETS['classic180'].version}"
    assert alone.source == measures
    assert hearing.source == f"{measures}/{encoder.sha256[:12]}/ravdess"
    other = replace(hearing, encoder=Encoder(make_encoder_file(("ravdess",), seed=1)))
    assert other.source not in {alone.source, hearing.source}
    fewer = replace(hearing, classifier=replace(hearing.classifier, corpora=("nemo",)))
    assert fewer.source not in {alone.source, hearing.source}


def test_what_a_model_learnt_from_is_kept_beside_it_and_not_needed(
    tmp_path: Path, classifier: Classifier
) -> None:
    folder = tmp_path / "learnt"
    store.save_model(folder, classifier, FIELDS, "# A card", examples=b"what it learnt from")
    assert (folder / store.EXAMPLES_FILE).read_bytes() == b"what it learnt from"
    assert store.EXAMPLES_FILE in read_manifest(folder)["files"]
    (folder / store.EXAMPLES_FILE).unlink()
    assert store.load_model(folder).id == "test-1"


def test_a_changed_encoder_makes_a_bundle_unreadable(hearing_bundle: Path) -> None:
    (hearing_bundle / "encoder.onnx").write_bytes(make_encoder_file(("ravdess",), seed=1))
    with pytest.raises(ModelUnreadable, match=r"encoder\.onnx is not the file"):
        store.load_model(hearing_bundle)


def test_an_encoder_that_is_none_is_unreadable(hearing_bundle: Path) -> None:
    replace_file(hearing_bundle, "encoder.onnx", b"no network")
    with pytest.raises(EncoderUnreadable):
        store.load_model(hearing_bundle)


def test_an_encoder_that_the_manifest_does_not_name_is_not_used(bundle: Path) -> None:
    (bundle / "encoder.onnx").write_bytes(make_encoder_file())
    assert store.load_model(bundle).encoder is None


def test_a_bundle_without_an_encoder_is_exactly_three_readable_files(bundle: Path) -> None:
    assert sorted(path.name for path in bundle.parent.iterdir()) == ["bundle"]
    names = sorted(path.name for path in bundle.iterdir())
    assert names == ["CARD.md", "classifier.skops", "manifest.json"]
    assert bundle.stat().st_mode & 0o444 == 0o444


def test_a_bundle_replaces_an_older_one(bundle: Path, classifier: Classifier) -> None:
    (bundle / "left-over.txt").write_text("from an older format")
    store.save_model(bundle, classifier, FIELDS | {"id": "test-2"}, "# Another card")
    assert store.load_model(bundle).id == "test-2"
    assert not (bundle / "left-over.txt").exists()


def test_a_bundle_is_written_into_an_empty_folder(tmp_path: Path, classifier: Classifier) -> None:
    folder = tmp_path / "new" / "empty"
    folder.mkdir(parents=True)
    store.save_model(folder, classifier, FIELDS, "# A card")
    assert store.load_model(folder).id == "test-1"


@pytest.mark.parametrize("name", ["documents", "documents/letter.txt"])
def test_nothing_else_is_ever_overwritten(
    tmp_path: Path, classifier: Classifier, name: str
) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents/letter.txt").write_text("dear")
    with pytest.raises(SetupError, match="not overwritten"):
        store.save_model(tmp_path / name, classifier, FIELDS, "# A card")
    assert (tmp_path / "documents/letter.txt").read_text() == "dear"


def test_a_failed_save_leaves_the_older_bundle_and_nothing_else(
    bundle: Path, classifier: Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        message = "no space left on device"
        raise OSError(message)

    monkeypatch.setattr(Path, "write_bytes", fail)
    with pytest.raises(OSError, match="no space"):
        store.save_model(bundle, classifier, FIELDS | {"id": "test-2"}, "# A card")
    assert store.load_model(bundle).id == "test-1"
    assert [path.name for path in bundle.parent.iterdir()] == ["bundle"]


def test_the_default_model_is_the_one_that_ships(
    bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "DEFAULT_FOLDER", bundle)
    assert store.load_model().id == store.load_model("default").id == "test-1"


@pytest.mark.parametrize("name", ["nowhere", "."])
def test_no_manifest_means_no_model(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelMissing):
        store.load_model(tmp_path / name)


@pytest.mark.parametrize("name", ["classifier.skops", "CARD.md"])
def test_a_missing_file_makes_a_bundle_unreadable(bundle: Path, name: str) -> None:
    (bundle / name).unlink()
    with pytest.raises(ModelUnreadable, match=f"{name} is not in it"):
        store.load_model(bundle)


def test_a_classifier_must_be_in_the_manifest(bundle: Path) -> None:
    change_manifest(bundle, files={})
    with pytest.raises(ModelUnreadable, match=r"classifier\.skops is not the file"):
        store.load_model(bundle)


@pytest.mark.parametrize("name", ["../secret", "/etc/hostname", ".."])
def test_a_manifest_cannot_name_files_elsewhere(bundle: Path, name: str) -> None:
    (bundle.parent / "secret").write_text("secret")
    change_manifest(bundle, files=read_manifest(bundle)["files"] | {name: "0" * 64})
    with pytest.raises(ModelUnreadable, match="is not in it"):
        store.load_model(bundle)


@pytest.mark.parametrize("name", ["classifier.skops", "CARD.md"])
def test_a_changed_file_makes_a_bundle_unreadable(bundle: Path, name: str) -> None:
    data = bytearray((bundle / name).read_bytes())
    data[-1] ^= 1
    (bundle / name).write_bytes(data)
    with pytest.raises(ModelUnreadable, match=f"{name} is not the file that was saved"):
        store.load_model(bundle)


@pytest.mark.parametrize(
    "text", ["", "{", "\xff", "[" * 100_000], ids=["empty", "cut off", "no UTF-8", "too deep"]
)
def test_a_manifest_that_is_no_json_makes_a_bundle_unreadable(bundle: Path, text: str) -> None:
    (bundle / "manifest.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(ModelUnreadable, match="is no JSON"):
        store.load_model(bundle)


@pytest.mark.parametrize("text", ["[]", "1", "null"])
def test_a_manifest_that_is_no_object_makes_a_bundle_unreadable(bundle: Path, text: str) -> None:
    (bundle / "manifest.json").write_text(text)
    with pytest.raises(ModelUnreadable, match="no JSON object"):
        store.load_model(bundle)


@pytest.mark.parametrize("key", store.MANIFEST_TYPES)
def test_a_manifest_without_a_field_makes_a_bundle_unreadable(bundle: Path, key: str) -> None:
    change_manifest(bundle, **{key: None})
    with pytest.raises(ModelUnreadable, match=f"lacks {key}"):
        store.load_model(bundle)


@pytest.mark.parametrize(
    ("what", "value"),
    [
        ("format", store.FORMAT + 1),
        ("format", store.FORMAT - 1),
        ("emotions", sorted(EMOTIONS)),
        ("genders", ["male", "female"]),
        ("sampling_rate", 8_000),
        ("features", {"name": "from the future"}),
    ],
)
def test_a_bundle_for_something_else_is_a_mismatch(bundle: Path, what: str, value: object) -> None:
    change_manifest(bundle, **{"feature_set" if what == "features" else what: value})
    with pytest.raises(ModelMismatch) as caught:
        store.load_model(bundle)
    assert caught.value.what == what


@pytest.mark.parametrize("change", [{"version": 0}, {"columns_sha256": "0" * 64}])
def test_another_version_of_the_features_is_a_mismatch(
    bundle: Path, change: dict[str, Any]
) -> None:
    change_manifest(bundle, feature_set=read_manifest(bundle)["feature_set"] | change)
    with pytest.raises(ModelMismatch, match="feature_set"):
        store.load_model(bundle)


def test_another_version_of_a_library_is_only_noted(
    bundle: Path, caplog: pytest.LogCaptureFixture
) -> None:
    change_manifest(bundle, versions={"scikit-learn": "0.24.2"})
    assert store.load_model(bundle).id == "test-1"
    assert "scikit-learn 0.24.2 (now " in caplog.text


def test_the_same_versions_are_not_noted(bundle: Path, caplog: pytest.LogCaptureFixture) -> None:
    store.load_model(bundle)
    assert caplog.text == ""


def test_a_bundle_that_another_version_cannot_read_is_a_mismatch(bundle: Path) -> None:
    change_manifest(bundle, versions={"scikit-learn": "99.1"})
    replace_classifier(bundle, b"a format of the future")
    with pytest.raises(ModelMismatch, match=r"scikit-learn 99\.1"):
        store.load_model(bundle)


def zip_of(name: str, text: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, text)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "data",
    [b"", b"PK", zip_of("letter.txt", "dear"), zip_of("schema.json", "{}"), pickle.dumps([1])],
    ids=["empty", "cut off", "another archive", "no schema", "a pickle"],
)
def test_foreign_bytes_are_unreadable(bundle: Path, data: bytes) -> None:
    replace_classifier(bundle, data)
    with pytest.raises(ModelUnreadable, match=r"classifier\.skops"):
        store.load_model(bundle)


def test_a_truncated_classifier_is_unreadable(bundle: Path) -> None:
    data = (bundle / "classifier.skops").read_bytes()
    replace_classifier(bundle, data[: len(data) // 2])
    with pytest.raises(ModelUnreadable):
        store.load_model(bundle)


def test_a_trusted_object_that_is_no_classifier_is_unreadable(bundle: Path) -> None:
    replace_classifier(bundle, skops.io.dumps(StandardScaler()))
    with pytest.raises(ModelUnreadable, match="it holds a StandardScaler"):
        store.load_model(bundle)


class Bomb:
    """Leave a mark wherever it is constructed."""

    def __init__(self, path: str) -> None:
        """Explode."""
        Path(path).touch()
        self.path = path

    def __reduce__(self) -> tuple[type[Bomb], tuple[str]]:
        """Say that loading means constructing."""
        return Bomb, (self.path,)


def test_a_bomb_is_named_and_never_runs(bundle: Path, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    data = skops.io.dumps(Bomb(str(mark)))
    mark.unlink()
    replace_classifier(bundle, data)
    with pytest.raises(ModelUnreadable, match=r"not trusted: .*Bomb"):
        store.load_model(bundle)
    assert not mark.exists()
    skops.io.loads(data, trusted=skops.io.get_untrusted_types(data=data))
    assert mark.exists(), "the bomb must work, or this test proves nothing"


def test_a_function_inside_an_estimator_is_named(bundle: Path, classifier: Classifier) -> None:
    armed = replace(classifier, mean=FunctionTransformer(os.system))
    replace_classifier(bundle, skops.io.dumps(armed))
    with pytest.raises(ModelUnreadable, match=r"not trusted: .*system"):
        store.load_model(bundle)
