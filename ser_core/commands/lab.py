"""`ser lab`: systems tried side by side, and a page that shows how they fared.

The figures of each corpus are a JSON file beside the pictures; the page is made from all such
files, so that corpora can be measured one after the other.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import typer
from rich.console import Console

from ser_core.commands.cluster import use_cluster
from ser_core.commands.countdown import show_countdown, show_measuring
from ser_core.commands.report import write_figures
from ser_core.corpora import CORPORA, find_noises, read_corpus
from ser_core.errors import CorpusError
from ser_core.lab.bench import Plan, prepare, run, take_fitted
from ser_core.lab.choice import choose_systems
from ser_core.lab.figures import gather_figures
from ser_core.lab.folds import PROTOCOLS
from ser_core.lab.ledger import Ledger
from ser_core.lab.page import fill_lab_page
from ser_core.lab.pictures import draw_pictures
from ser_core.lab.speed import clock_systems
from ser_core.lab.table import show_tables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ser_core.corpora import Clip
    from ser_core.evaluation.protocols import Protocol
    from ser_core.lab.attempt import Attempt
    from ser_core.lab.bench import Course
    from ser_core.lab.figures import Figures

_PREFIX: Final = "corpus-"
"""How the files of figures begin."""


def compare_systems(  # noqa: PLR0913 - each is an option
    folder: Path,
    corpora: Sequence[str],
    systems: Sequence[str],
    *,
    out: Path,
    protocol: Protocol | None,
    n_splits: int,
    encoders: Path | None,
    seed: int,
    jobs: int,
    cache: Path,
    address: str | None,
) -> None:
    """Try the systems on the corpora, print the tables and write the page ``out``.

    What is done is kept in ``cache``; whatever is kept there is not done again.

    Raises:
        CorpusError: if a corpus cannot be read, or cannot be parted by a protocol.
        LabError: if there is no such system.
        SetupError: if a system needs what is not installed, or the cluster cannot be used.
    """
    choice = choose_systems(systems)
    for system, missing in choice.left_out:
        typer.echo(f"{system.name} is left out: {missing}", err=True)
    clips = _read_clips(folder, corpora)
    plan = Plan(
        systems=choice.systems,
        protocols=(protocol,) if protocol else PROTOCOLS,
        n_splits=n_splits,
        seed=seed,
        jobs=jobs,
        cache=cache,
        encoders=encoders,
        noises=find_noises(folder),
    )
    with use_cluster(address):
        courses, attempts = _try(clips, plan, Ledger(cache / "lab"))
    figures = {name: _sum_up(name, courses[name], plan, attempts[name]) for name in courses}
    for each in figures.values():
        Console().print(show_tables(each))
    _write(out, figures)


def _try(
    clips: Mapping[str, Sequence[Clip]], plan: Plan, ledger: Ledger
) -> tuple[dict[str, Course], dict[str, dict[str, list[Attempt]]]]:
    """Give what systems are tried on, and what they said, for each corpus."""
    with show_measuring() as progress:
        courses = {name: prepare(each, plan, progress) for name, each in clips.items()}
    with show_countdown("folds") as countdown:
        return courses, run(courses, plan, ledger, countdown)


def _sum_up(
    name: str, course: Course, plan: Plan, attempts: Mapping[str, Sequence[Attempt]]
) -> dict[str, Any]:
    """Give the figures of a corpus; speed is measured here, not on a cluster."""
    milliseconds = clock_systems(plan.systems, take_fitted(attempts), course.clips)
    return gather_figures(name, course, plan, attempts, milliseconds)


def _read_clips(folder: Path, names: Sequence[str]) -> dict[str, tuple[Clip, ...]]:
    """Give the clips of each corpus that have an emotion.

    Raises:
        CorpusError: if a corpus cannot be read, or has none.
    """
    found = {}
    for name in names:
        clips = tuple(clip for clip in read_corpus(name, folder).clips if clip.emotion)
        if not clips:
            message = f"{name} is everyday speech without emotions to try systems on"
            raise CorpusError(message)
        found[clips[0].corpus] = clips
    return found


def _write(out: Path, measured: Mapping[str, Figures]) -> None:
    """Write figures and pictures of what was measured, and the page about all that ever was."""
    folder = out.with_suffix("")
    folder.mkdir(parents=True, exist_ok=True)
    for name, each in measured.items():
        write_figures(each, folder / f"{_PREFIX}{name}.json")
    figures = _read_figures(folder)
    pictures = [path for each in figures.values() for path in draw_pictures(each, folder)]
    texts = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    out.write_text(fill_lab_page(out, figures, texts, pictures), encoding="utf-8")
    typer.echo(f"the page is {out}", err=True)


def _read_figures(folder: Path) -> dict[str, Figures]:
    """Give the figures of all corpora, in the order in which the project names them."""
    found = [
        json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob(f"{_PREFIX}*.json"))
    ]
    order = [*CORPORA, *(each["corpus"] for each in found)]
    return {
        each["corpus"]: each for each in sorted(found, key=lambda each: order.index(each["corpus"]))
    }
