"""PURE  Damage to recordings that still reaches deep into a decoder.

Bits that flip anywhere mostly meet a checksum or a magic word, and the decoder behind it sees
nothing of them. So half of the damage knows the format: it changes what a page, a frame or a
chunk says, and then makes its checksum right again.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

    Damage = Callable[[bytearray, Random], bytearray]

_MIRRORED: Final = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
_EXTREMES: Final = (
    *(0, 1, 2, 3, 7, 8, 16, 31, 32, 63, 64, 127, 128, 255, 256, 1023, 4095, 2**15 - 1, 2**15),
    *(2**16 - 1, 2**24, 2**31 - 1, 2**31, 2**32 - 2, 2**32 - 1, 2**63 - 1, 2**64 - 1),
)
_WIDTHS: Final = ("B", "<H", ">H", "<I", ">I", "<Q", ">Q")


def damage(kind: str, recording: bytes, others: Sequence[bytes], random: Random) -> bytes:
    """Give a recording with one to four kinds of damage; ``others`` lend it parts of theirs."""
    data = bytearray(recording)
    for _ in range(random.choice((1, 1, 2, 4))):
        if kind in _KNOWING and random.random() < 0.6:  # noqa: PLR2004 - of the damage
            data = _KNOWING[kind](data, random)
        elif random.random() < 0.1:  # noqa: PLR2004 - of the rest
            data = _splice(data, random.choice(others), random)
        else:
            data = random.choice(_BLIND)(data, random)
    return bytes(data[: 2**18])


def _splice(data: bytearray, other: bytes, random: Random) -> bytearray:
    """Go on with another recording."""
    return data[: random.randrange(len(data) + 1)] + other[random.randrange(len(other) + 1) :]


def _flip(data: bytearray, random: Random) -> bytearray:
    """Flip bits, few or many."""
    for _ in range(random.choice((1, 1, 2, 8, 64)) if data else 0):
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)
    return data


def _lie(data: bytearray, random: Random, start: int = 0, end: int | None = None) -> bytearray:
    """Write an extreme number somewhere between two places."""
    width = random.choice(_WIDTHS)
    size = struct.calcsize(width)
    last = min(len(data) if end is None else end, len(data)) - size
    if last >= start:
        number = random.choice(_EXTREMES) % 256**size
        struct.pack_into(width, data, random.randint(start, last), number)
    return data


def _cut(data: bytearray, random: Random) -> bytearray:
    """Leave a part out, or the end."""
    start = random.randrange(len(data) + 1)
    end = random.choice((len(data), start + random.randrange(1, 400)))
    return data[:start] + data[end:]


def _repeat(data: bytearray, random: Random) -> bytearray:
    """Say a part again, a few times or many."""
    start = random.randrange(len(data) + 1)
    part = data[start : start + random.choice((1, 8, 64, 2000))]
    return data[:start] + part * random.choice((2, 3, 50)) + data[start:]


def _insert(data: bytearray, random: Random) -> bytearray:
    """Put something else in."""
    start = random.randrange(len(data) + 1)
    return data[:start] + random.randbytes(random.choice((1, 4, 32, 300))) + data[start:]


def _lie_early(data: bytearray, random: Random) -> bytearray:
    """Write an extreme number where headers are."""
    return _lie(data, random, 0, 300)


_BLIND: Final[tuple[Damage, ...]] = (_flip, _flip, _lie, _lie_early, _cut, _repeat, _insert)


def _damage_ogg(data: bytearray, random: Random) -> bytearray:
    """Damage a page and make its checksum right, or put pages in another order."""
    pages = _part_pages(data)
    if len(pages) < 2:  # noqa: PLR2004 - it is damaged too much
        return _flip(data, random)
    number = min(random.choice((0, 1, 2, random.randrange(99))), len(pages) - 1)  # headers first
    page = pages[number]
    match random.randrange(6):
        case 0:
            _lie(page, random, 4, 27)
        case 1:
            pages.insert(random.randrange(len(pages)), bytearray(page))
        case 2:
            del pages[number]
        case 3:
            _lie(page, random, 27 + page[26], len(page))
        case 4:
            _lie(page, random, 26, 60)
        case _:
            for _ in range(random.choice((1, 4, 30))):
                page[random.randrange(27, len(page))] = random.randrange(256)
    return bytearray().join(_seal(each) for each in pages)


def _part_pages(data: bytearray) -> list[bytearray]:
    """Give the pages of an Ogg file, as far as there are any."""
    pages, start = [], 0
    while data[start : start + 4] == b"OggS" and len(data) > start + 27:
        table = data[start + 27 : start + 27 + data[start + 26]]
        end = start + 27 + len(table) + sum(table)
        pages.append(data[start:end])
        start = end
    return [page for page in pages if len(page) > 28]  # noqa: PLR2004 - with something in it


def _seal(page: bytearray) -> bytearray:
    """Give a page its checksum, by way of the mirrored one that zlib has.

    Source: RFC 3533, section 6, field 7.
    """
    page[22:26] = bytes(4)
    mirrored = zlib.crc32(page.translate(_MIRRORED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    page[22:26] = mirrored.to_bytes(4, "big").translate(_MIRRORED)
    return page


def _damage_flac(data: bytearray, random: Random) -> bytearray:
    """Lie in the first block, or damage a frame and make its checksums right."""
    starts = _find_frames(data)
    if len(starts) < 3 or random.random() < 0.3:  # noqa: PLR2004 - of the damage
        return _lie(data, random, 4, 42)
    number = random.randrange(len(starts) - 1)
    start, end = starts[number], starts[number + 1]
    frame = data[start : end - 2]
    for _ in range(random.choice((1, 3, 20))):
        frame[random.randrange(2, len(frame))] ^= 1 << random.randrange(8)
    frame[5] = _sum_up(frame[:5], 8, 0x07)  # where the numbers of samples and frame are short
    return data[:start] + frame + _sum_up(frame, 16, 0x8005).to_bytes(2, "big") + data[end:]


def _find_frames(data: bytearray) -> list[int]:
    """Give where the frames of a FLAC file begin. Source: RFC 9639, section 9.1."""
    starts, start = [], data.find(b"\xff\xf8", 42)
    while start >= 0:
        if data[start + 5 : start + 6] == bytes([_sum_up(data[start : start + 5], 8, 0x07)]):
            starts.append(start)
        start = data.find(b"\xff\xf8", start + 2)
    return starts


def _sum_up(data: bytearray, n_bits: int, polynomial: int) -> int:
    """Give a cyclic checksum that begins with 0. Source: RFC 9639, sections 9.1.8 and 9.3."""
    top, checksum = 1 << (n_bits - 1), 0
    for byte in data:
        checksum ^= byte << (n_bits - 8)
        for _ in range(8):
            checksum = checksum << 1 ^ (polynomial if checksum & top else 0)
            checksum &= 2 * top - 1
    return checksum


def _damage_frames(magic: bytes, n_header: int) -> Damage:
    """Give damage just behind one of the places where a frame or a chunk begins."""

    def damage_frame(data: bytearray, random: Random) -> bytearray:
        start = data.find(magic, random.randrange(len(data) + 1))
        if start < 0:
            return _flip(data, random)
        return _lie(data, random, start + len(magic), start + len(magic) + n_header)

    return damage_frame


_ATOMS: Final = (
    *(b"moov", b"trak", b"mdhd", b"stsd", b"esds", b"stts", b"stsc", b"stsz", b"stco", b"ctts"),
    *(b"mp4a", b"alac", b"elst", b"mvhd", b"tkhd", b"hdlr", b"dinf", b"dref", b"moof", b"traf"),
    *(b"tfhd", b"trun", b"tfdt", b"mvex", b"trex", b"sgpd", b"sbgp", b"udta", b"mdat", b"wave"),
)


def _damage_atom(data: bytearray, random: Random) -> bytearray:
    """Lie in an atom of MP4, about its size, or have it twice or not at all."""
    start = data.find(random.choice(_ATOMS)) - 4
    if start < 0:
        return _flip(data, random)
    end = start + int.from_bytes(data[start : start + 4], "big")
    match random.randrange(5):
        case 0:
            return _lie(data, random, start, start + 4)
        case 1:
            return data[:start] + data[start:end] * 2 + data[end:]
        case 2:
            return data[:start] + data[end:]
        case _:
            return _lie(data, random, start + 8, min(end, start + 200))


def _damage_amr(data: bytearray, random: Random) -> bytearray:
    """Say of a frame that it is of another kind."""
    if len(data) > 6:  # noqa: PLR2004 - the magic word
        data[random.randrange(6, len(data))] = random.randrange(16) << 3 | random.randrange(8)
    return data


_ELEMENTS: Final = (
    b"\x1a\x45\xdf\xa3",
    b"\x16\x54\xae\x6b",
    b"\xae",
    b"\xe1",
    b"\x63\xa2",
    b"\xa3",
)


def _damage_element(data: bytearray, random: Random) -> bytearray:
    """Lie about the size of an element of Matroska, or just behind it."""
    return _damage_frames(random.choice(_ELEMENTS), 24)(data, random)


_KNOWING: Final[dict[str, Damage]] = {
    "ogg opus": _damage_ogg,
    "ogg vorbis": _damage_ogg,
    "flac": _damage_flac,
    "mp3": _damage_frames(b"\xff\xf3", 40),
    "aac": _damage_frames(b"\xff\xf1", 12),
    "wav": _damage_frames(b"fmt ", 28),
    "mp4": _damage_atom,
    "amr": _damage_amr,
    "webm": _damage_element,
}
