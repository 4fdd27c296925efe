"""PURE  Long speech in windows of a few seconds, each long enough for one decision.

The corpora that models learn from hold one sentence a clip; a window is about as long.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Final

from ser_core.speech import SpeechPart

if TYPE_CHECKING:
    from collections.abc import Iterator

WINDOW_SECONDS: Final = 4.0
"""What a window should last; clips of the training corpora last 2 to 5 s."""

MAX_SECONDS: Final = 6.0
"""Speech up to this long stays in one window."""

MAX_PAUSE_SECONDS: Final = 1.0
"""Parts with a longer pause between them never share a window, unless all fits into one."""


def cut_windows(parts: tuple[SpeechPart, ...]) -> tuple[SpeechPart, ...]:
    """Give windows over the parts of speech, in order, without overlap; short speech has one."""
    if not parts:
        return ()
    whole = SpeechPart(parts[0].start, parts[-1].end)
    if whole.seconds <= MAX_SECONDS:
        return (whole,)
    return tuple(_joined(piece for part in parts for piece in _pieces(part)))


def _pieces(part: SpeechPart) -> Iterator[SpeechPart]:
    """Cut one part into equal pieces of about `WINDOW_SECONDS`, if it is long."""
    count = ceil(part.seconds / WINDOW_SECONDS) if part.seconds > MAX_SECONDS else 1
    step = part.seconds / count
    for number in range(count):
        yield SpeechPart(part.start + number * step, part.start + (number + 1) * step)


def _joined(pieces: Iterator[SpeechPart]) -> Iterator[SpeechPart]:
    """Join neighbours while the window stays short and the pause between them does."""
    window = next(pieces)
    for piece in pieces:
        if (
            piece.start - window.end <= MAX_PAUSE_SECONDS
            and piece.end - window.start <= WINDOW_SECONDS
        ):
            window = SpeechPart(window.start, piece.end)
        else:
            yield window
            window = piece
    yield window
