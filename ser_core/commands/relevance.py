"""`ser relevance`: what a system listens to, as tables, a picture, figures and a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer
from rich.console import Console

from ser_core.commands.cluster import use_cluster
from ser_core.commands.countdown import show_countdown
from ser_core.commands.search import prepare_course, read_emotional_clips, write_json
from ser_core.errors import BadSetting
from ser_core.lab.bench import Plan
from ser_core.lab.choice import choose_systems
from ser_core.lab.ledger import Ledger
from ser_core.lab.relevance import Question, measure_relevance
from ser_core.lab.relevance_page import draw_relevance, fill_page, show_table

if TYPE_CHECKING:
    from pathlib import Path


def tell_relevance(  # noqa: PLR0913 - each is an option
    folder: Path,
    corpus: str,
    *,
    system: str,
    n_repetitions: int,
    n_columns: int,
    out: Path,
    seed: int,
    jobs: int,
    cache: Path,
    address: str | None,
) -> None:
    """Print what groups and columns are worth; write the page, its figures and its picture.

    Raises:
        CorpusError: if the corpus cannot be read, or its speakers cannot be parted.
        LabError: if there is no such system, or it has no columns.
        SetupError: if the system needs what is not installed, or the cluster cannot be used.
    """
    ((chosen,), _) = choose_systems([system])
    if chosen.feature_set is None:
        raise BadSetting(system, "it learns from recordings, which have no columns")
    clips = read_emotional_clips(folder, corpus)
    plan = Plan((chosen,), ("unseen-speakers",), seed=seed, jobs=jobs, cache=cache)
    with use_cluster(address):
        course = prepare_course(clips, plan)
        question = Question(chosen, course, n_repetitions, n_columns, seed, jobs)
        with show_countdown("folds") as countdown:
            found = measure_relevance(question, Ledger(cache / "lab"), countdown)
    figures = {
        "corpus": course.clips[0].corpus,
        "system": chosen.name,
        "feature_set": chosen.feature_set,
        "protocol": "unseen-speakers",
        "seed": seed,
        "folds": len(course.parts),
        "repetitions": n_repetitions,
        **found.as_dict(),
    }
    for kind in ("groups", "columns"):
        if figures[kind]:
            Console().print(show_table(figures[kind], kind))
    picture = out.with_suffix(".png")
    write_json(figures, out.with_suffix(".json"))
    draw_relevance(figures, picture)
    out.write_text(fill_page(figures, picture.name), encoding="utf-8")
    typer.echo(f"the page is {out}", err=True)
