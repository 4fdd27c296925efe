"""I/O  Any corpus, by its name or by its folder."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ser_core.corpora import emotion_folders, manifest
from ser_core.corpora.catalogue import CORPORA
from ser_core.corpora.copies import drop_copies
from ser_core.errors import NotACorpus, UnknownCorpus

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ser_core.corpora.catalogue import Corpus
    from ser_core.corpora.clip import Reading

FOLDER_SCHEME: Final = (
    "a manifest (CSV with the columns file, emotion, speaker), or folders named after emotions"
)

_N_REASONS: Final = 3
"""How many of the reasons why files were left out an error tells."""


def read_corpus(name: str, corpora_folder: Path) -> Reading:
    """Give the labelled recordings of a corpus, without empty files and copies.

    ``name`` is one of `CORPORA`, whose folder lies in ``corpora_folder``; or else a folder, there
    or anywhere, with a manifest or with subfolders named after emotions, or the manifest itself:
    the corpus is then called by the folder's name.

    Raises:
        UnknownCorpus: if there is neither such a name nor such a folder.
        NotACorpus: if the folder holds no recording that can be used.
    """
    if name in CORPORA:
        return _read_known(CORPORA[name], corpora_folder)
    place = corpora_folder / name
    if not place.exists() and Path(name).exists():
        place = Path(name)
    if place.is_dir():
        return read_folder(place, manifest.find_tables(place))
    if place.suffix.lower() in manifest.TABLE_ENDINGS and place.is_file():
        return read_folder(place.parent, [place])
    raise UnknownCorpus(name, tuple(CORPORA))


def read_folder(folder: Path, tables: Sequence[Path]) -> Reading:
    """Give the recordings of a corpus of one's own: by its tables, or else by its folders.

    Raises:
        NotACorpus: if it holds no recording that can be used.
    """
    reading = _read_own(folder, tables)
    if not reading.clips:
        raise NotACorpus(str(folder), _tell_lack(folder, tables, reading))
    return reading


def tell_lack(folder: Path) -> str:
    """Say what a folder lacks to be a corpus of one's own."""
    tables = manifest.find_tables(folder)
    return _tell_lack(folder, tables, _read_own(folder, tables))


def find_own(folder: Path) -> Iterator[tuple[str, Reading]]:
    """Give the corpora of one's own in a folder, with their names, or the one that it is itself."""
    names = {corpus.folder for corpus in CORPORA.values()}
    folders = sorted(each for each in folder.glob("[!.]*") if each.is_dir())
    inside = [each for each in folders if each.name not in names]
    is_one = manifest.read_rows(manifest.find_tables(folder)) or len(inside) == len(folders)
    for place in (folder, *inside) if is_one else inside:
        reading = _read_own(place, manifest.find_tables(place))
        if reading.clips:
            yield place.resolve().name, reading
            if place == folder:
                return


def _read_own(folder: Path, tables: Sequence[Path]) -> Reading:
    name = folder.resolve().name
    if manifest.read_rows(tables):
        return drop_copies(manifest.read(folder, corpus=name, tables=tables))
    return drop_copies(emotion_folders.read(folder, corpus=name))


def _tell_lack(folder: Path, tables: Sequence[Path], reading: Reading) -> str:
    told = (FOLDER_SCHEME, manifest.tell_columns(tables), _tell(reading), _recognise(folder))
    return "; ".join(filter(None, told))


def _read_known(corpus: Corpus, corpora_folder: Path) -> Reading:
    folder = corpora_folder / corpus.folder
    reading = drop_copies(corpus.read(folder))
    if not reading.clips:
        told = [corpus.scheme, _tell(reading) or f"get them from {corpus.where}"]
        raise NotACorpus(str(folder), f"{'; '.join(told)} (supported: {', '.join(CORPORA)})")
    return reading


def _recognise(folder: Path) -> str:
    """Say which of the known corpora this is, if its files are named so; else nothing."""
    names = [
        name
        for name, corpus in CORPORA.items()
        if corpus.emotions and corpus.scheme.startswith("files named") and corpus.read(folder).clips
    ]
    return f"it looks like {' and '.join(names)}: call the folder so" if names else ""


def _tell(reading: Reading) -> str:
    """Say why files were left out, the most frequent reasons first; empty if there are none."""
    reasons = Counter(file.reason for file in reading.skipped)
    example = {file.reason: file.path for file in reversed(reading.skipped)}
    return "; ".join(
        f"{n} left out: {reason}, such as {example[reason]}"
        for reason, n in reasons.most_common(_N_REASONS)
    )
