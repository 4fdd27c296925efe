"""Bot API methods about the bot itself: who it is, and what it offers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from bot.sandbox.refusals import refuse_bot
from bot.sandbox.scopes import read_scope

if TYPE_CHECKING:
    from bot.sandbox.params import Params
    from bot.sandbox.state import State

MAX_DESCRIPTION: Final = 512
MAX_SHORT_DESCRIPTION: Final = 120
MAX_COMMANDS: Final = 100

_COMMAND_NAME = re.compile(r"[a-z0-9_]{1,32}")
_MAX_COMMAND_DESCRIPTION: Final = 256


def get_me(state: State, _params: Params) -> object:
    """Give the bot's account."""
    return state.bot


def set_my_commands(state: State, params: Params) -> object:
    """Keep the commands that the page offers."""
    commands = params.structure("commands")
    if not isinstance(commands, list) or len(commands) > MAX_COMMANDS:
        refuse_bot("can't parse commands: expected an Array of at most 100 BotCommand")
    kept = [_check_command(command) for command in commands]
    state.commands[_commands_key(state, params)] = kept
    return True


def get_my_commands(state: State, params: Params) -> object:
    """Give the commands of exactly this scope and language."""
    return state.commands.get(_commands_key(state, params), [])


def delete_my_commands(state: State, params: Params) -> object:
    """Forget the commands of this scope and language."""
    state.commands.pop(_commands_key(state, params), None)
    return True


def set_my_description(state: State, params: Params) -> object:
    """Keep what an empty chat shows."""
    return _keep_description(state, params, "description", MAX_DESCRIPTION)


def set_my_short_description(state: State, params: Params) -> object:
    """Keep the line under the bot's name."""
    return _keep_description(state, params, "short_description", MAX_SHORT_DESCRIPTION)


def _keep_description(state: State, params: Params, name: str, max_length: int) -> bool:
    """Keep one of the descriptions, of the default language only: the page shows no other."""
    text = params.text(name)
    if len(text) > max_length:
        refuse_bot(f"bot {name} is too long")
    if not params.has("language_code"):
        state.descriptions[name] = text
    return True


def _check_command(command: Any) -> dict[str, str]:  # noqa: ANN401 - JSON holds anything
    """Give a command back if Telegram would accept it."""
    if not isinstance(command, dict):
        refuse_bot("can't parse BotCommand: expected an Object")
    name = str(command.get("command", "")).removeprefix("/")
    description = str(command.get("description", "")).strip()
    if not _COMMAND_NAME.fullmatch(name):
        refuse_bot("BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= _MAX_COMMAND_DESCRIPTION:
        refuse_bot("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": description}


def _commands_key(state: State, params: Params) -> tuple[str, str]:
    """Give the scope and the language under which commands are kept."""
    return read_scope(state, params), params.text("language_code")
