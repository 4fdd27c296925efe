"""The files of the sandbox: what users and the bot have uploaded, in memory, within a bound."""

from __future__ import annotations

import base64
import hashlib
import itertools
import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from bot.sandbox.params import Upload

MAX_TOTAL_BYTES: Final = 256 * 1024 * 1024
"""When more is uploaded, the oldest files are dropped, as Telegram drops files in the end."""

_SUFFIX = re.compile(r"\.\w{1,8}", re.ASCII)

_SUFFIXES: Final = {"voice": ".oga", "video_note": ".mp4"}
"""Telegram names these whatever the sender's application recorded."""

_FOLDERS: Final = {
    "voice": "voice",
    "audio": "music",
    "video_note": "video_notes",
    "document": "documents",
    "photo": "photos",
}


@dataclass(frozen=True, slots=True)
class StoredFile:
    """Hold one file: ``file_id`` names this upload, ``unique_id`` its content."""

    file_id: str
    unique_id: str
    path: str
    upload: Upload


class Files:
    """Keep uploaded files, up to a total size."""

    def __init__(self, max_total_bytes: int = MAX_TOTAL_BYTES) -> None:
        """Start empty."""
        self._max_total_bytes = max_total_bytes
        self._total_bytes = 0
        self._files: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}
        self._numbers = itertools.count(1)

    def keep(self, upload: Upload, kind: str) -> StoredFile:
        """Keep an upload under a new identity; the oldest files make room for it."""
        digest = hashlib.sha256(upload.data).digest()
        unique_id = base64.urlsafe_b64encode(digest[:12]).decode()
        number = next(self._numbers)
        path = f"{_FOLDERS[kind]}/file_{number}{_choose_suffix(upload, kind)}"
        file = StoredFile(f"{number}-{unique_id}", unique_id, path, upload)
        self._files[file.file_id] = self._by_path[path] = file
        self._total_bytes += len(upload.data)
        self._make_room()
        return file

    def find(self, file_id: str) -> StoredFile | None:
        """Give the file of this identity, unless it is unknown or dropped."""
        return self._files.get(file_id)

    def find_path(self, path: str) -> StoredFile | None:
        """Give the file that ``getFile`` has placed at this path."""
        return self._by_path.get(path)

    def _make_room(self) -> None:
        """Drop the oldest files, but never the newest."""
        while self._total_bytes > self._max_total_bytes and len(self._files) > 1:
            oldest = self._files.pop(next(iter(self._files)))
            del self._by_path[oldest.path]
            self._total_bytes -= len(oldest.upload.data)


def _choose_suffix(upload: Upload, kind: str) -> str:
    """Give the ending of a file's name: Telegram's own, the sender's, or none that is strange."""
    suffix = PurePath(upload.name).suffix
    return _SUFFIXES.get(kind) or (suffix if _SUFFIX.fullmatch(suffix) else "")
