from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.errors import SettingInvalid, SettingUnknown
from bot.settings import Settings, name_keys, read_settings

ROOT = Path(__file__).parents[2]
TOKEN = "123456789:" + "A" * 35


@pytest.fixture(autouse=True)
def in_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder without ``.env``, and without our keys in the environment."""
    monkeypatch.chdir(tmp_path)
    for key in name_keys().values():
        monkeypatch.delenv(key, raising=False)
    return tmp_path


def test_everything_has_a_default() -> None:
    settings = read_settings()
    assert settings == Settings()
    assert settings.bot_token is None
    assert settings.bot_api_url == "https://api.telegram.org"


def test_the_file_is_read(in_empty_folder: Path) -> None:
    (in_empty_folder / ".env").write_text(f"BOT_TOKEN={TOKEN}\nSER_WORKERS=3\n")
    settings = read_settings()
    assert settings.bot_token is not None
    assert settings.bot_token.get_secret_value() == TOKEN
    assert settings.workers == 3


def test_the_environment_wins_over_the_file(
    in_empty_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (in_empty_folder / ".env").write_text("SER_WORKERS=3\n")
    monkeypatch.setenv("SER_WORKERS", "4")
    assert read_settings().workers == 4


def test_an_empty_value_means_the_default(in_empty_folder: Path) -> None:
    (in_empty_folder / ".env").write_text("BOT_TOKEN=\nSER_WORKERS=\n")
    assert read_settings() == Settings()


def test_the_token_is_not_shown() -> None:
    assert TOKEN not in repr(Settings(bot_token=TOKEN))


@pytest.mark.parametrize(
    ("key", "nearest"),
    [
        ("BOT_TOKN", "BOT_TOKEN"),
        ("SER_WORKER", "SER_WORKERS"),
        ("ser_workrs", "SER_WORKERS"),
        ("SER_BOT_TOKEN", "BOT_TOKEN"),
        ("SER_ZZZ", None),
    ],
)
def test_a_misspelt_key_in_the_environment_is_refused(
    key: str, nearest: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(key, "1")
    with pytest.raises(SettingUnknown) as error:
        read_settings()
    assert (error.value.key, error.value.nearest) == (key, nearest)
    assert error.value.place == "the environment"


@pytest.mark.parametrize("key", ["BOT_TOKN", "BOTTOKEN", "SER_QUEUE", "LOG_FORMAT"])
def test_a_misspelt_key_in_the_file_is_refused(key: str, in_empty_folder: Path) -> None:
    (in_empty_folder / ".env").write_text(f"{key}=1\n")
    with pytest.raises(SettingUnknown) as error:
        read_settings()
    assert (error.value.key, error.value.place) == (key, ".env")


def test_keys_of_other_programs_are_left_alone(
    in_empty_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (in_empty_folder / ".env").write_text("TZ=Europe/Madrid\nCOMPOSE_PROJECT_NAME=x\n")
    monkeypatch.setenv("LOG_FORMAT", "1")
    assert read_settings() == Settings()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("BOT_TOKEN", "12345:short-secret"),
        ("BOT_TOKEN", "no-number:" + "A" * 35),
        ("BOT_API_URL", "telegram.example"),
        ("BOT_API_URL", "ftp://telegram.example"),
        ("BOT_ADMIN_IDS", "123, ada"),
        ("BOT_ADMIN_IDS", "-100200300400"),
        ("BOT_ADMIN_IDS", "123 456"),
        ("DATABASE_URL", "mysql://user:secret@host/name"),
        ("DATABASE_URL", "notes.sqlite3"),
        ("SER_RETENTION_DAYS", "0"),
        ("SER_KEEP_MODELS", "0"),
        ("SER_KEEP_MODELS", "51"),
        ("SER_WORKERS", "0"),
        ("SER_WORKERS", "many"),
        ("SER_MAX_SECONDS", "-1"),
        ("SER_QUEUE_PER_USER", "0"),
        ("SER_LOG_FORMAT", "xml"),
        ("SER_LOG_LEVEL", "loud"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_without_being_shown(
    key: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(key, value)
    with pytest.raises(SettingInvalid) as error:
        read_settings()
    assert error.value.key == key
    assert value not in str(error.value)


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////var/lib/ser/notes.sqlite3",
        "sqlite+aiosqlite:///notes.sqlite3",
        "postgres://user:word@host/name",
        "postgresql+asyncpg://user@host/name",
    ],
)
def test_a_database_is_a_file_or_a_postgresql_and_is_not_shown(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    settings = read_settings()
    assert settings.database_url.get_secret_value() == url
    assert url not in repr(settings)


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        ("", set()),
        (" , ", set()),
        ("123456789", {123456789}),
        ("5000000001, 123,5000000001,", {123, 5000000001}),
    ],
)
def test_admins_are_named_by_their_ids_with_commas_between_them(
    value: str, ids: set[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_ADMIN_IDS", value)
    assert read_settings().admin_ids == ids


def test_code_may_name_admins_by_numbers() -> None:
    assert Settings(admin_ids=frozenset({7})).admin_ids == {7}


def test_who_names_an_admin_by_a_name_is_told_what_an_id_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BOT_ADMIN_IDS", "ada")
    with pytest.raises(SettingInvalid, match=r"BOT_ADMIN_IDS.*numbers"):
        read_settings()


def test_an_address_loses_its_closing_slash() -> None:
    settings = Settings(bot_api_url="http://localhost:8081/")
    assert settings.bot_api_url == "http://localhost:8081"


@pytest.mark.parametrize("key", name_keys().values())
def test_every_setting_is_documented(key: str) -> None:
    assert f"{key}=" in (ROOT / ".env.example").read_text()
    assert f"| `{key}` |" in (ROOT / "docs/bot.md").read_text()


def test_the_documents_show_the_real_defaults_and_descriptions() -> None:
    table = (ROOT / "docs/bot.md").read_text()
    for name, key in name_keys().items():
        field = Settings.model_fields[name]
        default = field.default
        if isinstance(default, SecretStr):
            default = default.get_secret_value()
        elif isinstance(default, float):
            default = f"{default:g}"
        shown = f"`{default}`" if default else ""
        assert f"| `{key}` | {shown} | {field.description} |" in table


def test_the_example_file_can_be_copied_as_it_is() -> None:
    assert read_settings(ROOT / ".env.example") == Settings()
