"""PURE  Reactions to a message, which Telegram allows with some emojis only."""

from __future__ import annotations

from typing import Any, Final

from telegram.constants import ReactionEmoji

from bot.sandbox.refusals import refuse_bot

EMOJIS: Final = frozenset(emoji.value for emoji in ReactionEmoji)
"""Source: Telegram Bot API, ReactionTypeEmoji, in the words of the library that the bot uses."""
MAX_BOT_REACTIONS: Final = 1
"""Source: Telegram Bot API, setMessageReaction."""


def read_reaction(reactions: Any) -> str | None:  # noqa: ANN401 - JSON holds anything
    """Give the emoji that the bot reacts with; None takes its reaction away.

    Raises:
        BotApiError: if Telegram would refuse it.
    """
    if not isinstance(reactions or [], list):
        refuse_bot("can't parse reaction types JSON object")
    if not reactions:
        return None
    if len(reactions) > MAX_BOT_REACTIONS:
        refuse_bot("REACTIONS_TOO_MANY")
    (reaction,) = reactions
    if not isinstance(reaction, dict) or reaction.get("emoji") not in EMOJIS:
        refuse_bot("REACTION_INVALID")
    return str(reaction["emoji"])


def as_telegram(emoji: str | None) -> list[dict[str, str]]:
    """Give a reaction as the Bot API shows it: a list of none or one."""
    return [{"type": "emoji", "emoji": emoji}] if emoji else []
