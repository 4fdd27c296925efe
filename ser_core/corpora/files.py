"""I/O  The sound files and the tables of a corpus folder."""

from __future__ import annotations

import codecs
import csv
import io
from typing import TYPE_CHECKING, Final

from ser_core.corpora.clip import Clip, Reading, Skipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

SOUND_ENDINGS: Final = frozenset(
    {".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".m4a", ".aac", ".aif", ".aiff"}
    | {".mp4", ".webm"}  # videos, of which the sound is heard
)


def find_sound_files(folder: Path) -> list[Path]:
    """Give every sound file below a folder, told by its ending, in a fixed order.

    Hidden files are left out: archives packed on macOS leave ``._`` files behind.
    """
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in SOUND_ENDINGS and not path.name.startswith(".") and path.is_file()
    )


def label_files(paths: Iterable[Path], label: Callable[[Path], Clip | str]) -> Reading:
    """Sort files into clips and skipped ones; ``label`` gives a clip, or why there is none."""
    labelled = [(path, label(path) if path.stat().st_size else "empty file") for path in paths]
    return Reading(
        clips=tuple(clip for _, clip in labelled if isinstance(clip, Clip)),
        skipped=tuple(Skipped(path, why) for path, why in labelled if isinstance(why, str)),
    )


def read_table(path: Path) -> list[dict[str, str]]:
    """Give the rows of a text table as values by column name; the names are in lower case.

    The columns are parted by commas, semicolons or tabs, whichever the first line has most of.
    A byte order mark, Windows line ends and Windows's other encodings do no harm; a file that is
    no table at all has no rows.
    """
    text = _decode_text(path.read_bytes())
    first_line = text.partition("\n")[0]
    delimiter = max(",;\t", key=first_line.count)
    try:
        header, *rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except (csv.Error, ValueError):
        return []
    columns = [column.strip().lower() for column in header]
    return [dict(zip(columns, map(str.strip, row), strict=False)) for row in rows if any(row)]


def _decode_text(data: bytes) -> str:
    """Give the text in a file: UTF-8, or as spreadsheets on Windows write it."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")
