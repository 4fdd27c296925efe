"""PURE  Voice notes that sound alike and are different files: the bot listens to no file twice."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_CHECKSUM: Final = slice(22, 26)
"""Where a page holds its checksum, from its beginning. Source: RFC 3533, section 6."""
_POLYNOMIAL: Final = 0x04C11DB7


def speak_with(voices: Sequence[bytes]) -> Callable[[int], bytes]:
    """Give what makes a note of each number: the voices in turns, and no two alike."""

    def speak(number: int) -> bytes:
        return mark(voices[number % len(voices)], number)

    return speak


def mark(voice_note: bytes, number: int) -> bytes:
    """Give an Ogg Opus file that is this one, but that another program claims to have made.

    The name of that program, which nobody plays, is the number.

    Source: RFC 7845, section 5.2 (the comment header, which is the second page).
    """
    begin = voice_note.index(b"OggS", 4)
    end = voice_note.index(b"OggS", begin + 4)
    page = bytearray(voice_note[begin:end])
    name = page.index(b"OpusTags") + 12
    (length,) = struct.unpack_from("<I", page, name - 4)
    page[name : name + length] = str(number).rjust(length, "0").encode()[-length:]
    page[_CHECKSUM] = bytes(4)
    page[_CHECKSUM] = struct.pack("<I", _sum(page))
    return voice_note[:begin] + bytes(page) + voice_note[end:]


def _sum(page: bytes | bytearray) -> int:
    """Give the checksum of a page."""
    total = 0
    for byte in page:
        total = (total << 8 & 0xFFFFFFFF) ^ _SUMS[total >> 24 ^ byte]
    return total


def _sum_byte(byte: int) -> int:
    """Give the checksum of one byte."""
    total = byte << 24
    for _ in range(8):
        total = (total << 1) ^ (_POLYNOMIAL if total & 0x80000000 else 0)
    return total & 0xFFFFFFFF


_SUMS: Final = [_sum_byte(byte) for byte in range(256)]
