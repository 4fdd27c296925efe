"""I/O  Any folder with a manifest: a table that names each file and its labels.

Columns: ``file`` and ``emotion``; where known also ``speaker``, ``gender`` and ``language``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ser_core.corpora.clip import Clip, Reading, Skipped
from ser_core.corpora.files import SOUND_ENDINGS, find_sound_files, read_table
from ser_core.corpora.labels import emotion_of, gender_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TABLE_ENDINGS: Final = frozenset({".csv", ".tsv"})

COLUMN_OF_WORD: Final = {
    "path": "file",
    "filename": "file",
    "file_name": "file",
    "file_id": "file",
    "label": "emotion",
    "speaker_id": "speaker",
    "actor": "speaker",
    "sex": "gender",
    "lang": "language",
}


def read_rows(folder: Path) -> list[dict[str, str]]:
    """Give the rows of every manifest in a folder (not below it); none where it has none."""
    tables = sorted(
        path for path in folder.glob("*") if path.suffix.lower() in TABLE_ENDINGS and path.is_file()
    )
    rows = [
        {COLUMN_OF_WORD.get(column, column): value for column, value in row.items()}
        for table in tables
        for row in read_table(table)
    ]
    return [row for row in rows if {"file", "emotion"} <= row.keys()]


def read(folder: Path, *, corpus: str, language: str = "") -> Reading:
    """Give the recordings that the manifest names; ``language`` holds where it gives none."""
    files = {_stem(path.relative_to(folder).as_posix()): path for path in find_sound_files(folder)}
    rows = [(files.get(_stem(row["file"])), row) for row in read_rows(folder)]
    labelled = [
        (path or folder / row["file"], _label(path, row, corpus=corpus, language=language))
        for path, row in rows
    ]
    unlisted = sorted(set(files.values()) - {path for path, _ in rows})
    return Reading(
        # One line may stand there twice.
        clips=tuple(dict.fromkeys(clip for _, clip in labelled if isinstance(clip, Clip))),
        skipped=(
            *(Skipped(path, why) for path, why in labelled if isinstance(why, str)),
            *(Skipped(path, "not in the manifest") for path in unlisted),
        ),
    )


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
        speaker=f"{corpus}/{row.get('speaker') or 'unknown'}",
        language=row.get("language") or language,
        corpus=corpus,
    )


def _stem(name: str) -> str:
    """Give a file's name without the ending: a corpus may have been converted since."""
    name = name.replace("\\", "/").removeprefix("./")
    return next((name[: -len(end)] for end in SOUND_ENDINGS if name.lower().endswith(end)), name)
