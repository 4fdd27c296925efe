from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from learning import same

from ser_core import parcel
from ser_core.errors import ModelMissing, ModelUnreadable
from ser_core.parcel import FILES, pack_model, unpack_model
from ser_core.store import load_model

if TYPE_CHECKING:
    from pathlib import Path

CONTENT = {name: name.encode() * 50 for name in FILES}
SAME_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """Give a folder that looks like a bundle, and holds what it learnt from."""
    folder = tmp_path / "bundle"
    folder.mkdir()
    for name, data in (CONTENT | {"examples.npz": b"what it learnt from"}).items():
        (folder / name).write_bytes(data)
    return folder


def zip_up(content: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    """Give a ZIP file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return file.getvalue()


def test_a_bundle_comes_back_without_what_it_learnt_from(bundle: Path, tmp_path: Path) -> None:
    out = tmp_path / "some" / "where"
    unpack_model(pack_model(bundle), out)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == CONTENT


def test_a_bundle_without_an_encoder_comes_back_without_one(bundle: Path, tmp_path: Path) -> None:
    (bundle / "encoder.onnx").unlink()
    unpack_model(pack_model(bundle), tmp_path / "out")
    assert not (tmp_path / "out" / "encoder.onnx").exists()


def test_where_there_is_no_bundle_there_is_nothing_to_pack(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing):
        pack_model(tmp_path)


def test_a_folder_that_is_there_is_written_into(bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    unpack_model(pack_model(bundle), tmp_path / "out")
    assert (tmp_path / "out" / "CARD.md").is_file()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "it is damaged"),
        (b"something else", "it is damaged"),
        (zip_up({"letter.txt": b"dear"}), "it holds 'letter.txt'"),
        (zip_up(CONTENT | {"../escaped": b""}), r"it holds '\.\./escaped'"),
        (zip_up(CONTENT | {"/etc/passwd": b""}), "it holds '/etc/passwd'"),
        (zip_up(CONTENT | {"examples.npz": b""}), r"it holds 'examples\.npz'"),
        (zip_up({"CARD.md": b""}), r"it lacks manifest\.json"),
    ],
    ids=["empty", "text", "foreign", "escaping", "absolute", "memory", "no manifest"],
)
def test_what_is_no_parcel_is_refused_before_anything_is_written(
    tmp_path: Path, data: bytes, reason: str
) -> None:
    with pytest.raises(ModelUnreadable, match=reason) as caught:
        unpack_model(data, tmp_path / "out")
    assert str(caught.value).startswith("the model bundle at the model in the database")
    assert list(tmp_path.iterdir()) == []


def test_a_parcel_that_would_fill_the_disk_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = zip_up({"manifest.json": bytes(5_001)}, zipfile.ZIP_DEFLATED)
    assert len(bomb) < 1_000
    monkeypatch.setattr(parcel, "MAX_BYTES", 5_001)
    unpack_model(bomb, tmp_path / "fits")
    monkeypatch.setattr(parcel, "MAX_BYTES", 5_000)
    with pytest.raises(ModelUnreadable, match="it would have 5,001 bytes"):
        unpack_model(bomb, tmp_path / "out")


@SAME_FOLDER
@given(st.floats(0, 1, exclude_max=True))
def test_a_truncated_parcel_is_refused(bundle: Path, tmp_path: Path, share: float) -> None:
    data = pack_model(bundle)
    with pytest.raises(ModelUnreadable):
        unpack_model(data[: int(share * len(data))], tmp_path / "out")
    assert not (tmp_path / "out").exists()


@SAME_FOLDER
@given(
    st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]),
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=5),
)
def test_a_damaged_parcel_is_refused_or_whole(
    tmp_path: Path, method: int, changes: list[tuple[int, int]]
) -> None:
    data = bytearray(zip_up(CONTENT, method))
    for place, byte in changes:
        data[place % len(data)] = byte
    try:
        unpack_model(bytes(data), tmp_path / "out")
    except ModelUnreadable:
        return
    assert {path.name for path in (tmp_path / "out").iterdir()} <= set(FILES)


def test_a_model_that_was_unpacked_can_be_loaded(
    hearing_origin_bundle: Path, tmp_path: Path
) -> None:
    unpack_model(pack_model(hearing_origin_bundle), tmp_path / "out")
    found, model = (load_model(each) for each in (tmp_path / "out", hearing_origin_bundle))
    assert (found.id, found.source) == (model.id, model.source)
    assert same(found.classifier, model.classifier)
