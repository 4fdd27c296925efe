"""PURE  The recording in a message, whatever way it was sent, and whose voice it is."""

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
    """Hold what it takes to fetch a recording; the size is as Telegram tells it, if it does.

    ``file_unique_id`` is the same wherever the same file is sent or forwarded.
    """

    file_id: str
    file_unique_id: str
    size_bytes: int | None


def find_recording(message: Message) -> Recording | None:
    """Give the recording in a message, or None where there is nothing to listen to."""
    document = message.document
    if document is not None and not _may_be_audio(document):
        document = None
    sound = message.voice or message.audio or message.video_note or message.video or document
    return Recording(sound.file_id, sound.file_unique_id, sound.file_size) if sound else None


def find_speaker(message: Message) -> int | None:
    """Give the id of whose voice a message may be taken for; None where that is not known.

    A forwarded note is somebody else's; channels and anonymous admins have no voice of their own.
    """
    if message.forward_origin or message.sender_chat or message.from_user is None:
        return None
    return None if message.from_user.is_bot else message.from_user.id


def _may_be_audio(document: Document) -> bool:
    """Tell whether a file claims to hold sound; decoding finds out whether it does."""
    has_type = (document.mime_type or "").startswith(_AUDIO_TYPES)
    return has_type or (document.file_name or "").lower().endswith(_AUDIO_ENDINGS)
