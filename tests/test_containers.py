"""The image, and what compose.yaml and compose.replicas.yaml make of it.

No container is started here: the files are read, and what they would run is run.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml  # type: ignore[import-untyped]  # its types are another package

from bot.settings import name_keys
from bot.web import WEBHOOK_PATH

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
DOCKERFILE = re.sub(r"^ *#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
INSTRUCTIONS = DOCKERFILE.replace("\\\n", " ").splitlines()
LAST_STAGE = DOCKERFILE.rpartition("\nFROM ")[2]
PORT = "8080"


# The image


def test_the_image_is_built_of_files_that_reach_the_builder() -> None:
    allowed = (ROOT / ".dockerignore").read_text().splitlines()
    sources = [
        source
        for line in INSTRUCTIONS
        if line.startswith("COPY ") and "--from" not in line
        for source in line.split()[1:-1]
    ]
    assert {"requirements.lock", "bot", "ser_core"} <= set(sources)
    for source in sources:
        assert (ROOT / source).exists()
        assert f"!{source}" in allowed


def test_no_file_with_secrets_reaches_the_builder() -> None:
    first, *allowed = [
        line
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if not line.startswith("#")
    ]
    assert first == "*"
    assert not [line for line in allowed if ".env" in line or line in {"!.", "!*"}]


def test_whatever_the_image_installs_is_locked_or_from_the_checkout() -> None:
    installations = re.findall(r"\bpip [^&]*?(?:install|wheel) [^&]*", " ".join(INSTRUCTIONS))
    assert installations
    for installation in installations:
        assert "--require-hashes" in installation or "--no-deps" in installation


def test_all_stages_use_one_python() -> None:
    (stage_version,) = set(re.findall(r"^FROM python:([\d.]+)-slim\b", DOCKERFILE, re.MULTILINE))
    (path_version,) = set(re.findall(r"lib/python([\d.]+)/", DOCKERFILE))
    assert stage_version == path_version
    assert DOCKERFILE.count("FROM ") == DOCKERFILE.count(f"FROM python:{stage_version}-slim")


def test_the_image_runs_the_bot_without_any_right() -> None:
    assert re.search(r"^USER [1-9]\d*:[1-9]\d*$", LAST_STAGE, re.MULTILINE)
    assert LAST_STAGE.rstrip().endswith('ENTRYPOINT ["ser-bot"]')
    assert "\nSTOPSIGNAL SIGTERM\n" in LAST_STAGE
    assert "pip" not in LAST_STAGE


def test_the_image_lists_its_parts() -> None:
    assert "cyclonedx-py environment" in DOCKERFILE
    assert "--output-file /opt/bot/sbom.json /opt/bot/bin/python" in DOCKERFILE


@contextmanager
def answer(status: int) -> Iterator[int]:
    """Answer each request with a status; give the port."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/healthz" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:  # keep quiet
            pass

    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(("status", "is_healthy"), [(200, True), (503, False), (404, False)])
def test_the_image_is_healthy_while_the_bot_says_so(status: int, *, is_healthy: bool) -> None:
    (check,) = re.findall(r"HEALTHCHECK[^\[]*CMD (\[.*\])", "\n".join(INSTRUCTIONS))
    _, *arguments = json.loads(check)
    with answer(status) as port:
        environment = {**os.environ, "SER_WEB_PORT": str(port), "http_proxy": "http://127.0.0.1:1"}
        run = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, *arguments], env=environment, capture_output=True, check=False
        )
    assert (run.returncode == 0) == is_healthy


def test_the_port_that_is_asked_is_the_one_that_the_bot_listens_on() -> None:
    assert f"SER_WEB_PORT={PORT}\n" in DOCKERFILE
    assert "SER_WEB_HOST=0.0.0.0 " in DOCKERFILE
    assert f"\nEXPOSE {PORT}\n" in DOCKERFILE


# What compose runs


