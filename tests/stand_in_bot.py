"""The bot with something in the model's place that answers at once; it runs as a script.

A note may have any bytes. Three thousand of them last a second, as in a voice note, and the
emotion is the note's own, so the same bytes always sound alike.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from hashlib import blake2b

import hearings

from bot.worker import Hearing
from ser_core.emotions import EMOTIONS
from ser_core.recognition import Segment
from ser_core.speaker import Perception, Speaker

BYTES_PER_SECOND = 3_000
SEGMENT_SECONDS = 5.0
LISTEN_SECONDS = float(os.environ.get("STAND_IN_SECONDS", "0"))
"""How long a worker takes for each note."""


def start(_place: str = "default") -> Hearing:
    """Be ready at once."""
    return Hearing(listen, hearings.MANIFEST)


def listen(data: bytes, _speaker: Speaker | None) -> Perception:
    """Hear one emotion throughout, in as many segments as the note is long."""
    time.sleep(LISTEN_SECONDS)
    seconds = max(1.0, len(data) / BYTES_PER_SECOND)
    emotion = EMOTIONS[blake2b(data, digest_size=1).digest()[0] % len(EMOTIONS)]
    n_segments = int(seconds / SEGMENT_SECONDS) + 1
    segments = tuple(
        Segment(
            number * SEGMENT_SECONDS,
            min((number + 1) * SEGMENT_SECONDS, seconds),
            hearings.spread(emotion, 0.8),
        )
        for number in range(n_segments)
    )
    recognition = hearings.make_recognition(emotion, seconds=seconds, segments=segments)
    return Perception(recognition, hearings.make_impression(data))


def main() -> int:
    """Run the bot as its environment says, until it is stopped."""
    from bot.app import run_bot  # noqa: PLC0415  workers import this file, and need no bot
    from bot.logs import set_up_logs  # noqa: PLC0415  see above
    from bot.settings import read_settings  # noqa: PLC0415  see above
    from ser_core.errors import SetupError  # noqa: PLC0415  see above

    settings = read_settings()
    set_up_logs(style=settings.log_format, level=settings.log_level)
    try:
        asyncio.run(run_bot(settings, start=start))
    except SetupError as error:
        sys.stderr.write(f"stand-in: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
