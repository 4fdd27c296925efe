"""PURE  An answer in a line, for eyes and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ser_core.emotions import EMOTIONS, GENDERS

if TYPE_CHECKING:
    from ser_core.live.listener import Answer
    from ser_core.recognition import Recognition

NOBODY: Final = "nobody speaks"


def format_time(seconds: float) -> str:
    """Give a time as a watch shows it: ``0:04``, ``1:02:03``."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def word_emotion(recognition: Recognition | None) -> str:
    """Give the emotion, as far as it is known."""
    if recognition is None:
        return NOBODY
    emotion = f"{recognition.emotion} {recognition.emotion_confidence:.0%}"
    return emotion if recognition.is_sure else f"not sure, perhaps {emotion}"


def word_gender(recognition: Recognition) -> str:
    """Give the gender."""
    return f"{recognition.gender} {recognition.gender_confidence:.0%}"


def word_skipped(answer: Answer) -> str:
    """Say how late an answer is; nothing if it is in time."""
    return f"late: skipped {answer.skipped_seconds:.1f} s" if answer.skipped_seconds else ""


def word_answer(answer: Answer) -> str:
    """Give all of an answer in a line."""
    words = [word_emotion(answer.recognition)]
    if answer.recognition is not None:
        words.append(word_gender(answer.recognition))
    if answer.skipped_seconds:
        words.append(word_skipped(answer))
    return f"{format_time(answer.end):>7}  {' · '.join(words)}"


def list_answer(answer: Answer, level_db: float) -> dict[str, Any]:
    """Give an answer as plain values, ready for JSON; those of what is not heard are None.

    ``time`` is the end of what was heard, and ``start`` its beginning, in seconds of sound.
    """
    heard = answer.recognition
    return {
        "time": round(answer.end, 3),
        "start": round(answer.start, 3),
        "skipped_seconds": round(answer.skipped_seconds, 3),
        "level_db": round(level_db, 1),
        "emotion": heard and heard.emotion,
        "emotion_confidence": heard and heard.emotion_confidence,
        "emotions": heard and dict(zip(EMOTIONS, heard.emotions, strict=True)),
        "gender": heard and heard.gender,
        "gender_confidence": heard and heard.gender_confidence,
        "genders": heard and dict(zip(GENDERS, heard.genders, strict=True)),
        "speech_seconds": round(heard.speech_seconds, 3) if heard else 0.0,
        "strangeness": heard and round(heard.strangeness, 3),
        "model": heard and heard.model_id,
    }
