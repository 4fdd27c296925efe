"""PURE  How many pixels a picture has."""

from __future__ import annotations

import re
import struct
from typing import Final

_PNG_HEAD: Final = b"\x89PNG\r\n\x1a\n"
_JPEG_HEAD: Final = b"\xff\xd8\xff"
_JPEG_FRAME = re.compile(rb"\xff[\xc0-\xc3]..\x08(....)", re.DOTALL)
"""Start of frame: marker, length, 8 bits a sample, height, width."""


def read_size(data: bytes) -> tuple[int, int] | None:
    """Give width and height of a PNG or JPEG, in pixels; None for anything else."""
    if data.startswith(_PNG_HEAD) and data[12:16] == b"IHDR" and len(data) >= 24:  # noqa: PLR2004 - where the size ends
        width, height = struct.unpack(">II", data[16:24])
        return width, height
    if data.startswith(_JPEG_HEAD) and (frame := _JPEG_FRAME.search(data)):
        height, width = struct.unpack(">HH", frame[1])
        return width, height
    return None
