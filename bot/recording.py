"""PURE  The recording in a message, whatever way it was sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from telegram import Document, Message

_AUDIO_TYPES: Final = ("audio/", "video/", "application/ogg")
_AUDIO_ENDINGS: Final = (
    *(".aac", ".aif", ".aiff", ".amr", ".caf", ".flac", ".m4a", ".mka", ".mp3"),
    *(".oga", ".ogg", ".opus", ".wav", ".wma"),
    *(".3gp", ".avi", ".mkv", ".mov", ".mp4", ".webm"),
)


class Recording(NamedTuple):
    """Hold what it takes to fetch a recording; the size is as Telegram tells it, if it does."""

    file_id: str
    size_bytes: int | None


def find_recording(message: Message) -> Recording | None:
    """Give the recording in a message, or None where there is nothing to listen to."""
    sound = message.voice or message.audio or message.video_note or message.video
    document = message.document
    if document is not None and _may_be_audio(document):
        return Recording(document.file_id, document.file_size)
    return Recording(sound.file_id, sound.file_size) if sound else None


def _may_be_audio(document: Document) -> bool:
    """Tell whether a file claims to hold sound; decoding finds out whether it does."""
    has_type = (document.mime_type or "").startswith(_AUDIO_TYPES)
    return has_type or (document.file_name or "").lower().endswith(_AUDIO_ENDINGS)
