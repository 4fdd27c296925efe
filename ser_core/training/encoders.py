"""I/O  The encoders that belong together: the one that ships, and those that judge unseen clips.

::

    all.onnx               learnt from all corpora
    fold-1.onnx, ...       learnt without the speakers whom this joint fold tests
    without-ravdess.onnx   learnt without a whole corpus
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ser_core.encoder import Encoder
from ser_core.errors import CorpusError
from ser_core.evaluation.protocols import N_FOLDS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LEFT_OUT: Final = ("crema-d", "emodb", "ravdess")
"""The corpora that are each left out once, to see how recognition fares on a strange one."""


@dataclass(frozen=True, slots=True, eq=False)
class Encoders:
    """Hold the encoder of all corpora, those of the folds, and those without a corpus."""

    all: Encoder
    folds: tuple[Encoder, ...]
    without: Mapping[str, Encoder]


def read_encoders(folder: Path) -> Encoders:
    """Give the encoders that a folder holds.

    Raises:
        CorpusError: if one of them is missing.
        EncoderUnreadable: if one of them is no encoder.
    """
    return Encoders(
        all=_read(folder / "all.onnx"),
        folds=tuple(_read(folder / f"fold-{number + 1}.onnx") for number in range(N_FOLDS)),
        without={name: _read(folder / f"without-{name}.onnx") for name in LEFT_OUT},
    )


def _read(path: Path) -> Encoder:
    """Give one encoder."""
    if not path.is_file():
        message = f"{path} is missing: `ser train-encoder` makes it"
        raise CorpusError(message)
    return Encoder(path.read_bytes())
