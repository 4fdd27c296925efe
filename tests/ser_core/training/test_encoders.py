from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tiny_encoder import make_encoder_file

from ser_core.encoder import Encoder
from ser_core.errors import CorpusError, EncoderUnreadable
from ser_core.training.encoders import LEFT_OUT, read_encoders

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("all", *(f"fold-{n}" for n in range(1, 6)), *(f"without-{name}" for name in LEFT_OUT))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for seed, name in enumerate(NAMES):
        (tmp_path / f"{name}.onnx").write_bytes(make_encoder_file(seed=seed))
    return tmp_path


def test_the_encoders_of_a_folder_belong_together(folder: Path) -> None:
    found = read_encoders(folder)
    expected = [Encoder(make_encoder_file(seed=seed)).sha256 for seed in range(9)]
    assert found.all.sha256 == expected[0]
    assert [encoder.sha256 for encoder in found.folds] == expected[1:6]
    assert [found.without[name].sha256 for name in LEFT_OUT] == expected[6:]


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_encoder_is_named(folder: Path, name: str) -> None:
    (folder / f"{name}.onnx").unlink()
    with pytest.raises(CorpusError, match=rf"{name}\.onnx is missing"):
        read_encoders(folder)


def test_a_file_that_is_no_encoder_is_refused(folder: Path) -> None:
    (folder / "fold-3.onnx").write_bytes(b"no network")
    with pytest.raises(EncoderUnreadable):
        read_encoders(folder)
