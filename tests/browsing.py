"""A browser that opens the page of the sandbox, and complains about whatever is not right."""

from __future__ import annotations

import shutil
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import async_playwright, expect

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from playwright.async_api import ConsoleMessage, Page, Request

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)

MARKS = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on the PATH"),
]
"""What a module of tests is marked with that opens a browser."""

_QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]


_PATIENCE_SECONDS = 60.0
"""How long anything on the page may take: a busy machine is no mistake."""


@asynccontextmanager
async def browse(url: str, *, spoken: Path | None = None) -> AsyncIterator[Page]:
    """Open a browser on an empty page; ``spoken`` is a WAV that its microphone hears.

    Each error on the console, each uncaught one and each request to other hosts fails the test.
    """
    microphone = [] if spoken is None else [f"--use-file-for-fake-audio-capture={spoken}"]
    problems: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*_QUIET, *microphone]
        )
        expect.set_options(timeout=1000 * _PATIENCE_SECONDS)
        page = await browser.new_page(viewport={"width": 1100, "height": 760})
        _watch(page, url, problems)
        yield page
        await browser.close()
    assert problems == []


def _watch(page: Page, address: str, problems: list[str]) -> None:
    """Note every error on the console, every uncaught one, and every request to elsewhere."""

    def note_console(said: ConsoleMessage) -> None:
        if said.type == "error":
            problems.append(said.text)

    def note_request(request: Request) -> None:
        if not request.url.startswith((f"{address}/", f"blob:{address}/", "data:")):
            problems.append(request.url)

    page.on("console", note_console)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("request", note_request)
