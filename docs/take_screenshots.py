"""Take the pictures of the sandbox page for the docs, with real answers of the shipped model.

It needs Chromium, and playwright from the development dependencies::

    python docs/take_screenshots.py
"""
# ruff: noqa: INP001  a script is no part of a package

from __future__ import annotations

import asyncio
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from playwright.async_api import Browser, Page, async_playwright, expect
from pydantic import SecretStr

from bot.app import run_bot
from bot.sandbox.server import Sandbox
from bot.settings import read_settings

IMAGES = Path(__file__).parent / "images"
ANSWER_MS = 60_000
HEARING_MS = 3_000


@dataclass(frozen=True, slots=True)
class Shot:
    """Hold one picture: its name, the theme, the size of the page, and which samples are sent.

    ``place`` is what stands behind the address of the page; in the group Ada and Bo take turns.
    """

    name: str
    place: str
    theme: Literal["light", "dark"]
    width: int
    height: int
    samples: tuple[str, ...]
    scale: float = 1.0


SHOTS = (
    Shot("sandbox-light", "#ada", "light", 1200, 800, ("Lively", "High and shaky")),
    Shot("sandbox-dark", "#bo", "dark", 1200, 800, ("Low and slow", "From soft")),
    Shot("sandbox-phone", "?chat_id=3", "light", 390, 780, ("High and shaky",), scale=2.0),
    Shot("sandbox-group", "#group", "light", 1200, 1200, ("Soft", "Low", "High", "Loud")),
)


async def main() -> None:
    """Run the sandbox and the bot, take every picture, and stop."""
    with TemporaryDirectory() as folder:
        await take_all(folder)


async def take_all(folder: str) -> None:
    """Take every picture of a bot that keeps its database in this folder."""
    stop = asyncio.Event()
    async with Sandbox() as sandbox, asyncio.TaskGroup() as tasks:
        update = {
            "bot_token": SecretStr(sandbox.token),
            "bot_api_url": sandbox.url,
            "database_url": SecretStr(f"sqlite:///{folder}/ser.sqlite3"),
        }
        tasks.create_task(run_bot(read_settings().model_copy(update=update), stop=stop))
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=find_chromium(), args=["--no-sandbox", "--disable-gpu"]
            )
            for shot in SHOTS:
                await take(browser, f"{sandbox.url}/{shot.place}", shot)
            await browser.close()
        stop.set()


def find_chromium() -> str:
    """Give the path of a Chromium, or end with a word on what is missing."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    sys.exit("no Chromium on the PATH")


async def take(browser: Browser, address: str, shot: Shot) -> None:
    """Hold a small conversation and take its picture."""
    page = await browser.new_page(
        viewport={"width": shot.width, "height": shot.height},
        device_scale_factor=shot.scale,
        color_scheme=shot.theme,
        reduced_motion="reduce",
        locale="en-GB",
    )
    await page.goto(address)
    await expect(page.locator("#status")).to_have_text("online", timeout=ANSWER_MS)
    if shot.place == "#group":
        await hold_mood_check(page, shot.samples)
    else:
        await hear_each(page, shot.samples)
    await page.mouse.move(0, 0)
    IMAGES.mkdir(exist_ok=True)
    await page.screenshot(path=IMAGES / f"{shot.name}.png")
    await page.close()


async def hear_each(page: Page, samples: tuple[str, ...]) -> None:
    """Send each sample to the bot alone, and wait for its answer."""
    for n_answers, sample in enumerate(samples, start=1):
        await send_sample(page, sample)
        answers = page.locator(".message.theirs").filter(has_text="Voice:")
        await expect(answers).to_have_count(n_answers, timeout=ANSWER_MS)


async def hold_mood_check(page: Page, samples: tuple[str, ...]) -> None:
    """Have Ada and Bo speak in turn in their group, then ask how it sounds."""
    speakers = page.get_by_role("navigation", name="Who speaks in the group")
    await expect(page.locator("#log")).to_contain_text("Hello!", timeout=ANSWER_MS)
    await page.get_by_role("button", name="/listen on").click()
    await expect(page.locator("#log")).to_contain_text("I listen here", timeout=ANSWER_MS)
    for number, sample in enumerate(samples):
        await speakers.get_by_role("link", name=("Ada", "Bo")[number % 2]).click()
        await send_sample(page, sample)
        await page.wait_for_timeout(HEARING_MS)  # when not sure, the bot shows nothing
    await page.locator("#group-help").get_by_role("button", name="/mood").click()
    await expect(page.locator(".has-photo img")).to_be_visible(timeout=ANSWER_MS)


async def send_sample(page: Page, sample: str) -> None:
    """Press the button of a sample; on a phone it is behind another one."""
    opener = page.locator("#open-side")
    if await opener.is_visible():
        await opener.click()
    name = re.compile(f"^Send the synthesised sample: {sample}")
    await page.get_by_role("button", name=name).click()


if __name__ == "__main__":
    asyncio.run(main())
