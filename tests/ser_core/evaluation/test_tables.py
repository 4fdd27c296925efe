from __future__ import annotations

from typing import Any

import pytest
from made_up_results import make_results

from ser_core.evaluation.tables import TABLES


@pytest.fixture
def results() -> dict[str, Any]:
    return make_results()


def rows(name: str, results: dict[str, Any]) -> list[list[str]]:
    """Give the cells of a table, without the line under the heads."""
    lines = TABLES[name](results).splitlines()
    assert set(lines[1]) == set("|- ")
    return [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for number, line in enumerate(lines)
        if number != 1
    ]


@pytest.mark.parametrize("name", TABLES)
def test_every_row_has_a_cell_for_every_head(name: str, results: dict[str, Any]) -> None:
    found = rows(name, results)
    assert len(found) > 1
    assert {len(row) for row in found} == {len(found[0])}


@pytest.mark.parametrize("name", [name for name in TABLES if name != "goals"])
def test_a_table_without_figures_says_so(name: str) -> None:
    with pytest.raises(KeyError):
        TABLES[name]({})


def test_a_goal_says_whether_it_was_reached(results: dict[str, Any]) -> None:
    figures = results["unseen-speakers"]["corpora"]["ravdess"]
    verdicts = []
    for accuracy in (0.6999, 0.75, 0.9):
        figures["accuracy"] = accuracy
        verdicts.append(rows("goals", results)[1])
    assert verdicts == [
        ["RAVDESS, 8 emotions, accuracy", "70.0 %", "70.0 %", "82.0 %", "**missed**"],
        ["RAVDESS, 8 emotions, accuracy", "75.0 %", "70.0 %", "82.0 %", "reached"],
        ["RAVDESS, 8 emotions, accuracy", "90.0 %", "70.0 %", "82.0 %", "aim reached"],
    ]


def test_a_limit_is_marked_and_names_the_worst_corpus(results: dict[str, Any]) -> None:
    (row,) = (row for row in rows("goals", results) if "between the sexes" in row[0])
    assert row[2:4] == ["≤ 7.5 points", "≤ 3.0 points"]
    assert row[1].endswith(")")
    assert " points (" in row[1]


def test_goals_that_were_not_measured_are_told() -> None:
    assert {row[4] for row in rows("goals", {})[1:]} == {"not measured"}


def test_our_figure_stands_among_those_of_others_by_size(results: dict[str, Any]) -> None:
    results["unseen-speakers"]["corpora"]["ravdess"]["accuracy"] = 0.7
    names = [row[1] for row in rows("anchors", results) if row[0] == "ravdess, accuracy"]
    ours = names.index("**this project**")
    assert (names[ours - 1], names[ours + 1]) == ("human listeners", "frozen WavLM")


def test_a_corpus_without_genders_has_none_in_its_row(results: dict[str, Any]) -> None:
    (row,) = (row for row in rows("unseen-speakers", results) if row[0] == "indian-emospeech")
    assert row[-1] == "-"
    (row,) = (row for row in rows("fairness", results) if row[0] == "indian-emospeech")
    assert row[1:4] == ["-", "-", "-"]


def test_what_a_condition_costs_is_told_in_points(results: dict[str, Any]) -> None:
    by_name = {row[0]: row[1:] for row in rows("robustness", results)}
    assert by_name["clean"] == ["65.0 %", "0.0", "3.0 %"] * 2
    assert by_name["Opus, 32 kbit/s"] == ["64.0 %", "1.0", "3.0 %"] * 2


def test_without_strange_corpora_the_table_of_confidence_is_shorter(
    results: dict[str, Any],
) -> None:
    assert len(rows("confidence", results)) == 3
    del results["confidence"]["unseen corpora"]
    assert len(rows("confidence", results)) == 2


def test_everyday_speech_is_told_in_shares(results: dict[str, Any]) -> None:
    assert rows("everyday-speech", results)[1] == [
        "everyday",
        "250",
        "100.0 %",
        "20.0 %",
        "8.0 %",
        "neutral 30, angry 20",
    ]


def test_a_way_that_was_not_tried_so_early_has_an_empty_cell(results: dict[str, Any]) -> None:
    heads, *found = rows("learning", results)
    assert heads == ["users", "notes before", "stranger", "baseline", "feedback", "retrained"]
    assert len(found) == 12
    assert found[0] == ["ravdess", "0", "70.0 %", "70.0 %", "70.0 %", "-"]
    assert found[-1] == ["crema-d", "16", "60.0 %", "68.0 %", "68.0 %", "69.0 %"]
