"""The languages that the bot speaks, and its wording in each: gettext, with English as the source.

Each update is handled in a task of its own, so the language is a variable of that task.
"""

from __future__ import annotations

from contextvars import ContextVar, copy_context
from functools import cache
from gettext import NullTranslations, translation
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_Said = TypeVar("_Said")

_SOURCE: Final = "en"
"""The language of the wording in the code."""
LANGUAGES: Final[Mapping[str, str]] = {
    _SOURCE: "English",
    "es": "Español",
    "de": "Deutsch",
    "ru": "Русский",
    "pt": "Português",
    "it": "Italiano",
    "fr": "Français",
}
"""What each language calls itself, by its code of two letters."""

_LOCALES: Final = Path(__file__).with_name("locales")
_spoken: Final[ContextVar[str]] = ContextVar("spoken", default=_SOURCE)


def choose(code: str | None) -> str:
    """Give the language to speak with somebody whom Telegram calls a speaker of ``code``.

    That is a tag such as ``pt-br``; nothing, or one that the bot does not speak, gives English.
    """
    primary = (code or "").replace("_", "-").partition("-")[0].lower()
    return primary if primary in LANGUAGES else _SOURCE


def speak(code: str) -> None:
    """Speak a language from here on in this task; one that the bot does not know gives English."""
    _spoken.set(choose(code))


def say_in(code: str, say: Callable[[], _Said]) -> _Said:
    """Give what ``say`` gives in a language; what this task speaks stays as it is."""

    def act() -> _Said:
        speak(code)
        return say()

    return copy_context().run(act)


def spoken() -> str:
    """Give the code of the language that this task speaks."""
    return _spoken.get()


def gettext(message: str) -> str:
    """Give the message in the language that is spoken."""
    return _load(spoken()).gettext(message)


def ngettext(one: str, many: str, n: int) -> str:
    """Give the message in the language that is spoken, in its form for ``n`` things."""
    return _load(spoken()).ngettext(one, many, n)


@cache
def _load(code: str) -> NullTranslations:
    """Give a catalogue; English has none."""
    return NullTranslations() if code == _SOURCE else translation("bot", _LOCALES, [code])
