from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import matplotlib.image
import pytest
from rich.console import Console

from ser_core.lab.relevance_page import draw_relevance, fill_page, show_table

if TYPE_CHECKING:
    from pathlib import Path


def make_effect(name: str, n_columns: int, mean: float, std: float) -> dict[str, Any]:
    return {"name": name, "n_columns": n_columns, "mean": mean, "std": std}


FIGURES = {
    "corpus": "ravdess",
    "system": "svm",
    "uar": 0.567,
    "folds": 5,
    "repetitions": 3,
    "groups": [make_effect("mfcc", 1320, 0.213, 0.02), make_effect("mel", 512, -0.001, 0.01)],
    "columns": [make_effect("mfcc3_p95", 1, 0.012, 0.004)],
}


def test_the_page_has_the_picture_and_both_tables() -> None:
    page = fill_page(FIGURES, "relevance.png")
    assert page.startswith("# What svm listens to\n")
    assert "of 56.7%" in page
    assert "](relevance.png)" in page
    assert "| mfcc | 1,320 | 21.3 | 2.0 |" in page
    assert "| mel | 512 | -0.1 | 1.0 |" in page
    assert "| mfcc3_p95 | 1.2 | 0.4 |" in page
    assert "hide each other" in page


def test_without_columns_there_is_no_table_of_them() -> None:
    page = fill_page({**FIGURES, "columns": []}, "relevance.png")
    assert "| group |" in page
    assert "| column |" not in page


@pytest.mark.parametrize(("kind", "n_headings"), [("groups", 4), ("columns", 3)])
def test_the_terminal_shows_the_same(kind: str, n_headings: int) -> None:
    table = show_table(FIGURES[kind], kind)
    assert len(table.columns) == n_headings
    console = Console(file=io.StringIO(), width=100)
    console.print(table)
    assert FIGURES[kind][0]["name"] in console.file.getvalue()  # type: ignore[attr-defined]


def test_the_picture_is_as_high_as_it_has_bars(tmp_path: Path) -> None:
    heights = []
    for columns in ([], FIGURES["columns"] * 4):
        draw_relevance({**FIGURES, "columns": columns}, tmp_path / "x.png")
        image = matplotlib.image.imread(tmp_path / "x.png")
        heights.append(image.shape[0])
        assert image[..., :3].min() < 0.5 < image[..., :3].mean()  # something on a white ground
    assert heights == sorted(set(heights))
