"""I/O  The model bundle: a folder that is checked in full before anything in it is used.

::

    classifier.skops    the fitted classifier, without the networks of a system of the laboratory
    emotions.onnx       those: what tells emotions, and what tells genders
    genders.onnx
    encoder.onnx        the encoder, if the model has one
    examples.npz        what it learnt from, for those who train it further; not in all bundles
    CARD.md             what the model is for, and how good it is, in words
    manifest.json       what the model needs and is, and the sha256 of the other files

A bundle is loaded only if every file is the one that was saved, if it holds nothing but what
`ser_core.audit` trusts, and if this installation has its labels, feature set and sampling rate.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ser_core.audit import CLASSIFIER_FILE, LIBRARIES, read_classifier, write_classifier
from ser_core.classify import Classifier
from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.encoder import Encoder
from ser_core.errors import ModelMismatch, ModelMissing, ModelUnreadable, SetupError
from ser_core.features import FEATURE_SETS
from ser_core.waveform import SAMPLING_RATE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ser_core.audit import AnyClassifier

FORMAT: Final = 4
"""The version of the manifest; it grows when an older or a newer reader would misunderstand."""

DEFAULT_FOLDER: Final = Path(__file__).parent / "models" / "default"
"""Where the bundle lies that ships."""

ENCODER_FILE: Final = "encoder.onnx"
EXAMPLES_FILE: Final = "examples.npz"
CARD_FILE: Final = "CARD.md"
MANIFEST_FILE: Final = "manifest.json"

MANIFEST_TYPES: Final = {
    "format": int,
    "id": str,
    "created": str,
    "feature_set": dict,
    "emotions": list,
    "genders": list,
    "sampling_rate": int,
    "trained_on": list,
    "licence": str,
    "figures": dict,
    "versions": dict,
    "files": dict,
}
"""What every manifest holds."""


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """Hold a loaded bundle: the classifier, and the feature set whose vectors it takes."""

    id: str
    manifest: Mapping[str, Any]
    classifier: AnyClassifier
    feature_set: str
    encoder: Encoder | None = None

    @property
    def trainable(self) -> Classifier:
        """Give the classifier, if it can be trained further.

        Raises:
            SetupError: if it is a system of the laboratory.
        """
        if isinstance(self.classifier, Classifier):
            return self.classifier
        message = (
            f"the model {self.id} is a reference system, which cannot be trained further;"
            " `ser train --system` makes another one"
        )
        raise SetupError(message)

    @property
    def source(self) -> str:
        """Name what measures recordings for this model; others of the same can be compared."""
        measures = f"{self.feature_set}-{FEATURE_SETS[self.feature_set].version}"
        if self.encoder is None:
            return measures
        return f"{measures}/{_sha256(self.encoder.data)[:12]}/{','.join(self.classifier.corpora)}"


def save_model(
    folder: Path,
    classifier: AnyClassifier,
    manifest_fields: Mapping[str, Any],
    card: str,
    encoder: Encoder | None = None,
    examples: bytes | None = None,
) -> None:
    """Write a bundle, whole or not at all; an older bundle at that place is replaced.

    ``manifest_fields`` are ``id``, ``feature_set`` (its name), ``trained_on`` (names of corpora),
    ``licence`` and ``figures``; the rest of the manifest is filled in.

    Raises:
        SetupError: if something else than a bundle stands at that place.
    """
    refuse_other_folder(folder)
    files = {**write_classifier(classifier), CARD_FILE: card.encode()}
    if encoder is not None:
        files[ENCODER_FILE] = encoder.data
    if examples is not None:
        files[EXAMPLES_FILE] = examples
    manifest = {
        "format": FORMAT,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        **manifest_fields,
        **_requirements(manifest_fields["feature_set"]),
        "versions": {name: version(name) for name in LIBRARIES},
        "files": {name: _sha256(data) for name, data in files.items()},
    }
    files[MANIFEST_FILE] = json.dumps(manifest, indent=2, ensure_ascii=False).encode()
    _replace_folder(folder, files)


def refuse_other_folder(folder: Path) -> None:
    """Make sure that a bundle may be written to a folder: it is new, empty or a bundle.

    Raises:
        SetupError: if it is anything else.
    """
    is_bundle = (folder / MANIFEST_FILE).is_file()
    is_empty = folder.is_dir() and not any(folder.iterdir())
    if folder.exists() and not is_bundle and not is_empty:
        message = f"{folder} is there and is no model bundle, so it is not overwritten"
        raise SetupError(message)


def load_model(place: str | Path = "default") -> Model:
    """Give the model of a bundle: the one that ships ("default"), or the one in a folder.

    Raises:
        ModelMissing: if there is no bundle.
        ModelUnreadable: if it is damaged, foreign, or holds types that are not trusted.
        ModelMismatch: if this installation has other labels, features or libraries.
        EncoderUnreadable: if its encoder is none.
    """
    folder = DEFAULT_FOLDER if place == "default" else Path(place)
    manifest = _read_manifest(folder)
    _check_requirements(manifest)
    files = _read_files(folder, manifest["files"])
    feature_set = manifest["feature_set"]["name"]
    n_columns = len(FEATURE_SETS[feature_set].columns)
    return Model(
        id=manifest["id"],
        manifest=manifest,
        classifier=read_classifier(files, str(folder), manifest["versions"], n_columns),
        feature_set=feature_set,
        encoder=Encoder(files[ENCODER_FILE]) if ENCODER_FILE in files else None,
    )


def _requirements(feature_set: str) -> dict[str, Any]:
    """Give what must be alike here and there, for vectors and labels to mean the same."""
    features = FEATURE_SETS[feature_set]
    return {
        "emotions": list(EMOTIONS),
        "genders": list(GENDERS),
        "sampling_rate": SAMPLING_RATE,
        "feature_set": {
            "name": feature_set,
            "version": features.version,
            "columns_sha256": _sha256("\n".join(features.columns).encode()),
        },
    }


def _check_requirements(manifest: Mapping[str, Any]) -> None:
    name = str(manifest["feature_set"].get("name"))
    if name not in FEATURE_SETS:
        raise ModelMismatch(what="features", found=name, expected=" and ".join(FEATURE_SETS))
    for what, expected in _requirements(name).items():
        if manifest[what] != expected:
            raise ModelMismatch(what=what, found=str(manifest[what]), expected=str(expected))


def _read_manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST_FILE
    if not path.is_file():
        raise ModelMissing(str(folder))
    try:
        manifest = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise ModelUnreadable(str(folder), f"manifest.json is no JSON: {error}") from error
    if not isinstance(manifest, dict):
        raise ModelUnreadable(str(folder), "manifest.json is no JSON object")
    found = manifest.get("format")
    if isinstance(found, int) and found != FORMAT:
        raise ModelMismatch(what="format", found=str(found), expected=str(FORMAT))
    lacking = [
        key for key, kind in MANIFEST_TYPES.items() if not isinstance(manifest.get(key), kind)
    ]
    if lacking:
        raise ModelUnreadable(str(folder), f"manifest.json lacks {', '.join(lacking)}")
    return manifest


def _read_files(folder: Path, hashes: Mapping[str, str]) -> dict[str, bytes]:
    """Give the bytes of every file that it takes to recognise, each as it was saved."""
    files = {}
    for name in sorted({CLASSIFIER_FILE, *hashes} - {EXAMPLES_FILE}):
        path = folder / name
        if path.parent != folder or not path.is_file():
            raise ModelUnreadable(str(folder), f"{name} is not in it")
        files[name] = path.read_bytes()
        if _sha256(files[name]) != hashes.get(name):
            raise ModelUnreadable(str(folder), f"{name} is not the file that was saved")
    return files


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _replace_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Put a folder with these files where another may stand; no reader sees half of it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as workplace:
        fresh, stale = Path(workplace, "fresh"), Path(workplace, "stale")
        fresh.mkdir()
        for name, data in files.items():
            (fresh / name).write_bytes(data)
        if folder.exists():
            folder.rename(stale)
        fresh.rename(folder)
