"""No secret gets out: not by settings that are shown, nor errors, nor what a process writes."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from person import Person
from ports import find_port
from pydantic import SecretStr
from sandbox_user import open_http

from bot.database import Database
from bot.errors import DatabaseUnreachable
from bot.sandbox.accounts import BOT_ID
from bot.sandbox.server import Sandbox
from bot.settings import Settings, forget_secrets, name_keys, read_settings
from bot.web import derive_secret

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

TOKEN = f"{BOT_ID}:" + "Wr0ng_T0ken-" * 3
PASSWORD = "hunter2-" + "Zk9vQ"  # pragma: allowlist secret
WEBHOOK_SECRET = "word-of-" + "telegram-7Gq"  # pragma: allowlist secret
SECRET_WORD = re.compile(r"token|secret|password|database_url|key$")
PRIVATE = ("Zebulon", "Quastenflosser", "my very private words", "diary-of-mine", "7391846251")
"""What a person is called and writes, and the number of that person."""


# What stands in memory


def make_settings() -> Settings:
    """Give settings with a value for each secret."""
    return Settings(
        bot_token=SecretStr(TOKEN),
        database_url=SecretStr(f"postgresql://ser:{PASSWORD}@database/ser"),
        webhook_secret=SecretStr(WEBHOOK_SECRET),
    )


def test_each_setting_that_sounds_like_a_secret_is_kept_as_one() -> None:
    settings = make_settings()
    found = [name for name in type(settings).model_fields if SECRET_WORD.search(name)]
    assert {"bot_token", "database_url", "webhook_secret"} <= set(found)
    for name in found:
        assert isinstance(getattr(settings, name), SecretStr), name


def test_settings_that_are_shown_or_dumped_hide_their_secrets() -> None:
    settings = make_settings()
    shown = f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
    for secret in (TOKEN, PASSWORD, WEBHOOK_SECRET):
        assert secret not in shown
        assert any(secret in each for each in settings.list_secrets())


def test_child_processes_do_not_inherit_secrets(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BOT_TOKEN", TOKEN)
    monkeypatch.setenv("database_url", f"postgresql://ser:{PASSWORD}@database/ser")
    monkeypatch.setenv("SER_WEBHOOK_SECRET", WEBHOOK_SECRET)
    monkeypatch.setenv("SER_WORKERS", "3")
    settings = read_settings()
    forget_secrets()
    held = "\n".join(os.environ.values())
    for secret in (TOKEN, PASSWORD, WEBHOOK_SECRET):
        assert secret not in held
    assert settings.bot_token is not None
    assert settings.bot_token.get_secret_value() == TOKEN
    assert os.environ["SER_WORKERS"] == "3"


@pytest.mark.parametrize(
    "address",
    [
        f"postgresql://ser:{PASSWORD}@127.0.0.1:1/ser",
        f"postgresql://ser@127.0.0.1:1/ser?password={PASSWORD}",
        f"postgresql://ser:front@{PASSWORD}@127.0.0.1:1/ser",  # pragma: allowlist secret
        f"postgresql://ser:{PASSWORD}@[bad/ser",
        f"postgresql://ser:{PASSWORD}@127.0.0.1:port/ser",
        f"mysql://ser:{PASSWORD}@127.0.0.1/ser",
    ],
)
async def test_no_part_of_the_databases_password_is_told(address: str) -> None:
    with pytest.raises(DatabaseUnreachable) as refusal:
        await Database.open(address)
    assert PASSWORD not in f"{refusal.value} {refusal.value!r} {vars(refusal.value)}"


# What a whole process writes


async def run_until_it_ends(folder: Path, **environment: str) -> tuple[int, str]:
    """Run ``python -m bot`` in a folder; give its exit code and all that it wrote."""
    process = await start(folder, **environment)
    async with asyncio.timeout(60):
        written, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, written.decode()


async def start(folder: Path, **environment: str) -> asyncio.subprocess.Process:
    """Start ``python -m bot`` with settings, secret ones among them, that tells all it can."""
    ours = tuple(name_keys().values())
    kept = {key: value for key, value in os.environ.items() if key.upper() not in ours}
    settings = {
        "BOT_TOKEN": TOKEN,
        "DATABASE_URL": f"sqlite:///{folder}/{PASSWORD}.sqlite3",
        "SER_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "SER_LOG_LEVEL": "debug",
        "SER_WORKERS": "1",
        **environment,
    }
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot"),
        cwd=folder,
        env={**kept, **settings},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )


def check_silence(written: str, *tokens: str) -> None:
    """Make sure that no secret was written, not even a part of one."""
    parts = [part for token in (TOKEN, *tokens) for part in (token, token.partition(":")[2])]
    for secret in (*parts, PASSWORD, WEBHOOK_SECRET, *map(derive_secret, (TOKEN, *tokens))):
        assert secret not in written


@asynccontextmanager
async def listen_and_refuse() -> AsyncIterator[int]:
    """Be a PostgreSQL that takes no password; give the port."""

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(8)  # may it be TLS?
        writer.write(b"N")
        size = int.from_bytes(await reader.readexactly(4))
        await reader.readexactly(size - 4)  # who it is
        writer.write(b"R" + (8).to_bytes(4) + (3).to_bytes(4))  # the password, as it is
        await reader.readexactly(1)
        await reader.readexactly(int.from_bytes(await reader.readexactly(4)) - 4)
        fields = b'SFATAL\0C28P01\0Mpassword authentication failed for user "ser"\0\0'
        writer.write(b"E" + (4 + len(fields)).to_bytes(4) + fields)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


async def test_a_refused_password_is_not_written(tmp_path: Path) -> None:
    async with listen_and_refuse() as port:
        address = f"postgresql://ser:{PASSWORD}@127.0.0.1:{port}/ser"
        code, written = await run_until_it_ends(tmp_path, DATABASE_URL=address)
    assert code == 2
    assert "password authentication failed" in written
    check_silence(written)


async def test_a_database_that_does_not_answer_is_told_without_its_password(
    tmp_path: Path,
) -> None:
    address = f"postgresql://ser:{PASSWORD}@127.0.0.1:1/ser?password={PASSWORD}"
    code, written = await run_until_it_ends(tmp_path, DATABASE_URL=address)
    assert code == 2
    assert "127.0.0.1:1" in written
    check_silence(written)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("BOT_TOKEN", f"no good: {PASSWORD}"),
        ("DATABASE_URL", f"no good: {PASSWORD}"),
        ("DATABASE_URL", f"postgresql://ser:{PASSWORD}/ser"),  # the host was forgotten
        ("SER_WEBHOOK_SECRET", f"no good: {PASSWORD}"),
    ],
)
async def test_a_secret_that_cannot_be_used_is_not_written(
    key: str, value: str, tmp_path: Path
) -> None:
    code, written = await run_until_it_ends(tmp_path, **{key: value})
    assert code == 2
    assert key in written
    check_silence(written)


async def test_a_refused_token_is_not_written(tmp_path: Path) -> None:
    async with Sandbox(port=0) as sandbox:
        options = {"BOT_API_URL": sandbox.url, "SER_LOG_FORMAT": "json"}
        code, written = await run_until_it_ends(tmp_path, **options)
    assert code == 2
    assert "does not accept BOT_TOKEN" in written
    check_silence(written)


@pytest.mark.parametrize("by", ["polling", "webhook"])
async def test_a_whole_conversation_at_the_most_talkative_level_tells_no_secret_and_nothing_private(
    by: str, tmp_path: Path, voice_note: bytes
) -> None:
    first_name, last_name, words, file_name, number = PRIVATE
    async with Sandbox(port=0) as sandbox, open_http(sandbox.url) as http:
        options = {"BOT_API_URL": sandbox.url, "BOT_TOKEN": sandbox.token, "SER_WEB_PORT": "0"}
        if by == "webhook":
            options |= choose_webhook()
        process = await start(tmp_path, **options)
        try:
            person = Person(http, int(number), int(number))
            await person.rename(first_name=first_name, last_name=last_name)
            await person.write(f"/start {words}")
            await person.read_last("Hello")
            await person.send(voice_note, name=f"{file_name}.ogg", text=words)
            await person.read_last("Voice:")
            sound = {"name": f"{file_name}.mp3", "mime_type": "audio/mpeg"}
            await person.send(b"garbage", kind="audio", **sound)
            await person.read_last("cannot")
            process.terminate()
            async with asyncio.timeout(30):
                written = (await process.communicate())[0].decode()
        finally:
            if process.returncode is None:
                process.kill()
    assert process.returncode == 0, written
    assert written.count("note answered") == 2, written
    check_silence(written, sandbox.token)
    for part in PRIVATE:
        assert part not in written


def choose_webhook() -> dict[str, str]:
    """Give the settings of a webhook at a port that is free."""
    port = find_port()
    return {"SER_WEB_PORT": str(port), "SER_WEBHOOK_URL": f"http://127.0.0.1:{port}"}
