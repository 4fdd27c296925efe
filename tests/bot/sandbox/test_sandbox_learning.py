from __future__ import annotations

import asyncio
import re
from collections import Counter
from typing import TYPE_CHECKING

import pupils
import pytest
from browsing import MARKS, browse
from playwright.async_api import expect
from pydantic import SecretStr
from retrainings import change_plan

from bot.app import run_bot
from bot.settings import Settings
from ser_core.synthesis import encode_voice_note, speak

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from playwright.async_api import Locator, Page

    from bot.sandbox.server import Sandbox

pytestmark = MARKS

ADA = 1


class Visitor:
    """Be Ada or Bo on the page, and do what a person does there."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.answers = page.locator(".message.theirs")
        self._name = "Ada"
        self._sent = Counter[str]()

    async def become(self, name: str) -> None:
        """Go to the private chat of one of both."""
        self._name = name
        await self.page.get_by_role("link", name=name, exact=True).first.click()
        await expect(self.page.get_by_role("link", name=name, exact=True).first).to_have_attribute(
            "aria-current", "true"
        )

    async def say(self, text: str) -> None:
        """Write something; the menu of commands is left alone."""
        await self.page.get_by_role("textbox", name="Message").fill(text)
        await self.page.keyboard.press("Escape")
        await self.page.keyboard.press("Enter")
        await expect(self.page.locator(".message.mine").last).to_contain_text(text)

    async def send_note(self) -> Locator:
        """Send a voice note that nobody has sent before; give the answer to it."""
        data = encode_voice_note(speak("sad", "female", seconds=1.1 + self._sent.total() / 10))
        notes = self.page.locator(".message.has-voice")
        await expect(notes).to_have_count(self._sent[self._name])  # the chat is shown by now
        self._sent[self._name] += 1
        await self.page.locator("#file").set_input_files(
            {"name": "note.ogg", "mimeType": "audio/ogg", "buffer": data}
        )
        await self.page.get_by_role("button", name="Send", exact=True).click()
        await expect(notes).to_have_count(self._sent[self._name])
        number = (await notes.last.get_attribute("id") or "").removeprefix("message-")
        answer = self.page.locator(f"#message-{number} ~ .message.theirs").filter(has_text="Voice:")
        await expect(answer.last).to_be_visible()
        return answer.last

    async def expect_heard(self, emotion: str) -> Locator:
        """Send a note in which an emotion is to be heard; give the answer."""
        answer = await self.send_note()
        await expect(answer.locator(".text strong").first).to_have_text(emotion)
        return answer

    async def read(self, containing: str) -> Locator:
        """Wait for an answer with a text in it; give the newest."""
        answer = self.answers.filter(has_text=containing).last
        await expect(answer).to_be_visible()
        return answer

    async def press(self, message: Locator, label: str) -> None:
        """Press a button under a message."""
        await message.get_by_role("button", name=label).click()


@pytest.fixture
async def page(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Page]:
    """Open the page while a bot runs that can be taught, and whose admin is Ada."""
    settings = Settings(workers=1, admin_ids=frozenset({ADA})).model_copy(
        update={
            "bot_token": SecretStr(sandbox.token),
            "bot_api_url": sandbox.url,
            "database_url": SecretStr(f"sqlite:///{tmp_path / 'ser.sqlite3'}"),
        }
    )
    command = pupils.make_command(tmp_path, "taught-1", hold=tmp_path / "go on")
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(run_bot(settings, stop=stop, start=pupils.start, command=command))
        async with browse(sandbox.url) as page:
            await page.goto(sandbox.url)
            await expect(page.locator("#status")).to_have_text("online")
            yield page
        stop.set()


@pytest.mark.timeout(400)  # so many steps, each of which may wait for a busy machine
async def test_people_teach_the_bot_and_everybody_is_heard_better(
    page: Page, tmp_path: Path
) -> None:
    """From the first wrong answer to the last deletion, as docs/learning.md tells it."""
    visitor = Visitor(page)
    await _say_what_was_wrong(visitor)
    await _be_heard_better_alone(visitor)
    await _retrain(visitor, tmp_path / "go on")
    await _look_and_roll_back(visitor)
    await _be_forgotten(visitor)
    change_plan(tmp_path, id="taught-2")
    await visitor.say("/retrain")
    await visitor.read("Learnt from 0 lessons of 0 people")
    await visitor.expect_heard("Angry")


async def _say_what_was_wrong(visitor: Visitor) -> None:
    """Ada says what it was; the answer shows that, and the bot asks once whether it may learn."""
    await visitor.become("Bo")
    await visitor.expect_heard("Angry")
    await visitor.become("Ada")
    answer = await visitor.expect_heard("Angry")
    await visitor.press(answer, "Wrong")
    await visitor.press(answer, "Sad")
    await expect(answer.get_by_role("button", name="You said: Sad")).to_be_visible()
    question = await visitor.read("May I learn from that?")
    await visitor.press(question, "Yes, learn from me")
    await visitor.read("I learn from your notes from now on")


async def _be_heard_better_alone(visitor: Visitor) -> None:
    """From the next note on Ada is heard better; Bo is not, and may not retrain."""
    answer = await visitor.expect_heard("Sad")
    await visitor.press(answer, "Right")
    await expect(answer.get_by_role("button", name="You said: Sad")).to_be_visible()
    await expect(visitor.answers.filter(has_text="May I learn from that?")).to_have_count(0)
    await visitor.become("Bo")
    await visitor.expect_heard("Angry")
    await visitor.say("/retrain")
    await visitor.read("people who run me")


async def _retrain(visitor: Visitor, go_on: Path) -> None:
    """Ada's menu has /retrain; it shows how far it is, and notes are answered meanwhile.

    At the end the new model answers, so Bo is heard better, too.
    """
    await visitor.become("Ada")
    await visitor.say("/start")
    await visitor.read("Hello!")
    field = visitor.page.get_by_role("textbox", name="Message")
    await field.press_sequentially("/retr")
    await visitor.page.get_by_role("option", name="/retrain").click()
    board = await visitor.read("Learning")
    await expect(board).to_contain_text(re.compile(r"▰+▱+ \d+ %"))
    await visitor.expect_heard("Sad")
    await visitor.say("/retrain dry")
    await visitor.read("Ada began a retraining")
    await asyncio.to_thread(go_on.touch)
    result = await visitor.read("The new model answers from now on")
    await expect(result).to_contain_text("Learnt from 2 lessons of 1 person")
    picture = visitor.page.locator(".message.has-photo").last
    await expect(picture.get_by_role("img")).to_be_visible()
    await expect(picture).to_contain_text("taught-1")
    await visitor.become("Bo")
    await visitor.expect_heard("Sad")


async def _look_and_roll_back(visitor: Visitor) -> None:
    """Ada looks at models and figures, and returns to the model before: Bo hears it."""
    await visitor.become("Ada")
    await visitor.say("/models")
    await expect(await visitor.read("Models, the newest first")).to_contain_text("taught-1")
    await visitor.say("/stats")
    await expect(await visitor.read("The last 30 days")).to_contain_text("50 % of 2 opinions")
    await visitor.say("/rollback")
    await visitor.read("From now on another model answers")
    await visitor.become("Bo")
    await visitor.expect_heard("Angry")


async def _be_forgotten(visitor: Visitor) -> None:
    """Ada has herself forgotten: she is a stranger again."""
    await visitor.become("Ada")
    await visitor.say("/forget")
    await visitor.press(await visitor.read("Shall I forget you?"), "Yes, delete everything")
    await visitor.read("Everything is deleted")
    await visitor.expect_heard("Angry")
