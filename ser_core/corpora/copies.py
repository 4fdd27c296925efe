"""I/O  Files that hold the same sound twice, which corpora do contain."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from ser_core.corpora.clip import Clip, Reading, Skipped

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator
    from pathlib import Path

OGG_HEADER_BYTES: Final = 27
"""The part of a page's header with a fixed length; it ends with the number of segments.
Source: RFC 3533, section 6."""


def drop_copies(reading: Reading) -> Reading:
    """Leave out copies of a sound: all but the first, or all where their emotions differ."""
    reasons: dict[Clip, str] = {}
    for first, *copies in _same_sounds(reading.clips):
        if all(copy.emotion == first.emotion for copy in copies):
            reasons |= dict.fromkeys(copies, f"a copy of {first.path.name}")
        else:
            reasons |= dict.fromkeys((first, *copies), "one sound under several labels")
    return Reading(
        clips=tuple(clip for clip in reading.clips if clip not in reasons),
        skipped=reading.skipped + tuple(Skipped(clip.path, why) for clip, why in reasons.items()),
    )


def _same_sounds(clips: Iterable[Clip]) -> Iterator[list[Clip]]:
    """Give each group of clips with one sound; only files of equal size are read at all."""
    for equal_size in _groups(clips, lambda clip: clip.path.stat().st_size):
        yield from _groups(equal_size, lambda clip: _sound_hash(clip.path))


def _groups(clips: Iterable[Clip], key: Callable[[Clip], Hashable]) -> Iterator[list[Clip]]:
    """Give the clips with equal keys, where there are at least two."""
    groups: dict[Hashable, list[Clip]] = defaultdict(list)
    for clip in clips:
        groups[key(clip)].append(clip)
    return (group for group in groups.values() if len(group) > 1)


def _sound_hash(path: Path) -> bytes:
    """Give a hash of what a file sounds like, as far as its bytes tell.

    Encoding one sound twice to Ogg differs in the serial number of the stream, which is random,
    and so in the checksum of each page: both are left out. A file that cannot be read is like no
    other; whoever decodes it will say why.
    """
    try:
        data = bytearray(path.read_bytes())
    except OSError:
        return bytes(path)
    start = 0
    while data[start : start + 4] == b"OggS" and len(data) >= start + OGG_HEADER_BYTES:
        n_segments = data[start + 26]
        body = start + OGG_HEADER_BYTES + n_segments
        data[start + 14 : start + 18] = bytes(4)
        data[start + 22 : start + 26] = bytes(4)
        start = body + sum(data[start + OGG_HEADER_BYTES : body])
    return hashlib.sha256(data).digest()
