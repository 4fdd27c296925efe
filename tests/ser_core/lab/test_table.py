from __future__ import annotations

import pytest
from made_up_lab import make_figures, make_system
from rich.console import Console

from ser_core.lab.table import show_tables, sort_systems, word_published, write_table


def cells_of(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_unseen_speakers_come_first_and_decide_the_order() -> None:
    head, _, *rows = map(cells_of, write_table(make_figures()).splitlines())
    assert head == [
        *("system", "what it is", "published"),
        *("unseen: accuracy", "UAR", "F1", "ECE"),
        *("random: accuracy", "UAR", "F1", "ECE"),
        *("gender", "fit", "a clip", "size"),
    ]
    assert [row[0] for row in rows] == ["**shipped**", "svm", "mlp"]


def test_a_row_tells_every_figure_with_its_unit() -> None:
    row = cells_of(write_table(make_figures()).splitlines()[-1])
    assert row == [
        *("mlp", "made up", "62.0 % (random split); 74.5 % (ten folds)"),
        *("43.4 %", "42.4 %", "41.4 %", "20.0 %"),
        *("67.1 ±1.3 %", "66.1 %", "65.1 %", "20.0 %"),
        *("98.7 %", "8.5 s", "62 ms", "273 kB"),
    ]


def test_the_system_that_ships_is_in_bold() -> None:
    row = cells_of(write_table(make_figures()).splitlines()[2])
    assert row[2] == "-"
    assert row[3] == "**70.0 %**"
    assert row[-3:] == ["**8.5 s**", "**4.2 ms**", "**2.5 MB**"]


def test_what_was_not_measured_has_a_dash() -> None:
    found = make_figures(
        a=make_system(None, 0.5), b=make_system(None, 0.6, size_bytes=None, fit_seconds=123.4)
    )
    assert sort_systems(found) == ["b", "a"]
    row = cells_of(write_table(found).splitlines()[2])
    assert row[3:7] == ["-"] * 4
    assert row[7] == "60.0 ±1.3 %"
    assert row[-4:] == ["-", "123 s", "62 ms", "-"]


def test_a_single_split_has_no_deviation() -> None:
    found = make_figures(a=make_system(0.5, 0.6))
    found["systems"]["a"]["protocols"]["random-split"]["deviation"] = {}
    assert "| 60.0 % |" in write_table(found)


@pytest.mark.parametrize("width", [80, 120])
def test_a_terminal_shows_the_same_without_breaking_figures(width: int) -> None:
    console = Console(width=width)
    with console.capture() as capture:
        console.print(show_tables(make_figures()))
    shown = capture.get()
    assert "ravdess: 1,439 clips, 24 speakers, chance 33.3 %" in shown
    (row,) = (line for line in shown.splitlines() if "67.1" in line)
    assert " ".join(row.split()) == "mlp 43.4 42.4 41.4 20.0 67.1 ±1.3 66.1 65.1 20.0"
    assert max(map(len, shown.splitlines())) <= width


def test_a_published_figure_says_how_it_was_measured() -> None:
    assert word_published({"accuracy": 0.729, "what": "one split"}) == "72.9 % (one split)"
