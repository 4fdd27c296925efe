"""What whoever runs the bot reads and looks at: it names only what there is."""

from __future__ import annotations

import importlib.util
import inspect
import json
import re
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

import bot.errors
import ser_core.errors
from bot.metrics import Metrics
from bot.settings import name_keys

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/operations.md").read_text()
DASHBOARD = json.loads((ROOT / "docs/grafana.json").read_text())
PANELS: list[dict[str, Any]] = DASHBOARD["panels"]
METRIC = re.compile(r"\b(?:ser|process)_[a-z_]+")
OUR_NAMES = {"ser_core"}


def list_metrics() -> set[str]:
    """Give the name of each series that a bot shows which has done all that is counted."""
    metrics = Metrics()
    metrics.count_telegram_error("sendMessage", "RetryAfter")
    metrics.show(n_waiting=1, n_working=1, oldest_seconds=1.0, n_workers=1, model_id="model")
    metrics.show_health({"database": True})
    return {
        sample.name
        for family in text_string_to_metric_families(metrics.render().decode())
        for sample in family.samples
    }


def join_parts(name: str) -> str:
    """Give the name of a histogram for that of one of its series."""
    return re.sub(r"_(bucket|sum|count)$", "", name)


OURS = {join_parts(name) for name in list_metrics() if name.startswith("ser_")}


def list_expressions() -> list[str]:
    return [target["expr"] for panel in PANELS for target in panel.get("targets", [])]


# The dashboard


def test_the_dashboard_shows_only_what_is_counted() -> None:
    named = {name for expression in list_expressions() for name in METRIC.findall(expression)}
    assert named - list_metrics() == set()


def test_the_dashboard_shows_all_that_is_counted() -> None:
    named = {name for expression in list_expressions() for name in METRIC.findall(expression)}
    assert OURS - {join_parts(name) for name in named} == set()


def test_the_dashboard_leaves_the_data_source_to_whoever_imports_it() -> None:
    variables = {variable["name"]: variable for variable in DASHBOARD["templating"]["list"]}
    assert variables["datasource"]["type"] == "datasource"
    shown = [panel for panel in PANELS if panel["type"] != "row"]
    sources = [panel["datasource"] for panel in shown]
    sources += [target["datasource"] for panel in shown for target in panel["targets"]]
    assert all(source == {"type": "prometheus", "uid": "${datasource}"} for source in sources)
    for expression in list_expressions():
        assert set(re.findall(r"\$(\w+)", expression)) <= {*variables, "__rate_interval"}


def test_each_panel_has_a_place_of_its_own_and_says_what_it_shows() -> None:
    taken = set[tuple[int, int]]()
    for panel in PANELS:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert all(x < 24 for x, _ in cells), panel["title"]
        taken |= cells
        assert panel["type"] == "row" or panel["description"], panel["title"]
    assert len({panel["id"] for panel in PANELS}) == len(PANELS)


# The page


def test_the_page_names_only_metrics_that_there_are() -> None:
    named = set(METRIC.findall(PAGE)) - OUR_NAMES
    assert named - list_metrics() - OURS == set()


def test_the_page_tells_of_each_metric() -> None:
    assert OURS - set(METRIC.findall(PAGE)) == set()


@pytest.mark.parametrize("name", ["operations", "self-hosting"])
def test_a_page_names_only_settings_that_there_are(name: str) -> None:
    text = (ROOT / f"docs/{name}.md").read_text()
    named = set(re.findall(r"\b(?:SER|BOT)_[A-Z_]+|\bDATABASE_URL", text))
    assert named
    assert named - set(name_keys().values()) == set()


def test_the_outcomes_in_the_page_are_names_of_errors() -> None:
    known = {
        name
        for module in (bot.errors, ser_core.errors)
        for name, value in inspect.getmembers(module, inspect.isclass)
        if issubclass(value, ser_core.errors.SerError)
    }
    (alerted,) = re.findall(r'outcome=~"([\w|]+)"', PAGE)
    assert {*alerted.split("|"), "NoSpeech"} - known == set()


def test_the_events_of_updates_in_the_page_are_those_that_are_counted() -> None:
    (row,) = re.findall(r"^\| `ser_updates_total` .*$", PAGE, re.MULTILINE)
    shown = Metrics().render().decode()
    counted = set(re.findall(r'ser_updates_total\{event="([^"]+)"\}', shown)) - {"received"}
    assert set(re.findall(r"`([a-z ]+)`", row.split("|")[3])) == counted


@pytest.mark.parametrize(
    "line",
    [
        "note not recognised",
        "model not used",
        "database away",
        "another program took the webhook away",
    ],
)
def test_the_log_lines_in_the_page_are_written(line: str) -> None:
    assert f"`{line}`" in PAGE
    sources = "".join(path.read_text() for path in (ROOT / "bot").rglob("*.py"))
    assert f'"{line}' in sources


@pytest.mark.parametrize("name", ["operations", "self-hosting"])
def test_the_sections_that_a_page_links_to_are_there(name: str) -> None:
    text = (ROOT / f"docs/{name}.md").read_text()
    links = re.findall(r"\]\((?!https?:)([\w.-]*)#([\w-]+)\)", text)
    assert links
    for page, section in links:
        target = (ROOT / "docs" / (page or f"{name}.md")).read_text()
        titles = re.findall(r"^#+ (.*)$", target, re.MULTILINE)
        assert section in {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in titles}


def test_the_commands_in_the_page_exist() -> None:
    modules = set(re.findall(r"-m ([a-z_.]+)", PAGE))
    assert modules == {"bot.database.moving"}
    assert all(importlib.util.find_spec(module) for module in modules)
    files = set(re.findall(r"--file (compose[\w.]*)", PAGE))
    assert files == {"compose.yaml", "compose.replicas.yaml"}
    assert all((ROOT / file).exists() for file in files)


def test_the_page_has_a_place_for_what_was_measured() -> None:
    assert PAGE.count("<!-- chaos:begin -->") == PAGE.count("<!-- chaos:end -->") == 1
    assert PAGE.index("<!-- chaos:begin -->") < PAGE.index("<!-- chaos:end -->")
