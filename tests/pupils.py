"""A bot that learns, in small: it hears anger in everybody, until lessons teach it better.

Its workers are `start`; `make_command` trains a model that hears in strangers what most lessons
say. That runs as a script, with the plans of `retrainings`.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import hearings
import retrainings
import stand_in

from bot.worker import Hearing
from ser_core.lessons import read_lessons
from ser_core.speaker import Perception

if TYPE_CHECKING:
    from ser_core.speaker import Speaker


def make_command(folder: Path, model_id: str, **plan: object) -> list[str]:
    """Give the command; a plan is that of `retrainings`."""
    _python, _script, path = retrainings.make_command(folder, model_id, **plan)
    return [sys.executable, __file__, path]


def start(place: str = "default") -> Hearing:
    """Be ready with a model, which is a folder; the one that ships is none."""
    path = Path(place, "manifest.json")
    taught = json.loads(path.read_bytes()) if path.is_file() else {}

    def listen(data: bytes, speaker: Speaker | None) -> Perception:
        if speaker is not None and speaker.lessons:
            emotion = speaker.lessons[-1].emotion
        else:
            emotion = taught.get("hears")
        recognition = hearings.make_recognition(emotion or "angry")
        model_id = taught.get("id", recognition.model_id)
        return Perception(replace(recognition, model_id=model_id), hearings.make_impression(data))

    return Hearing(listen, hearings.MANIFEST | taught)


def main() -> int:
    """Train as the plan says, then have the model know what it was taught."""
    exit_code = stand_in.main()
    options = retrainings.read_options(Path(sys.argv[1]).parent)
    said = Counter(lesson.emotion for _, lesson in read_lessons(Path(options["lessons"])))
    path = Path(options["out"], "manifest.json")
    if said and exit_code == 0:
        (emotion, _n), *_others = said.most_common()
        path.write_text(json.dumps(json.loads(path.read_bytes()) | {"hears": emotion}))
    return exit_code


if __name__ == "__main__":
    sys.exit(main())
