"""I/O  Any folder with a manifest: a table that names each file and its labels.

Columns: file and emotion; where known also speaker, gender and language, each under one of the
names that people give them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ser_core.corpora.clip import Clip, Reading, Skipped
from ser_core.corpora.files import find_sound_files, read_table
from ser_core.corpora.labels import emotion_of, gender_of
from ser_core.corpora.listing import Listing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

TABLE_ENDINGS: Final = frozenset({".csv", ".tsv"})

WORDS_OF_COLUMN: Final = {
    "file": "file path filename file_name filepath file_path file_id wav wav_file audio audio_file"
    " audio_path sound recording clip name",
    "emotion": "emotion label emotion_label emotions labels emotion_name target class category",
    "speaker": "speaker speaker_id speakerid speaker_name actor actor_id subject subject_id"
    " participant person voice",
    "gender": "gender sex speaker_gender",
    "language": "language lang locale",
}
"""What a column may be called, the surest word first; a file may be named in two ways."""

NEEDED: Final = frozenset({"file", "emotion"})


def find_tables(folder: Path) -> list[Path]:
    """Give the tables that lie in a folder (not below it)."""
    return sorted(
        path
        for path in folder.glob("*")
        if path.suffix.lower() in TABLE_ENDINGS
        and not path.name.startswith((".", "~"))
        and path.is_file()
    )


def read_rows(tables: Sequence[Path]) -> list[dict[str, str]]:
    """Give the rows of those tables that are manifests, by our names for the columns."""
    rows = [_rename(row) for table in tables for row in read_table(table)]
    return [row for row in rows if row.keys() >= NEEDED]


def tell_columns(tables: Sequence[Path]) -> str:
    """Say what the first lines of tables hold that should name columns; empty without tables."""
    told = []
    for table in tables:
        rows = read_table(table)
        columns = f"has the columns {', '.join(rows[0])}" if rows else "is empty or no table"
        told.append(f"{table.name} {columns}")
    return "; ".join(told)


def read(
    folder: Path, *, corpus: str, language: str = "", tables: Sequence[Path] | None = None
) -> Reading:
    """Give the recordings that the manifest names; ``language`` holds where it gives none.

    ``tables`` are those to read, by default all in the folder.
    """
    files = find_sound_files(folder)
    listing = Listing(folder, files)
    rows = [
        (listing.find(row["file"]), row)
        for row in read_rows(find_tables(folder) if tables is None else tables)
    ]
    labelled = [
        (path or folder / row["file"], _label(path, row, corpus=corpus, language=language))
        for path, row in rows
    ]
    unlisted = sorted(set(files) - {path for path, _ in rows})
    return Reading(
        # One line may stand there twice.
        clips=tuple(dict.fromkeys(clip for _, clip in labelled if isinstance(clip, Clip))),
        skipped=(
            *(Skipped(path, why) for path, why in labelled if isinstance(why, str)),
            *(Skipped(path, "not in the manifest") for path in unlisted),
        ),
    )


def _rename(row: Mapping[str, str]) -> dict[str, str]:
    """Give a row with our names for its columns."""
    found = {re.sub(r"[\W_]+", "_", column).strip("_"): value for column, value in row.items()}
    return {
        ours: found[next(word for word in words.split() if word in found)]
        for ours, words in WORDS_OF_COLUMN.items()
        if not found.keys().isdisjoint(words.split())
    }


def _label(path: Path | None, row: Mapping[str, str], *, corpus: str, language: str) -> Clip | str:
    if path is None:
        return "missing file"
    if not path.stat().st_size:
        return "empty file"
    if not row["emotion"]:
        return "no label"
    emotion = emotion_of(row["emotion"])
    if emotion is None:
        return f"no word here for the label {row['emotion']!r}"
    return Clip(
        path=path,
        emotion=emotion,
        gender=gender_of(row.get("gender", "")),
        # Two spellings of a name must not stand on both sides of a fold.
        speaker=f"{corpus}/{row.get('speaker', '').lower() or 'unknown'}",
        language=row.get("language") or language,
        corpus=corpus,
    )
