"""What keeps weak packages and secrets out: the audit, the scan, the list of what is shipped."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
BASELINE = ".secrets.baseline"
SCAN = Path(sys.executable).with_name("detect-secrets-hook")
WEAKNESS = {"id": "PYSEC-2014-8", "fix_versions": ["2.7.2"], "aliases": [], "description": "…"}
CANARY = {"name": "jinja2", "version": "2.4.1", "vulns": [WEAKNESS]}
SOUND = {"name": "sound", "version": "1.0", "vulns": []}
UNKNOWN = {"name": "unheard-of", "skip_reason": "Dependency not found on PyPI"}
WEAK = {"name": "weak", "version": "2.0", "vulns": [{**WEAKNESS, "fix_versions": []}]}

# Stands where pip-audit does: answers the question about the old package, then the one about locks.
STAND_IN = """
import json, sys, time
from pathlib import Path
plan = json.loads(Path(__file__).with_name("plan.json").read_text())
answer = plan["canary" if "--no-deps" in sys.argv else "locks"]
if isinstance(answer, str):
    sys.exit(answer)
if isinstance(answer, int):
    time.sleep(answer)
print(json.dumps({"dependencies": answer}))
"""


def audit(folder: Path, canary: object, locks: object) -> tuple[int, str]:
    """Run the audit, with 2 s at most, and a pip-audit that answers so.

    An answer is what it reports of packages, or its last words, or the seconds that it takes. Give
    the exit code and what is said.
    """
    stand_in = folder / "pip_audit"
    stand_in.mkdir()
    (stand_in / "__init__.py").touch()
    (stand_in / "__main__.py").write_text(STAND_IN)
    (stand_in / "plan.json").write_text(json.dumps({"canary": canary, "locks": locks}))
    code = f"import runpy; script = runpy.run_path({str(ROOT / '.ci/audit.py')!r});"
    code += "script['main'].__globals__['MAX_SECONDS'] = 2.0; raise SystemExit(script['main']())"
    run = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    return run.returncode, run.stdout + run.stderr


def test_a_known_weakness_fails_the_audit_and_is_named(tmp_path: Path) -> None:
    code, said = audit(tmp_path, [CANARY], [SOUND, WEAK])
    assert code == 1
    assert "weak 2.0: PYSEC-2014-8, mended in no version yet" in said
    assert "2 packages were audited, 1 weaknesses found" in said


def test_sound_packages_pass_and_unknown_ones_are_named(tmp_path: Path) -> None:
    code, said = audit(tmp_path, [CANARY], [SOUND, UNKNOWN])
    assert code == 0
    assert "Nothing is known of 1 packages: unheard-of." in said
    assert "1 packages were audited, 0 weaknesses found." in said


@pytest.mark.parametrize(
    ("canary", "locks", "reason"),
    [
        ([{**CANARY, "vulns": []}], [SOUND], "holds no advisories"),
        ([{**UNKNOWN, "name": "jinja2"}], [SOUND], "holds no advisories"),
        ("ERROR: Could not connect to PyPI's vulnerability feed", [], "cannot be reached"),
        ([CANARY], "requests.exceptions.ConnectionError: …", "cannot be reached"),
    ],
    ids=["a mirror without advisories", "an index that lacks it", "no network", "a broken line"],
)
def test_an_index_that_tells_nothing_is_named_and_fails_nothing(
    canary: object, locks: object, reason: str, tmp_path: Path
) -> None:
    code, said = audit(tmp_path, canary, locks)
    assert code == 0
    assert "Known weaknesses were NOT looked for" in said
    assert reason in said
    assert "audited" not in said


def test_a_lock_that_cannot_be_read_fails_the_audit(tmp_path: Path) -> None:
    code, said = audit(tmp_path, [CANARY], "ERROR: requirements.lock: missing hash")
    assert code == 1
    assert "missing hash" in said


def test_a_slow_index_is_given_up(tmp_path: Path) -> None:
    code, said = audit(tmp_path, 60, [SOUND])
    assert code == 0
    assert "NOT looked for: it took more than 2 s" in said


def scan(folder: Path, name: str, content: str) -> subprocess.CompletedProcess[str]:
    """Look for secrets in one file of a new repository, as `make secrets` does."""
    (folder / BASELINE).write_text((ROOT / BASELINE).read_text())
    (folder / name).write_text(content)
    return subprocess.run(  # noqa: S603 - the commands stand in this file
        [SCAN, "--no-verify", "--baseline", BASELINE, name],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


TOKEN = "7391846250" + ":" + "AAHk3v_Zq9-WmR2x" + "TfY7LcN0bEo1sGdPu5i"
PASSWORD = "vK8xQ2mZr" + "7LwP4tYb9Nc"  # pragma: allowlist secret
SECRETS = {
    "bot/settings.py": f'TOKEN = "{TOKEN}"\n',
    ".env.example": f"BOT_TOKEN={TOKEN}\n",
    "compose.yaml": f"environment:\n  BOT_TOKEN: {TOKEN}\n",
    "README.md": f"    curl https://api.telegram.org/bot{TOKEN}/getMe\n",
    ".env": f"DATABASE_URL=postgresql://ser:{PASSWORD}@database/ser\n",
    "key.pem": "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIE\n",
    "secret.yaml": f"webhook_secret: {PASSWORD}\n",
}


@pytest.mark.parametrize("name", SECRETS)
def test_a_planted_secret_is_found(name: str, tmp_path: Path) -> None:
    found = scan(tmp_path, Path(name).name, SECRETS[name])
    assert found.returncode == 1
    assert f"{Path(name).name}:" in found.stdout
    assert TOKEN not in found.stdout
    assert PASSWORD not in found.stdout


def test_what_is_no_secret_passes_the_scan(tmp_path: Path) -> None:
    innocent = f'BOT_TOKEN=\nDATABASE_URL=postgresql://user:password@host/name\n"{"A" * 35}"\n'
    found = scan(tmp_path, ".env.example", innocent)
    assert found.returncode == 0, found.stdout


def test_the_baseline_excuses_no_secret_and_names_no_machine() -> None:
    text = (ROOT / BASELINE).read_text()
    baseline = json.loads(text)
    assert baseline["results"] == {}  # what is none is told by rules, which lines cannot outgrow
    assert "://" not in text.replace("file://", "://")
    lock = (ROOT / "requirements-dev.lock").read_text()
    assert f"\ndetect-secrets=={baseline['version']} " in lock
    with_tokens = {plugin["name"] for plugin in baseline["plugins_used"]}
    assert {"TelegramBotTokenDetector", "BasicAuthDetector", "PrivateKeyDetector"} <= with_tokens


def test_scan_and_audit_run_before_each_commit_or_in_ci() -> None:
    ci = (ROOT / ".ci/run").read_text()
    assert ci.index("\nmake secrets") < ci.index("\nmake audit") < ci.index("\nmake check")
    assert (
        f"detect-secrets-hook --no-verify --baseline {BASELINE}"
        in (ROOT / ".pre-commit-config.yaml").read_text()
    )


def list_parts(folder: Path) -> dict[str, Any]:
    """Give the list of what is shipped, made as `make sbom` makes it."""
    recipe = (ROOT / "Makefile").read_text().partition("\nsbom:")[2].partition("\n\n")[0]
    (command,) = (line.strip("\t@") for line in recipe.splitlines() if "cyclonedx_py" in line)
    path = folder / "sbom.json"
    words = command.replace("$(BIN)/python", sys.executable).replace("dist/sbom.json", str(path))
    subprocess.run(words.split(), cwd=ROOT, check=True)  # noqa: S603 - our own recipe
    return dict(json.loads(path.read_text()))


def test_the_list_of_parts_names_all_that_is_locked_and_no_machine(tmp_path: Path) -> None:
    parts = list_parts(tmp_path)
    lock = (ROOT / "requirements.lock").read_text().splitlines()
    locked = {line.partition(" ")[0] for line in lock if "==" in line and line[0].isalpha()}
    assert {f"{part['name']}=={part['version']}" for part in parts["components"]} == locked
    assert parts["bomFormat"] == "CycloneDX"
    assert parts["metadata"]["component"]["name"] == "speech-emotion-recogniser"
    assert "timestamp" not in parts["metadata"]  # else no two are alike
    assert str(ROOT) not in json.dumps(parts)
