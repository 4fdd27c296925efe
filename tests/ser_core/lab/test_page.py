from __future__ import annotations

from pathlib import Path

import pytest
from made_up_lab import make_figures

from ser_core.errors import LabError
from ser_core.lab.page import fill_lab_page
from ser_core.lab.table import write_table

OUT = Path("docs/lab.md")


def test_the_text_beside_the_figures_is_filled_in() -> None:
    texts = {
        "page.md": "#\n<!-- table: ravdess -->\n<!-- table: crema-d -->\n<!-- text: search.md -->",
        "search.md": "Searched.\n",
    }
    figures = {"ravdess": make_figures()}
    page = fill_lab_page(OUT, figures, texts, [])
    table = write_table(figures["ravdess"])
    assert page == f"#\n{table}\n*Not measured yet.*\nSearched."


def test_without_a_text_there_is_a_section_for_each_corpus() -> None:
    figures = {name: make_figures(name) for name in ("ravdess", "mine")}
    pictures = [OUT.with_suffix("") / f"accuracy-{name}.png" for name in figures]
    page = fill_lab_page(OUT, figures, {}, pictures)
    assert page.startswith("# The laboratory\n")
    first, second = page.split("\n## ")[1:]
    assert first.startswith("ravdess\n\n| system |")
    assert "![accuracy-ravdess](lab/accuracy-ravdess.png)" in first
    assert second.startswith("mine\n\n| system |")
    assert "ravdess.png" not in second


@pytest.mark.parametrize("mark", ["table: nowhere", "text: nothing.md"])
def test_a_text_that_names_what_there_is_not_is_refused(mark: str) -> None:
    with pytest.raises(LabError, match=r"page\.md names 'no"):
        fill_lab_page(OUT, {}, {"page.md": f"<!-- {mark} -->"}, [])
