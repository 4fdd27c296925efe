"""`ser search`: settings of a system, ranked by how well it hears unseen speakers."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.table import Table

from ser_core.commands.cluster import use_cluster
from ser_core.commands.countdown import show_countdown, show_measuring
from ser_core.corpora import read_corpus
from ser_core.errors import CorpusError
from ser_core.lab.bench import Plan, prepare
from ser_core.lab.candidates import list_candidates
from ser_core.lab.choice import choose_systems
from ser_core.lab.ledger import Ledger
from ser_core.lab.search import Search, search
from ser_core.systems.settings import write_settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ser_core.corpora import Clip
    from ser_core.lab.bench import Course
    from ser_core.lab.search import Method, Standing


def search_settings(  # noqa: PLR0913 - each is an option
    folder: Path,
    corpus: str,
    *,
    system: str,
    grid: Sequence[str],
    method: Method,
    out: Path | None,
    seed: int,
    jobs: int,
    cache: Path,
    address: str | None,
) -> None:
    """Print the candidates, the best first, and the command that trains with it.

    Raises:
        CorpusError: if the corpus cannot be read, or its speakers cannot be parted.
        LabError: if there is no such system, or it cannot take what the grid has.
        SetupError: if the system needs what is not installed, or the cluster cannot be used.
    """
    ((chosen,), _) = choose_systems([system])
    candidates = list_candidates(chosen, grid)
    clips = read_emotional_clips(folder, corpus)
    plan = Plan((chosen,), ("unseen-speakers",), seed=seed, jobs=jobs, cache=cache)
    with use_cluster(address):
        course = prepare_course(clips, plan)
        asked = Search(chosen, course, candidates, method, seed, jobs)
        with show_countdown("fits") as countdown:
            ranked = search(asked, Ledger(cache / "lab"), countdown)
    command = write_command(folder, corpus, system=system, seed=seed, best=ranked[0])
    Console().print(show_ranking(ranked))
    Console().print(command, soft_wrap=True, highlight=False)
    if out:
        report = {
            "corpus": course.clips[0].corpus,
            "system": chosen.name,
            "method": method,
            "protocol": "unseen-speakers",
            "seed": seed,
            "folds": len(asked.folds),
            "candidates": [each.as_dict() for each in ranked],
            "command": command,
        }
        write_json(report, out)


def read_emotional_clips(folder: Path, corpus: str) -> tuple[Clip, ...]:
    """Give the clips of a corpus that have an emotion.

    Raises:
        CorpusError: if it cannot be read, or has none.
    """
    clips = tuple(clip for clip in read_corpus(corpus, folder).clips if clip.emotion)
    if not clips:
        message = f"{corpus} is everyday speech without emotions to try systems on"
        raise CorpusError(message)
    return clips


def prepare_course(clips: Sequence[Clip], plan: Plan) -> Course:
    """Measure clips and part them, with a bar; what could not be measured is told."""
    with show_measuring() as progress:
        course = prepare(clips, plan, progress)
    for file in course.skipped:
        typer.echo(f"skipped {file.path}: {file.reason}", err=True)
    return course


def show_ranking(ranked: Sequence[Standing]) -> Table:
    """Give a table of the candidates, for the terminal; the best one stands out."""
    table = Table("settings")
    for heading in ("UAR", "±", "clips", "seconds a fit"):
        table.add_column(heading, justify="right")
    for place, each in enumerate(ranked):
        figures = (f"{each.uar:.1%}", f"{each.spread:.1%}", f"{each.n_clips:,}")
        seconds = each.failure or f"{each.seconds:.2f}"
        words = " ".join(write_settings(each.settings))
        table.add_row(words, *figures, seconds, style="" if place else "bold")
    return table


def write_command(folder: Path, corpus: str, *, system: str, seed: int, best: Standing) -> str:
    """Give the command that trains the system so, on the whole corpus."""
    words = ["ser", "train", "--corpora", str(folder), "--corpus", corpus, "--system", system]
    for each in write_settings(best.settings):
        words += ["--set", each]
    return shlex.join([*words, "--seed", str(seed), "--out", "my-model"])


def write_json(report: dict[str, Any], path: Path) -> None:
    """Write figures so that people can read them too."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, indent=2, allow_nan=False) + "\n", encoding="utf-8")
