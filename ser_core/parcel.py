"""PURE  A model bundle as bytes, to be kept in a database and sent to other machines, and back.

A parcel is a ZIP file of the bundle's files, without what it learnt from. What is in a bundle
`ser_core.store` checks when it is loaded; here only what could harm a disk is refused.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import TYPE_CHECKING, Final

from ser_core.errors import ModelMissing, ModelUnreadable

if TYPE_CHECKING:
    from pathlib import Path

FILES: Final = (
    "manifest.json",
    "classifier.skops",
    "emotions.onnx",
    "genders.onnx",
    "encoder.onnx",
    "CARD.md",
)
"""What a parcel may hold."""

MAX_BYTES: Final = 2**28
"""So much a parcel may hold, unpacked: ten times what ships."""

_DAMAGES: Final = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
"""What reading a ZIP file may raise; the last two mean methods that Python does not know."""

_PLACE: Final = "the model in the database"


def pack_model(folder: Path) -> bytes:
    """Give the bundle in a folder as bytes.

    Raises:
        ModelMissing: if there is none.
    """
    if not (folder / FILES[0]).is_file():
        raise ModelMissing(str(folder))
    parcel = io.BytesIO()
    with zipfile.ZipFile(parcel, "w", zipfile.ZIP_STORED) as archive:  # weights do not shrink
        for name in FILES:
            if (folder / name).is_file():
                archive.write(folder / name, name)
    return parcel.getvalue()


def unpack_model(data: bytes, folder: Path) -> None:
    """Write the bundle in a parcel to a folder, which is made if it is not there.

    Raises:
        ModelUnreadable: if the bytes are no parcel, or damaged.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {member.filename: member for member in archive.infolist()}
            _check(members, sum(member.file_size for member in members.values()))
            files = {name: archive.read(member) for name, member in members.items()}
    except (*_DAMAGES, ValueError) as error:
        raise ModelUnreadable(_PLACE, f"it is damaged: {error}") from error
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)


def _check(members: dict[str, zipfile.ZipInfo], n_bytes: int) -> None:
    """Refuse a ZIP file that is no parcel.

    Raises:
        ModelUnreadable: if it holds other files, no manifest, or too much.
    """
    foreign = sorted(set(members).difference(FILES))
    if foreign or FILES[0] not in members:
        reason = f"it holds {foreign[0]!r}" if foreign else f"it lacks {FILES[0]}"
        raise ModelUnreadable(_PLACE, reason)
    if n_bytes > MAX_BYTES:
        raise ModelUnreadable(_PLACE, f"it would have {n_bytes:,} bytes")
