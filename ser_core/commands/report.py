"""`ser report`: everything that is told of the recogniser's quality, measured in one run.

Each section is a JSON file beside the pictures; the page is made from those files alone, so that
a section can be measured again by itself.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import typer

from ser_core.commands.progress import show_progress
from ser_core.commands.train import found_for_training, read_clips
from ser_core.errors import CorpusError
from ser_core.evaluation.confidence import measure_confidence
from ser_core.evaluation.earlier_clips import measure_earlier_clips
from ser_core.evaluation.page import fill_page
from ser_core.evaluation.plots import draw_pictures
from ser_core.evaluation.robustness import measure_robustness
from ser_core.evaluation.simulation import simulate_learning
from ser_core.evaluation.study import Study
from ser_core.evaluation.unseen import (
    measure_random_split,
    measure_unseen_corpora,
    measure_unseen_speakers,
)
from ser_core.training.encoders import read_encoders

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from ser_core.evaluation.goals import Results
    from ser_core.training.vectors import Extraction

SECTIONS: Final[Mapping[str, Callable[[Study], dict[str, Any]]]] = {
    "unseen-speakers": measure_unseen_speakers,
    "earlier-clips": measure_earlier_clips,
    "learning": simulate_learning,
    "random-split": measure_random_split,
    "unseen-corpora": measure_unseen_corpora,
    "robustness": measure_robustness,
    "confidence": measure_confidence,
}
"""What is measured, in the order of the page."""

TEXT_FILE: Final = "page.md"
"""The text of the page; it lies beside the figures."""

_N_DIGITS: Final = 6


def write_report(  # noqa: PLR0913 - each is an option
    folder: Path,
    *,
    encoders: Path,
    out: Path,
    place: str,
    only: Sequence[str],
    n_spoiled_clips: int,
    how: Extraction,
) -> None:
    """Measure the sections, or only some, and write figures, pictures and the page ``out``.

    The figures lie in the folder that is called like the page; so does its text.

    Raises:
        CorpusError: if a corpus or an encoder cannot be read, or the page has no text.
        SetupError: if the model cannot be used.
    """
    texts = _read_texts(out.with_suffix(""))
    found = read_encoders(encoders)
    clips = tuple(clip for name in found_for_training(folder) for clip in read_clips(name, folder))
    with show_progress() as progress:
        study = Study(folder, clips, how, found, place, n_spoiled_clips, progress)
        for name in only or SECTIONS:
            write_figures(SECTIONS[name](study), out.with_suffix("") / f"{name}.json")
            typer.echo(f"{name} is measured", err=True)
    write_page(out, texts)


def write_figures(figures: Mapping[str, Any], path: Path) -> None:
    """Write the figures of a section, rounded to what can be told apart."""
    text = json.dumps(_round(figures), indent=1, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def write_page(out: Path, texts: Mapping[str, str]) -> None:
    """Draw the pictures and write the page, from the figures that lie in its folder."""
    folder = out.with_suffix("")
    results: Results = {
        name: json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        for name in SECTIONS
        if (folder / f"{name}.json").is_file()
    }
    draw_pictures(results, folder)
    out.write_text(fill_page(texts[TEXT_FILE], results, texts), encoding="utf-8")
    typer.echo(f"the results are in {out}", err=True)


def _read_texts(folder: Path) -> dict[str, str]:
    """Give the texts in a folder by their names; the one of the page must be there."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    if TEXT_FILE not in texts:
        message = f"{folder / TEXT_FILE} is missing: it is the text of the page"
        raise CorpusError(message)
    return texts


def _round(value: Any) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """Give the value with all its numbers rounded."""
    if isinstance(value, float):
        return round(value, _N_DIGITS)
    if isinstance(value, dict):
        return {key: _round(each) for key, each in value.items()}
    return [_round(each) for each in value] if isinstance(value, list | tuple) else value
