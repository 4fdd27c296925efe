"""Speech emotion recognition: from the bytes of a recording to probabilities that can be trusted.

::

    bytes ──> decode ──> speech ──> features ──> classify ──> Recognition
              Waveform   parts      vectors      calibrated probabilities

Three names do for most people::

    from ser_core import load_model, recognise

    recognition = recognise(Path("note.ogg").read_bytes(), load_model())
    print(recognition.emotion, recognition.emotion_confidence)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from ser_core.pipeline import recognise
    from ser_core.recognition import Recognition
    from ser_core.store import load_model

__all__ = ["Recognition", "load_model", "recognise"]

_HOMES: Final = {
    "Recognition": "ser_core.recognition",
    "load_model": "ser_core.store",
    "recognise": "ser_core.pipeline",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the module holds
    """Import a public name when it is first used: errors and values alone must load at once."""
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(_HOMES[name]), name)
