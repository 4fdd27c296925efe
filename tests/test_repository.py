"""What holds for the repository as a whole: locks, import rules, the wheel, the documents."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCKS = sorted(path.name for path in ROOT.glob("requirements*.lock"))
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])


def run(*command: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - the commands stand in this file
        command, cwd=cwd, capture_output=True, text=True, check=False
    )


# Locks


def read_pins(lock: str) -> dict[str, Version]:
    """Give the version of each package in a lock, by its name."""
    found = re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / lock).read_text(), re.MULTILINE)
    return {name: Version(version) for name, version in found}


def test_there_is_a_lock_for_each_purpose() -> None:
    purposes = ("-build", "-dev", "")
    assert [f"requirements{purpose}.lock" for purpose in purposes] == LOCKS


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_pins_and_hashes_and_names_no_index(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert text.splitlines()[1] == "#    make lock"
    entry = re.compile(
        r"[a-z0-9-]+==[\w.]+(?: ; [^\\\n]+)?(?: \\\n    --hash=sha256:[0-9a-f]{64})+\n"
    )
    assert not re.sub(r"^ *#.*\n", "", entry.sub("", text), flags=re.MULTILINE)
    assert "://" not in text


@pytest.mark.parametrize(
    ("lock", "requirements"),
    [
        ("requirements.lock", PROJECT["project"]["dependencies"]),
        ("requirements-build.lock", PROJECT["dependency-groups"]["build"]),
        ("requirements-dev.lock", PROJECT["project"]["optional-dependencies"]["dev"]),
    ],
)
def test_a_lock_is_not_older_than_what_it_locks(lock: str, requirements: list[str]) -> None:
    pins = read_pins(lock)
    for requirement in map(Requirement, requirements):
        assert pins[requirement.name] in requirement.specifier


@pytest.mark.parametrize("lock", LOCKS)
def test_tests_run_with_the_versions_that_users_get(lock: str) -> None:
    for name, version in (read_pins("requirements.lock") | read_pins(lock)).items():
        assert read_pins("requirements.lock").get(name, version) == version


# Import rules


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Give a folder with a copy of the code and its import rules."""
    for package in ("bot", "ser_core"):
        ignored = shutil.ignore_patterns("__pycache__", "models", "static")
        shutil.copytree(ROOT / package, tmp_path / package, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def check_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    script = Path(sys.executable).with_name("lint-imports")
    return run(script, "--no-cache", "--no-logo", cwd=folder)


def test_the_code_keeps_the_import_rules(copy: Path) -> None:
    checked = check_imports(copy)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize(
    ("module", "line", "complaint"),
    [
        ("ser_core/utils.py", "", "ser_core.utils"),
        ("bot/helpers.py", "", "bot.helpers"),
        ("ser_core/speech/gate.py", "import asyncio", "ser_core.speech.gate -> asyncio"),
        ("ser_core/store.py", "import bot.errors", "ser_core.store -> bot.errors"),
        ("ser_core/store.py", "import ser_core.pipeline", "ser_core.store -> ser_core.pipeline"),
        ("ser_core/decode.py", "import ser_core.speech", "ser_core.decode -> ser_core.speech"),
        (
            "ser_core/speech/gate.py",
            "import ser_core.corpora",
            "ser_core.speech.gate -> ser_core.corpora",
        ),
        ("bot/worker.py", "import ser_core.training", "bot.worker -> ser_core.training"),
        ("bot/app.py", "import bot.sandbox", "bot.app -> bot.sandbox"),
        ("bot/replies/notes.py", "import bot.listener", "bot.replies.notes -> bot.listener"),
    ],
)
def test_a_module_that_breaks_an_import_rule_is_refused(
    copy: Path, module: str, line: str, complaint: str
) -> None:
    path = copy / module
    path.write_text(f"{path.read_text() if path.exists() else ''}\n{line}\n")
    checked = check_imports(copy)
    assert checked.returncode == 1
    assert complaint in checked.stdout


# The wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> ZipFile:
    """Give the wheel, built from the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    built = run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "-d", folder)
    assert built.returncode == 0, built.stderr
    (path,) = folder.glob("*.whl")
    return ZipFile(path)


def test_the_wheel_holds_every_file_of_both_packages(wheel: ZipFile) -> None:
    held = {name for name in wheel.namelist() if ".dist-info/" not in name}
    files = {
        path.relative_to(ROOT).as_posix()
        for package in ("bot", "ser_core")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert held == files
    assert {"bot/py.typed", "ser_core/py.typed", "bot/sandbox/static/index.html"} <= held


def test_the_wheel_holds_the_model_that_ships(wheel: ZipFile) -> None:
    held = {path.name for path in map(Path, wheel.namelist()) if "models" in path.parts}
    assert held == {"manifest.json", "classifier.skops", "encoder.onnx", "examples.npz", "CARD.md"}


def test_the_wheel_brings_both_commands_and_the_licence(wheel: ZipFile) -> None:
    (entry_points,) = (name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    commands = wheel.read(entry_points).decode().splitlines()
    assert commands[1:] == ["ser = ser_core.__main__:main", "ser-bot = bot.__main__:main"]
    assert any(name.endswith("licenses/LICENSE") for name in wheel.namelist())


# The documents


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_links_to_exists(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#]+)", page.read_text()):
        assert (page.parent / target).exists(), target


@pytest.fixture(scope="module")
def listed() -> set[str]:
    """Give the words that `make` lists."""
    return set(re.findall(r"^  make ([a-z]+)", run("make").stdout, re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_command_that_a_page_names_exists(page: Path, listed: set[str]) -> None:
    assert {"demo", "run", "test", "check"} <= listed
    assert set(re.findall(r"(?:`| {4})make ([a-z]+)", page.read_text())) <= listed


def test_the_architecture_page_names_every_room() -> None:
    page = (ROOT / "docs/architecture.md").read_text()
    for package in ("bot", "ser_core"):
        for path in (ROOT / package).iterdir():
            is_module = path.suffix == ".py" and path.stem != "__init__"
            if is_module or (path / "__init__.py").exists():
                assert f"`{path.stem}`" in page, path
