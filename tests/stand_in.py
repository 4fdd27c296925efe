"""A stand-in for `ser retrain` that does as a plan says; `retrainings` writes the plan.

It reads the options of the real one, tells of progress as that does, and leaves a bundle that
holds no more than what `hearings.start` reads, or a copy of another bundle with an id of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import threading
import time
from pathlib import Path

STEPS = ("loading", "fitting", "judging", "saving")
N_CLIPS = 1219


def make_report(
    model_id: str = "challenger-1",
    *,
    accuracy: tuple[float, float] = (0.633, 0.672),
    failures: tuple[dict[str, object], ...] = (),
    n_lessons: int = 0,
    n_people: int = 0,
) -> dict[str, object]:
    """Give a report as the real command writes it."""
    figures = {"accuracy": accuracy, "uar": accuracy, "ece": (0.041, 0.026)}
    matrix = [[9 if row == column else 1 for column in range(8)] for row in range(8)]
    bins = [{"confidence": each, "accuracy": each, "share": 0.25} for each in (0.3, 0.5, 0.7, 0.9)]
    return {
        "champion": "model-of-the-tests",
        "challenger": model_id,
        "learnt": {
            "base": 15_012,
            "corpus_clips": 0,
            "lessons": n_lessons,
            "people": n_people,
            "doubtful": 0,
        },
        "groups": [
            {"name": name, "n_clips": N_CLIPS, "n_speakers": 48, **figures}
            for name in ("all", "female", "male", "feedback")
        ],
        "confusion": {"champion": matrix, "challenger": matrix},
        "reliability": {"champion": bins, "challenger": bins},
        "failures": list(failures),
    }


def main() -> int:
    """Do as the plan says."""
    parser = argparse.ArgumentParser()
    parser.add_argument("plan", type=Path)
    parser.add_argument("--json", action="store_true")
    for name in ("champion", "origin", "lessons", "out", "report", "corpora"):
        parser.add_argument(f"--{name}", default="")
    options = parser.parse_args()
    plan = json.loads(options.plan.read_text())
    seen = {name: str(value) for name, value in (vars(options) | {"pid": os.getpid()}).items()}
    threading.Thread(target=_follow_parent, daemon=True).start()
    written = options.plan.parent / "options.json.part"
    written.write_text(json.dumps(seen))
    written.rename(written.with_suffix(""))
    for step in STEPS:
        _do(step, plan)
    sys.stderr.write(plan.get("stderr", ""))
    if plan.get("exit_code"):
        return int(plan["exit_code"])
    lines = [json.loads(line) for line in Path(options.lessons).read_text().splitlines()]
    report = make_report(
        plan["id"],
        accuracy=plan.get("accuracy", (0.633, 0.672)),
        failures=tuple(plan.get("failures", ())),
        n_lessons=len(lines),
        n_people=len({line["person"] for line in lines}),
    )
    _leave(plan, Path(options.out), Path(options.report), report)
    return 0


def _follow_parent() -> None:
    while os.read(0, 1):  # not through sys.stdin, whose lock the end of the process waits for
        pass
    os._exit(1)


def _do(step: str, plan: dict[str, str]) -> None:
    for done in range(5):
        sys.stdout.write(json.dumps({"step": step, "done": done, "total": 4}) + "\n")
        sys.stdout.flush()
        time.sleep(float(plan.get("step_seconds", 0.0)) / 5)
        while step == "fitting" and done == 2 and not Path(plan.get("hold", "/")).exists():
            time.sleep(0.02)


def _leave(plan: dict[str, object], out: Path, report: Path, content: object) -> None:
    leaves = plan.get("leaves", ["bundle", "report"])
    if isinstance(plan.get("bundle"), str):
        shutil.copytree(str(plan["bundle"]), out)
    out.mkdir(exist_ok=True)
    path = out / "manifest.json"
    manifest = json.loads(path.read_bytes()) if path.exists() else {}
    if isinstance(leaves, list) and "bundle" in leaves:
        path.write_text(json.dumps(manifest | {"id": plan["id"]}))
    if isinstance(leaves, list) and "report" in leaves:
        report.write_text(json.dumps(content))


if __name__ == "__main__":
    sys.exit(main())