def read_services(*names: str) -> dict[str, dict[str, Any]]:
    """Give the services of some files, a later one's keys over those of an earlier one."""
    services: dict[str, dict[str, Any]] = {}
    for name in names:
        for service, keys in yaml.safe_load((ROOT / name).read_text())["services"].items():
            before = services.setdefault(service, {})
            environment = {**before.get("environment", {}), **keys.get("environment", {})}
            services[service] = {**before, **keys, "environment": environment}
    return services


ONE = read_services("compose.yaml")
MANY = read_services("compose.yaml", "compose.replicas.yaml")


def test_one_bot_is_one_service_and_the_replicas_have_two_beside() -> None:
    assert set(ONE) == {"bot"}
    assert set(MANY) == {"bot", "database", "proxy"}
    assert MANY["bot"]["scale"] == 3


@pytest.mark.parametrize("name", MANY)
def test_each_container_has_a_read_only_root_and_no_right(name: str) -> None:
    service = MANY[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["restart"] == "unless-stopped"
    assert {"mem_limit", "pids_limit", "logging"} <= set(service)
    assert not {"privileged", "network_mode", "pid", "ipc", "devices"} & set(service)
    assert service.get("cap_add", []) == (["NET_BIND_SERVICE"] if name == "proxy" else [])
    assert "docker.sock" not in json.dumps(service)


def test_only_the_proxy_is_reached_from_outside_and_only_the_bot_reaches_the_database() -> None:
    assert [name for name, service in MANY.items() if "ports" in service] == ["proxy"]
    assert set(MANY["database"]["networks"]).isdisjoint(MANY["proxy"]["networks"])
    networks = yaml.safe_load((ROOT / "compose.replicas.yaml").read_text())["networks"]
    assert [networks[name] for name in MANY["database"]["networks"]] == [{"internal": True}]
    assert "ports" not in ONE["bot"]


def test_no_secret_stands_in_what_compose_reads() -> None:
    for service in MANY.values():
        for key, value in service["environment"].items():
            assert key.startswith("SER_LOG") or re.fullmatch(r"\$\{\w+:\?[^}]+\}", value), key
    assert ONE["bot"]["env_file"] == ".env"


def test_two_settings_make_replicas_of_one_bot() -> None:
    needed = {
        key for service in MANY.values() for key in service["environment"] if "LOG" not in key
    }
    assert needed == {"DATABASE_URL", "SER_WEBHOOK_URL"}
    assert needed <= set(name_keys().values())


def test_the_database_takes_name_and_password_from_the_one_setting(tmp_path: Path) -> None:
    entrypoint, (script,) = MANY["database"]["entrypoint"], MANY["database"]["command"]
    program = tmp_path / "docker-entrypoint.sh"
    program.write_text(
        '#!/bin/sh\necho "$1 $POSTGRES_USER $POSTGRES_PASSWORD $POSTGRES_DB ${DATABASE_URL:-gone}"'
    )
    program.chmod(0o755)
    url = "postgresql://ser:pass@database/bot"
    run = subprocess.run(  # noqa: S603 - our own command
        [*entrypoint, script.replace("$$", "$")],
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}", "DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout == "postgres ser pass bot gone\n"


# What the proxy lets through


def test_the_proxy_lets_through_what_telegram_brings_and_nothing_else() -> None:
    text = (ROOT / "Caddyfile").read_text()
    assert re.findall(r"^\t\tpath (.*)$", text, re.MULTILINE) == [WEBHOOK_PATH]
    assert "method POST" in text
    assert f"dynamic a bot {PORT} " in text
    assert re.search(r"handle \{\s*respond 404\s*\}", text)
    assert "\tadmin off\n" in text
    assert "{$SER_WEBHOOK_URL} {" in text
    assert "./Caddyfile:/etc/caddy/Caddyfile:ro" in MANY["proxy"]["volumes"]


@pytest.mark.skipif(shutil.which("caddy") is None, reason="Caddy is not installed")
def test_the_proxy_understands_its_file() -> None:
    run = subprocess.run(
        ["caddy", "validate", "--adapter", "caddyfile", "--config", "Caddyfile"],  # noqa: S607 - wherever it is
        cwd=ROOT,
        env={**os.environ, "SER_WEBHOOK_URL": "https://bot.example.org"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
