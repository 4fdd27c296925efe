"""`ser corpora`: the corpora that are supported, and those that a folder holds."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, Final

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ser_core.corpora import CORPORA, Corpus, Reading, find_own, read_corpus, tell_lack
from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.errors import NotACorpus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from ser_core.corpora import Skipped

N_NAMES: Final = 3
"""How many skipped files are named in a table; JSON names all."""


def tell_corpora(folder: Path | None, *, as_json: bool) -> None:
    """Print what is known about every corpus, and what a folder holds of them.

    Raises:
        NotACorpus: if the folder holds none of them.
    """
    readings = {} if folder is None else _read_all(folder)
    if as_json:
        for corpus in CORPORA.values():
            found = readings.get(corpus.name)
            typer.echo(json.dumps({**_describe(corpus), "found": found and _count(found)}))
        for name in readings.keys() - CORPORA.keys():
            typer.echo(json.dumps({**_describe_own(name), "found": _count(readings[name])}))
    elif folder is None:
        Console().print(_table_known())
    else:
        Console().print(_table_found(readings))
        for name, reading in readings.items():
            for line in list_skipped(name, reading.skipped):
                typer.echo(line)


def list_skipped(name: str, skipped: Iterable[Skipped]) -> Iterator[str]:
    """Give a line for each reason to skip files, with how many there are and the first few."""
    files: dict[str, list[str]] = defaultdict(list)
    for file in skipped:
        files[file.reason].append(file.path.name)
    for reason, names in files.items():
        shown = ", ".join(names[:N_NAMES]) + (", …" if len(names) > N_NAMES else "")
        yield f"{name}, skipped {len(names)}: {reason}: {shown}"


def _read_all(folder: Path) -> dict[str, Reading]:
    """Give what a folder holds of each corpus; a folder that is not what its name says is told."""
    readings = {}
    for corpus in CORPORA.values():
        if (folder / corpus.folder).is_dir():
            try:
                readings[corpus.name] = read_corpus(corpus.name, folder)
            except NotACorpus as error:
                typer.echo(str(error), err=True)
    readings |= {name: reading for name, reading in find_own(folder) if name not in CORPORA}
    if not readings:
        named = f"a folder named {' or '.join(CORPORA)} in it"
        raise NotACorpus(str(folder), f"{named}; or {tell_lack(folder)}")
    return readings


def _describe(corpus: Corpus) -> dict[str, Any]:
    return {
        "name": corpus.name,
        "title": corpus.title,
        "folder": corpus.folder,
        "languages": list(corpus.languages),
        "emotions": list(corpus.emotions),
        "licence": corpus.licence,
        "where": corpus.where,
        "scheme": corpus.scheme,
        "use": corpus.use,
    }


def _count(reading: Reading) -> dict[str, Any]:
    """Give how many clips there are, and of which kinds, in the order of the labels."""
    emotions = Counter(clip.emotion for clip in reading.clips)
    genders = Counter(clip.gender for clip in reading.clips)
    return {
        "clips": len(reading.clips),
        "speakers": len({clip.speaker for clip in reading.clips}),
        "emotions": {emotion: emotions[emotion] for emotion in EMOTIONS if emotions[emotion]},
        "genders": {gender: genders[gender] for gender in GENDERS if genders[gender]},
        "skipped": [{"file": str(file.path), "reason": file.reason} for file in reading.skipped],
    }


def _describe_own(name: str) -> dict[str, Any]:
    """Give what is known beforehand about a corpus of one's own: its name."""
    return dict.fromkeys(_describe(next(iter(CORPORA.values())))) | {"name": name}


def _table_known() -> Table:
    table = Table.grid(padding=(0, 2))
    for corpus in CORPORA.values():
        table.add_row(Text(corpus.name, style="bold"), Text(corpus.title, style="bold"))
        table.add_row("  emotions", ", ".join(corpus.emotions) or "none: everyday speech")
        table.add_row("  licence", corpus.licence)
        table.add_row("  use", corpus.use)
        table.add_row("  from", corpus.where)
        table.add_row("  holds", corpus.scheme)
    return table


def _table_found(readings: dict[str, Reading]) -> Table:
    table = Table("corpus", "clips", "speakers", "emotions", "skipped")
    for name in (*CORPORA, *(name for name in readings if name not in CORPORA)):
        if name not in readings:
            table.add_row(name, "not found")
            continue
        counts = _count(readings[name])
        emotions = ", ".join(f"{n} {emotion}" for emotion, n in counts["emotions"].items())
        numbers = (str(number) for number in (counts["clips"], counts["speakers"]))
        table.add_row(name, *numbers, emotions or "none", str(len(counts["skipped"])))
    return table
