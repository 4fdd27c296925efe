"""The settings, from the environment and from ``.env``; nothing else reads the environment."""

from __future__ import annotations

import os
import re
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Final, Literal

from dotenv import dotenv_values
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import SettingInvalid, SettingUnknown

TOKEN_PATTERN: Final = re.compile(r"\d+(?::|%3A)[A-Za-z0-9_-]{20,}")
"""What a bot token looks like, also inside an address; logs mask whatever matches."""

_ENV_FILE: Final = Path(".env")
_PREFIXES: Final = ("BOT_", "SER_")


def _check_token(token: SecretStr) -> SecretStr:
    """Give the token back, or refuse what @BotFather would never hand out."""
    if not TOKEN_PATTERN.fullmatch(token.get_secret_value()):
        message = "a token looks like 123456789:AAF-… (@BotFather shows it)"
        raise ValueError(message)
    return token


def _check_address(address: str) -> str:
    """Give the address without a closing slash, or refuse what is no web address."""
    if not re.fullmatch(r"https?://[^\s/]+\S*", address):
        message = "an address looks like https://api.telegram.org"
        raise ValueError(message)
    return address.rstrip("/")


def _check_database(url: SecretStr) -> SecretStr:
    """Give the address back, or refuse a kind of database that the bot does not know."""
    if not re.match(
        r"(sqlite(\+aiosqlite)?:///|postgres(ql)?(\+asyncpg)?://)", url.get_secret_value()
    ):
        message = "an address looks like sqlite:///ser.sqlite3 or postgresql://user@host/name"
        raise ValueError(message)
    return url


def _split_ids(text: object) -> object:
    """Give the ids of a text, which are separated by commas, or refuse what is none."""
    if not isinstance(text, str):
        return text
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not all(re.fullmatch(r"[1-9]\d{0,15}", part, re.ASCII) for part in parts):
        message = "ids are numbers with commas between them, such as 123456789,987654321"
        raise ValueError(message)
    return frozenset(map(int, parts))


class Settings(BaseSettings):
    """Hold every setting; each has the same name in ``.env`` and in the environment."""

    model_config = SettingsConfigDict(
        env_prefix="SER_",
        env_ignore_empty=True,
        dotenv_filtering="only_existing",  # unknown keys are refused by read_settings, with a hint
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,  # a value may be the token
        populate_by_name=True,
    )

    bot_token: Annotated[SecretStr, AfterValidator(_check_token)] | None = Field(
        default=None,
        validation_alias="BOT_TOKEN",
        description="The token from @BotFather. Needed on Telegram, not in the sandbox.",
    )
    bot_api_url: Annotated[str, AfterValidator(_check_address)] = Field(
        default="https://api.telegram.org",
        validation_alias="BOT_API_URL",
        description="The root of the Bot API, for those who run a Bot API server of their own.",
    )
    admin_ids: Annotated[frozenset[int], NoDecode, BeforeValidator(_split_ids)] = Field(
        default=frozenset(),
        validation_alias="BOT_ADMIN_IDS",
        description="The Telegram ids of those who may use /retrain, /models, /rollback, /stats.",
    )
    database_url: Annotated[SecretStr, AfterValidator(_check_database)] = Field(
        default=SecretStr("sqlite:///ser.sqlite3"),
        validation_alias="DATABASE_URL",
        description="Where chats and recognitions are kept: a file, or postgresql://….",
    )
    retention_days: int = Field(
        default=30,
        ge=1,
        le=3650,
        description="Recognitions older than this are deleted.",
    )
    model: str = Field(
        default="default",
        description="The model bundle: `default` is the one that ships, or a folder.",
    )
    corpora: str = Field(
        default="",
        description="A folder of more labelled speech that /retrain learns from, as "
        "docs/corpora.md describes it.",
    )
    keep_models: int = Field(
        default=3,
        ge=1,
        le=50,
        description="So many retrained models are kept, beside those that /rollback needs.",
    )
    workers: int = Field(
        default=2,
        ge=1,
        le=64,
        description="Processes that listen side by side; one for each core is a good start.",
    )
    max_seconds: float = Field(
        default=3600.0,
        ge=1.0,
        le=36_000.0,
        description="The longest note that is listened to, in seconds.",
    )
    timeout_seconds: float = Field(
        default=180.0,
        gt=0.0,
        description="The longest that a worker may listen to one note; then it is replaced.",
    )
    queue_per_user: int = Field(
        default=5,
        ge=1,
        description="Unanswered notes that one sender may have; the next one is declined.",
    )
    queue_total: int = Field(
        default=100,
        ge=1,
        le=10_000,
        description="Unanswered notes of all senders together; the next one is declined.",
    )
    log_format: Literal["console", "json"] = Field(
        default="console",
        description="`console` for people, `json` for machines: one object a line.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info",
        description="The least important line that is written.",
    )


def name_keys() -> dict[str, str]:
    """Give the key of every setting by the name of its field, in their order."""
    return {
        name: str(field.validation_alias or f"SER_{name}".upper())
        for name, field in Settings.model_fields.items()
    }


def read_settings(env_file: Path = _ENV_FILE) -> Settings:
    """Read the settings; the environment wins over the file.

    Raises:
        SettingUnknown: if a key is misspelt.
        SettingInvalid: if a value cannot be used.
    """
    in_file = dotenv_values(env_file)
    _refuse_unknown(str(env_file), [key for key in in_file if _is_ours(key) or _nearest(key)])
    _refuse_unknown("the environment", [key for key in os.environ if _is_ours(key)])
    try:
        return Settings(_env_file=env_file)  # type: ignore[call-arg]  # mypy sees the fields only
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False, include_context=False)[0]
        field = str(problem["loc"][0])
        reason = problem["msg"].removeprefix("Value error, ")
        raise SettingInvalid(name_keys().get(field, field), reason) from None


def _is_ours(key: str) -> bool:
    """Tell whether a key claims to be one of this bot's."""
    return key.upper().startswith(_PREFIXES)


def _nearest(key: str) -> str | None:
    """Give the known key that is most like this one, if any is."""
    matches = get_close_matches(key.upper(), name_keys().values(), n=1, cutoff=0.75)
    return matches[0] if matches else None


def _refuse_unknown(place: str, keys: list[str]) -> None:
    """Let only known keys pass."""
    known = set(name_keys().values())
    for key in keys:
        if key.upper() not in known:
            raise SettingUnknown(key, place, _nearest(key))
