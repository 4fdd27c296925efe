"""PURE  Inline keyboards, checked as Telegram checks them."""

from __future__ import annotations

from typing import Any, Final

from bot.sandbox.refusals import refuse_bot

MAX_CALLBACK_BYTES: Final = 64

_WEB_SCHEMES: Final = ("http://", "https://", "tg://")


def check_keyboard(markup: Any) -> dict[str, Any] | None:  # noqa: ANN401 - JSON holds anything
    """Give an inline keyboard back if Telegram would show it; none stays none.

    Raises:
        BotApiError: if Telegram would refuse it, or if it is a keyboard of another kind.
    """
    if not markup:
        return None
    if not isinstance(markup, dict) or not isinstance(markup.get("inline_keyboard"), list):
        refuse_bot("the sandbox shows inline keyboards only")
    rows = markup["inline_keyboard"]
    if not all(isinstance(row, list) for row in rows):
        refuse_bot(
            "can't parse inline keyboard: expected an Array of Array of InlineKeyboardButton"
        )
    for button in (button for row in rows for button in row):
        _check_button(button)
    return {"inline_keyboard": rows} if any(rows) else None


def _check_button(button: Any) -> None:  # noqa: ANN401 - JSON holds anything
    """Refuse a button that Telegram would refuse."""
    if not isinstance(button, dict) or not str(button.get("text", "")).strip():
        refuse_bot(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    if "callback_data" in button:
        if not 1 <= len(str(button["callback_data"]).encode()) <= MAX_CALLBACK_BYTES:
            refuse_bot("BUTTON_DATA_INVALID")
    elif not str(button.get("url", "")).startswith(_WEB_SCHEMES):
        refuse_bot(
            f"inline keyboard button URL '{button.get('url', '')}' is invalid: Wrong HTTP URL"
        )
