from __future__ import annotations

import re
from pathlib import Path

import pytest
from made_up_results import make_results

from ser_core.evaluation.page import fill_page
from ser_core.evaluation.plots import PICTURES
from ser_core.evaluation.tables import TABLES

FOLDER = Path(__file__).parents[3] / "docs" / "results"


def test_tables_and_texts_take_their_places() -> None:
    text = "# Mine\n\n<!-- table: random-split -->\n\n<!-- text: more.md -->\n\nEnd <!-- here -->\n"
    page = fill_page(text, make_results(), {"more.md": "More.\n\n"})
    assert page.startswith("# Mine\n\n| corpus | clips tested |")
    assert page.endswith("|\n\nMore.\n\nEnd <!-- here -->\n")


def test_what_was_not_measured_is_told() -> None:
    assert fill_page("<!-- table: halves -->", {}, {}) == "*Not measured yet.*"


@pytest.mark.parametrize("mark", ["<!-- table: none -->", "<!-- text: none.md -->"])
def test_a_text_that_asks_for_what_there_is_not_is_a_mistake(mark: str) -> None:
    with pytest.raises(KeyError):
        fill_page(mark, make_results(), {})


def test_the_text_of_the_page_asks_for_every_table_and_picture() -> None:
    text = (FOLDER / "page.md").read_text(encoding="utf-8")
    assert set(re.findall(r"<!-- table: (.*) -->", text)) == set(TABLES)
    assert set(re.findall(r"\(results/(.*)\.png\)", text)) == set(PICTURES)


def test_the_page_can_be_filled() -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    page = fill_page(texts["page.md"], make_results(), texts)
    assert "What was tried" in page
    assert "<!-- table" not in page
    assert "Not measured" not in page
