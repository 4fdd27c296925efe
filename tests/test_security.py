"""That docs/security.md tells the truth, and what can be seen in the code without running it."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/security.md").read_text()
ROW = re.compile(
    r"^\| (?!---|threat )(?P<threat>[^|]+) \| (?P<stand>[^|]+) \| (?P<tests>[^|]+) \|$"
)
ROWS = [row for line in PAGE.splitlines() if (row := ROW.match(line))]
RUNNING = sorted(
    path
    for package in ("bot", "ser_core")
    for path in (ROOT / package).rglob("*.py")
    if not {"training", "evaluation", "corpora", "systems", "lab", "commands"} & set(path.parts)
)


# The threat model


@cache
def list_tests(path: str) -> set[str]:
    """Give the names of all tests in a file."""
    tree = ast.parse((ROOT / path).read_text())
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.walk(tree) if isinstance(node, functions)}


def test_each_kind_of_attacker_has_threats() -> None:
    attackers = re.findall(r"^### (.+)$", PAGE, re.MULTILINE)
    assert len(attackers) >= 10
    for part in PAGE.split("\n### ")[1:]:
        assert any(map(ROW.match, part.splitlines())), part.splitlines()[0]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["threat"])
def test_each_threat_names_a_test_that_exists(row: re.Match[str]) -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", row["tests"])
    assert named
    for path, name in named:
        assert name in list_tests(path), f"{path} has no {name}"


def test_a_row_without_a_test_would_be_seen() -> None:
    row = ROW.match("| A threat | nothing | none |")
    assert row is not None
    with pytest.raises(AssertionError):
        test_each_threat_names_a_test_that_exists(row)


# The code


def find(is_bad: Callable[[ast.AST], bool], sources: dict[str, str] | None = None) -> list[str]:
    """Give where in the code that runs something bad stands."""
    sources = sources or {str(path.relative_to(ROOT)): path.read_text() for path in RUNNING}
    return [
        f"{name}:{getattr(node, 'lineno', 0)}"
        for name, text in sources.items()
        for node in ast.walk(ast.parse(text))
        if is_bad(node)
    ]


def name_call(node: ast.AST) -> str:
    """Give what is called, such as ``yaml.load``, or nothing if the node is no call."""
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


def list_imports(node: ast.AST) -> Iterator[str]:
    """Give the packages that a statement imports."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


LOADS_CODE = {"pickle", "cPickle", "dill", "cloudpickle", "shelve", "marshal", "yaml", "code"}
RUNS_CODE = {
    *("eval", "exec", "compile", "__import__", "os.system", "os.popen", "runpy.run_path"),
    *("joblib.load", "torch.load", "asyncio.create_subprocess_shell", "subprocess.getoutput"),
}


def makes_code_of_data(node: ast.AST) -> bool:
    """Tell whether something may run what was only meant to be read."""
    if any(name.partition(".")[0] in LOADS_CODE for name in list_imports(node)):
        return True
    given = {
        keyword.arg
        for keyword in getattr(node, "keywords", [])
        if isinstance(keyword.value, ast.Constant) and keyword.value.value is True
    }
    return name_call(node) in RUNS_CODE or bool(given & {"shell", "allow_pickle"})


STATEMENTS = {
    "text",
    "sa.text",
    "execute",
    "scalars",
    "scalar",
    "exec_driver_sql",
    "literal_column",
}


def pastes_sql(node: ast.AST) -> bool:
    """Tell whether SQL is put together of texts; values are to be bound parameters."""
    called = name_call(node)
    if called not in STATEMENTS and called.rpartition(".")[2] not in STATEMENTS - {"text"}:
        return False
    assert isinstance(node, ast.Call)
    return any(is_pasted(argument) for argument in node.args)


def is_pasted(node: ast.expr) -> bool:
    """Tell whether a text is put together of others."""
    if isinstance(node, ast.JoinedStr):
        # A PRAGMA takes no parameters; those that the bot sets stand in the code.
        return not ast.unparse(node).startswith("f'PRAGMA {")
    is_sum = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod)
    return is_sum or name_call(node).endswith((".format", ".join"))


NAMES = {
    *("first_name", "last_name", "full_name", "effective_name", "username", "title"),
    *("file_name", "started_name", "maker"),
}


def pastes_names(node: ast.AST) -> bool:
    """Tell whether somebody's name gets into a text without being escaped by `bot.replies`."""
    is_text = isinstance(node, ast.JoinedStr | ast.BinOp) or name_call(node).endswith(".format")
    return is_text and any(
        isinstance(part, ast.Attribute) and part.attr in NAMES for part in ast.walk(node)
    )


def writes_markup(node: ast.AST) -> bool:
    """Tell whether a text holds formatting, which only `bot.replies` writes."""
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return is_text and bool(re.search(r"</?(b|i|u|s|a|code|pre)\b[^<]*>", str(node.value)))  # type: ignore[attr-defined]


def list_speakers() -> dict[str, str]:
    """Give the code that talks to Telegram, but for what finds the words."""
    aside = {ROOT / "bot" / name for name in ("replies", "sandbox")}
    return {
        str(path.relative_to(ROOT)): path.read_text()
        for path in RUNNING
        if path.is_relative_to(ROOT / "bot") and not aside & set(path.parents)
    }


def test_nothing_that_runs_makes_code_of_data() -> None:
    found = find(makes_code_of_data)
    # What workers answer is a pickle, which bot.unpacking opens without trust; it has tests for it.
    assert [place.partition(":")[0] for place in found] == ["bot/unpacking.py"]


def test_no_statement_is_pasted_together() -> None:
    assert find(pastes_sql) == []


def test_only_replies_write_markup_and_names_into_texts() -> None:
    assert find(writes_markup, list_speakers()) == []
    assert find(pastes_names, list_speakers()) == []


def test_no_rule_against_injection_is_switched_off_in_what_runs() -> None:
    rules = re.compile(r"noqa: [^#]*\bS(102|30[1278]|31[3-9]|506|60[24589]|612|70[12])\b")
    found = [f"{path}: {rules.search(path.read_text())}" for path in RUNNING]
    assert [each for each in found if not each.endswith("None")] == []


@pytest.mark.parametrize(
    ("is_bad", "line"),
    [
        (makes_code_of_data, "import pickle"),
        (makes_code_of_data, "from yaml import load"),
        (makes_code_of_data, "eval(text)"),
        (makes_code_of_data, "joblib.load(path)"),
        (makes_code_of_data, "np.load(path, allow_pickle=True)"),
        (makes_code_of_data, "subprocess.run(command, shell=True)"),
        (pastes_sql, "session.execute(text(f'DELETE FROM notes WHERE id = {id}'))"),
        (pastes_sql, "connection.exec_driver_sql('SELECT ' + name)"),
        (pastes_sql, "cursor.execute('SELECT %s' % name)"),
        (pastes_sql, "session.scalars(text('SELECT {}'.format(name)))"),
        (pastes_names, "text = f'Hello {user.first_name}'"),
        (pastes_names, "'Hello {}'.format(chat.title)"),
        (writes_markup, "message.reply_html('<b>Hello</b>')"),
    ],
)
def test_what_is_looked_for_would_be_found(is_bad: Callable[[ast.AST], bool], line: str) -> None:
    assert set(find(is_bad, {"line": line})) == {"line:1"}
