"""Answer notes in a fresh process and print, as JSON, when and at what cost.

    python benchmarks/one_note.py MODEL NOTE...

``voice_note.py`` starts it; it imports nothing but what a process that answers notes imports.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from ser_core import load_model, recognise


def main() -> None:
    """Load the model, answer each note in turn, print the moments and what each note needed."""
    _, model_place, *paths = sys.argv
    model = load_model(model_place)
    report: dict[str, object] = {"ready": time.time()}
    answers = []
    for data in [Path(path).read_bytes() for path in paths]:
        peak, start = read_peak_megabytes(), time.perf_counter()
        recognise(data, model)
        seconds = time.perf_counter() - start
        answers.append({"seconds": seconds, "megabytes": read_peak_megabytes() - peak})
    print(json.dumps({**report, "answers": answers}))


def read_peak_megabytes() -> float:
    """Give the most memory that this process has had so far."""
    status = Path("/proc/self/status")
    if status.exists():
        # Linux lets ru_maxrss begin with the memory of the process that started this one.
        _, _, peak = status.read_text().partition("VmHWM:")
        return int(peak.split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


if __name__ == "__main__":
    main()
