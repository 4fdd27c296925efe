# ruff: noqa: INP001  a script is no package
"""Ask PyPI for known weaknesses of whatever is locked; a weakness fails, silence does not.

An index that lacks advisories says "no weakness" of everything, and pip-audit believes it. So it is
first asked about an old package that is known to be weak; if it knows nothing of that, nothing was
checked, and that is said.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
WEAK: Final = "jinja2==2.4.1"
"""A package with half a dozen advisories, the first of 2014. Source: https://osv.dev (PyPI)."""
MAX_SECONDS: Final = 45.0
"""How long all may take: a slow index must not hold up what else is checked."""
EXCUSED: Final[dict[str, str]] = {}
"""Advisories that cannot touch this project, by their names, each with the reason."""
UNREACHABLE: Final = (
    "Could not connect",
    "ConnectionError",
    "Timeout",
    "HTTPError",
    "ServiceError",
)
"""Words with which pip-audit ends when nobody answers it."""

Audited = dict[str, Any]
"""What is told of a package: ``name``, and ``version`` and ``vulns``, or ``skip_reason``."""


class UncheckedError(Exception):
    """Say that nothing could be checked, and why."""


def main() -> int:
    """Audit all lock files; give 1 if something locked is known to be weak."""
    deadline = time.monotonic() + MAX_SECONDS
    locks = sorted(ROOT.glob("requirements*.lock"))
    try:
        find_advisories(deadline)
        packages = ask(locks, deadline, "--require-hashes")
    except UncheckedError as reason:
        say(f"Known weaknesses were NOT looked for: {reason}.")
        return 0
    skipped = [package["name"] for package in packages if "skip_reason" in package]
    if skipped:
        say(f"Nothing is known of {len(skipped)} packages: {', '.join(skipped)}.")
    complaints = list_weaknesses(packages)
    for complaint in complaints:
        say(complaint)
    say(
        f"{len(packages) - len(skipped)} packages were audited, {len(complaints)} weaknesses found."
    )
    return 1 if complaints else 0


def find_advisories(deadline: float) -> None:
    """Let only an index pass that knows of advisories.

    Raises:
        UncheckedError: if it does not, or cannot be reached.
    """
    with tempfile.TemporaryDirectory() as folder:
        requirement = Path(folder, "weak.txt")
        requirement.write_text(f"{WEAK}\n")
        if not list_weaknesses(ask([requirement], deadline, "--no-deps")):
            reason = f"the index holds no advisories, not even about {WEAK}"
            raise UncheckedError(reason)


def ask(requirements: list[Path], deadline: float, option: str) -> list[Audited]:
    """Give what pip-audit reports of all packages in some files, each once.

    Raises:
        UncheckedError: if nobody answers it in time.
    """
    files = [part for path in requirements for part in ("--requirement", str(path))]
    options = ("--disable-pip", "--format=json", "--progress-spinner=off", "--timeout=10", option)
    command = [sys.executable, "-m", "pip_audit", *options, *files]
    seconds = max(deadline - time.monotonic(), 1.0)
    try:
        run = subprocess.run(  # noqa: S603 - the command stands above
            command, capture_output=True, text=True, check=False, timeout=seconds
        )
    except subprocess.TimeoutExpired:
        reason = f"it took more than {MAX_SECONDS:g} s"
        raise UncheckedError(reason) from None
    try:
        reported = json.loads(run.stdout)["dependencies"]
    except ValueError:
        return _explain(run.stderr)
    return list({package["name"]: package for package in reported}.values())


def list_weaknesses(packages: list[Audited]) -> list[str]:
    """Give a line for each advisory: what is weak, its name, and the version that mends it."""
    return [
        f"{package['name']} {package['version']}: {weakness['id']},"
        f" mended in {', '.join(weakness['fix_versions']) or 'no version yet'}"
        for package in packages
        for weakness in package.get("vulns", [])
        if weakness["id"] not in EXCUSED
    ]


def say(line: str) -> None:
    """Write a line for who reads the log."""
    sys.stdout.write(f"{line}\n")


def _explain(complaint: str) -> list[Audited]:
    """Part a service that does not answer from a lock file that is broken.

    Raises:
        UncheckedError: if it is the service.
    """
    if any(word in complaint for word in UNREACHABLE):
        reason = "the advisory service cannot be reached"
        raise UncheckedError(reason)
    sys.exit(f"pip-audit failed:\n{complaint}")


if __name__ == "__main__":
    sys.exit(main())
