"""PURE  The page of the laboratory: a text with the tables filled in."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from ser_core.corpora import CORPORA
from ser_core.errors import LabError
from ser_core.evaluation.page import fill_page
from ser_core.lab.table import write_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ser_core.lab.figures import Figures

TEXT_FILE: Final = "page.md"
"""The text of the page, if there is one; it lies beside the figures."""

_BEGINNING: Final = """# The laboratory

`ser lab` tried these systems on the same folds. **Unseen speakers** decides: nobody whose voice \
was learnt from is tested. In a random split the same voices stand on both sides, which flatters.
"""


def fill_lab_page(
    out: Path, figures: Mapping[str, Figures], texts: Mapping[str, str], pictures: Sequence[Path]
) -> str:
    """Give the page: its own text, or one about every corpus that was measured.

    The text names the table of a corpus by a line of its own, ``<!-- table: ravdess -->``, and
    another text by ``<!-- text: search.md -->``.

    Raises:
        LabError: if the text names something that there is not.
    """
    text = texts.get(TEXT_FILE) or _write_text(out, figures, pictures)
    tables = {name: partial(_tabulate, name) for name in (*CORPORA, *figures)}
    try:
        return fill_page(text, figures, texts, tables)
    except KeyError as error:
        message = f"{TEXT_FILE} names {error}: there is no such corpus and no such text"
        raise LabError(message) from error


def _tabulate(name: str, figures: Mapping[str, Figures]) -> str:
    return write_table(figures[name])


def _write_text(out: Path, figures: Mapping[str, Figures], pictures: Sequence[Path]) -> str:
    """Give a text with a section for each corpus."""
    sections = [_BEGINNING]
    for name in figures:
        own = [path for path in pictures if path.stem.endswith(f"-{name}")]
        images = (f"![{path.stem}]({path.relative_to(out.parent).as_posix()})" for path in own)
        sections.append("\n\n".join([f"## {name}", f"<!-- table: {name} -->", *images]) + "\n")
    return "\n".join(sections)
