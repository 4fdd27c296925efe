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
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot.errors import SettingInvalid, SettingUnknown

TOKEN_PATTERN: Final = re.compile(r"\d+(?::|%3A)[A-Za-z0-9_-]{20,}")
"""What a bot token looks like, also inside an address; logs mask whatever matches."""

_SHARED_IDS: Final = frozenset({777000, 136817688, 1087968824})
"""Of Telegram itself, of those who write as a channel, and of anonymous admins.

Source: https://core.telegram.org/bots/api#message, "from"; the accounts @Telegram, @Channel_Bot
and @GroupAnonymousBot."""

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
    if not re.fullmatch(r"https?://[^\s/@]+(/\S*)?", address):
        message = "an address looks like https://api.telegram.org, and holds no password"
        raise ValueError(message)
    return address.rstrip("/")


def _check_database(url: SecretStr) -> SecretStr:
    """Give the address back, or refuse a kind of database that the bot does not know."""
    if not re.match(
        r"(sqlite(\+aiosqlite)?:///|postgres(ql)?(\+asyncpg)?://)", url.get_secret_value()
    ):
        message = "an address looks like sqlite:///ser.sqlite3 or postgresql://user@host/name"
        raise ValueError(message)
    try:
        make_url(url.get_secret_value())
    except (ArgumentError, ValueError):  # what they say may hold the password
        message = "it cannot be read as postgresql://user:password@host/name"
        raise ValueError(message) from None
    return url


def _check_webhook(address: str) -> str:
    """Give the address without a closing slash, or refuse what Telegram would not call."""
    is_local = re.match(r"http://(127\.0\.0\.1|localhost)[:/]", f"{address}/")
    if address and not is_local and not re.fullmatch(r"https://[^\s/?#]+[^\s?#]*", address):
        message = "Telegram calls addresses like https://bot.example.org only"
        raise ValueError(message)
    return address.rstrip("/")


def _check_secret(secret: SecretStr) -> SecretStr:
    """Give the secret back, or refuse what Telegram would."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", secret.get_secret_value()):
        message = "it has 16 to 256 letters, digits, - and _"
        raise ValueError(message)
    return secret


def _split_ids(text: object) -> object:
    """Give the ids of a text, which are separated by commas, or refuse what is none."""
    if not isinstance(text, str):
        return text
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not all(re.fullmatch(r"[1-9]\d{0,15}", part, re.ASCII) for part in parts):
        message = "ids are numbers with commas between them, such as 123456789,987654321"
        raise ValueError(message)
    ids = frozenset(map(int, parts))
    if ids & _SHARED_IDS:
        message = f"{min(ids & _SHARED_IDS)} is Telegram's own and stands for everybody"
        raise ValueError(message)
    return ids


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
    worker_memory_mb: int = Field(
        default=1000,
        ge=500,
        description="The most memory that a worker may hold, in MB; then it is replaced.",
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
    queue_per_chat: int = Field(
        default=20,
        ge=1,
        description="Unanswered notes that one chat may have; the next one is declined.",
    )
    queue_total: int = Field(
        default=1000,
        ge=1,
        le=100_000,
        description="Unanswered notes of all chats together; the next one is declined.",
    )
    answer_within_minutes: int = Field(
        default=60,
        ge=1,
        le=1440,
        description="Notes that have waited for longer, as when the bot was down, get an apology.",
    )
    webhook_url: Annotated[str, AfterValidator(_check_webhook)] = Field(
        default="",
        description="The address at which Telegram reaches the bot, such as https://bot.example.org;"
        " without one, the bot asks Telegram for updates.",
    )
    webhook_secret: Annotated[SecretStr, AfterValidator(_check_secret)] | None = Field(
        default=None,
        description="What Telegram proves itself with; by default it is made from the token.",
    )
    web_host: str = Field(
        default="127.0.0.1",
        description="The address that webhook, /healthz and /metrics listen on.",
    )
    web_port: int | None = Field(
        default=None,
        ge=0,
        le=65_535,
        description="Their port; by default 8080 with a webhook, and none without.",
    )
    log_format: Literal["console", "json"] = Field(
        default="console",
        description="`console` for people, `json` for machines: one object a line.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info",
        description="The least important line that is written.",
    )

    def list_secrets(self) -> list[str]:
        """Give what must stand in no log line."""
        given = (self.bot_token, self.webhook_secret)
        address = make_url(self.database_url.get_secret_value())
        passwords = (address.password, address.query.get("password"))
        secrets = [*(each.get_secret_value() for each in given if each), *map(str, passwords)]
        return [secret for secret in secrets if secret not in {"", "None"}]


def name_keys() -> dict[str, str]:
    """Give the key of every setting by the name of its field, in their order."""
    return {
        name: str(field.validation_alias or f"SER_{name}".upper())
        for name, field in Settings.model_fields.items()
    }


def forget_secrets() -> None:
    """Take secrets out of the environment, which every process inherits that the bot starts."""
    for name, key in name_keys().items():
        if "SecretStr" in str(Settings.model_fields[name].annotation):
            for variable in [variable for variable in os.environ if variable.upper() == key]:
                del os.environ[variable]


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
