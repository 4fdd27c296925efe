"""Train challengers that must not go live, and others that may, and see what becomes of them.

    python benchmarks/challengers.py [--tries 20] [--others 5] [--jobs 2] [--json]

All begin with the bundle that ships. So many learn shuffled labels, and must be refused; so many
others learn nothing new, but with another seed, and as many 500 lessons by 25 people who tap at
random: whichever of those goes live must have lost nothing.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ser_core.emotions import EMOTIONS
from ser_core.evaluation.head_to_head import compare, judge_unheard
from ser_core.speaker import Impression, Lesson
from ser_core.store import load_model
from ser_core.training.course import recall
from ser_core.training.memory import read_memory
from ser_core.training.retrain import Material, retrain, train_challenger
from ser_core.training.tune import Tuning

if TYPE_CHECKING:
    from ser_core.store import Model
    from ser_core.training.memory import Memory

N_LESSONS: Final = 500
N_PEOPLE: Final = 25
KINDS: Final = ("shuffled", "reseeded", "random taps")


def main() -> int:
    """Print the figures; give 1 if a challenger went live that must not."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tries", type=int, default=20)
    parser.add_argument("--others", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    origin, memory = load_model(), read_memory("default")
    rows = []
    for kind in KINDS:
        for seed in range(1, 1 + (options.tries if kind == "shuffled" else options.others)):
            rows.append(_try(kind, origin, memory, seed, options.jobs))
            if not options.json:
                print("  ".join(f"{name} {value}" for name, value in rows[-1].items()), flush=True)
    figures = [_sum_up(kind, rows) for kind in KINDS]
    print(json.dumps(figures) if options.json else "\n".join(map(str, figures)))
    return 1 if figures[0]["live"] else 0


def _try(kind: str, origin: Model, memory: Memory, seed: int, jobs: int) -> dict[str, Any]:
    """Train one challenger; give how it fared on all clips."""
    begin = time.perf_counter()
    random, tuning = np.random.default_rng(seed), Tuning(seed=seed, jobs=jobs)
    if kind == "shuffled":
        report = _shuffle(origin, memory, random, tuning)
    else:
        lessons = _tap_at_random(origin, memory, random) if kind == "random taps" else []
        report = retrain(origin, origin, Material(memory, lessons), tuning).report
    everything = report["groups"][0]
    return {
        "kind": kind,
        "seed": seed,
        "accuracy": round(everything["accuracy"][1] - everything["accuracy"][0], 4),
        "ece": round(everything["ece"][1] - everything["ece"][0], 4),
        "failures": ", ".join(f"{each['group']} {each['measure']}" for each in report["failures"]),
        "is_live": not report["failures"],
        "doubtful": report["learnt"]["doubtful"],
        "seconds": round(time.perf_counter() - begin, 1),
    }


def _shuffle(
    origin: Model, memory: Memory, random: np.random.Generator, tuning: Tuning
) -> dict[str, Any]:
    """Give the report on a challenger that learnt shuffled labels, judged by the true ones."""
    course = recall(memory)
    labels = replace(memory.labels, emotions=random.permutation(memory.labels.emotions))
    shuffled = replace(memory, labels=labels)
    challenger = train_challenger(origin.classifier, recall(shuffled), shuffled, tuning)
    judged = [judge_unheard(each, course, tuning.seed) for each in (origin.classifier, challenger)]
    return {**compare(judged[0], judged[1], course), "learnt": {"doubtful": 0}}


def _tap_at_random(
    origin: Model, memory: Memory, random: np.random.Generator
) -> list[tuple[int, Lesson]]:
    """Give lessons on clips that the bundle remembers, with labels that nobody thought about."""
    chosen = random.choice(len(memory.scores), N_LESSONS, replace=False)
    classifier, heard = origin.classifier, memory.heard
    vectors = memory.scores[chosen] * classifier.deviation + classifier.mean
    told, genders, _ = classifier.classify(vectors)
    lessons = []
    for place, clip in enumerate(chosen):
        views, said = (heard.views[clip], heard.genders[clip]) if heard else (np.empty((0, 8)),) * 2
        impression = Impression(origin.source, vectors[place], views, said)
        label = EMOTIONS[random.integers(len(EMOTIONS))]
        answer = tuple(told[place].tolist()), tuple(genders[place].tolist())
        lessons.append((place % N_PEOPLE, Lesson(impression, label, None, *answer)))
    return lessons


def _sum_up(kind: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Give the figures of one kind."""
    own = [row for row in rows if row["kind"] == kind]
    live = [row for row in own if row["is_live"]]
    return {
        "kind": kind,
        "tries": len(own),
        "live": len(live),
        "refused": len(own) - len(live),
        "accuracy_of_live_at_worst": min((row["accuracy"] for row in live), default=None),
        "accuracy_at_worst": min(row["accuracy"] for row in own),
        "seconds_on_average": round(float(np.mean([row["seconds"] for row in own])), 1),
    }


if __name__ == "__main__":
    sys.exit(main())
