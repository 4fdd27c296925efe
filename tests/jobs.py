"""Jobs that stand in no database, and a bot's side of the sandbox without a bot behind it."""

from __future__ import annotations

import itertools
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import httpx
from person import Person
from telegram import Update
from telegram.ext import Defaults, ExtBot
from telegram.request import HTTPXRequest

from bot.database.inbox import NOTE, Taken
from bot.errors import JobTaken
from bot.job import Job
from bot.metrics import Metrics
from bot.numbering import Numbering
from bot.patience import Patience
from bot.sandbox.faults import FaultOrder
from bot.sandbox.server import Sandbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy.ext.asyncio import AsyncSession
    from telegram import Message

    from bot.database import Database

_numbers = itertools.count(1)


class PaperJob(Job):
    """Hold a job; what would be kept of it is in ``kept``, the latest last."""

    def __init__(self, **changes: Any) -> None:  # noqa: ANN401 - whatever a job holds
        nothing = Taken(next(_numbers), NOTE, datetime.now(UTC), "{}", None, 0, None, None)
        super().__init__(cast("Database", None), 1, nothing._replace(**changes))
        self.kept: list[tuple[int | None, int | None]] = []
        self.is_taken = False

    async def _change(self, *, answer_id: int | None, sent_after: int | None) -> None:
        if self.is_taken:
            raise JobTaken(self.update_id)
        self.kept.append((answer_id, sent_after))
        self.answer_id, self.sent_after = answer_id, sent_after

    async def count_try(self, _session: AsyncSession) -> None:
        """Count in memory."""
        if self.is_taken:
            raise JobTaken(self.update_id)
        self.n_tries += 1

    async def check(self, _session: AsyncSession) -> None:
        """Find the job as it is."""
        if self.is_taken:
            raise JobTaken(self.update_id)

    def pass_on(self) -> PaperJob:
        """Give the job as whoever takes it over finds it."""
        return PaperJob(
            update_id=self.update_id, answer_id=self.answer_id, sent_after=self.sent_after
        )


class Desk:
    """Hold a sandbox, the bot's connection to it, and somebody who is alone with the bot."""

    def __init__(self, sandbox: Sandbox, bot: ExtBot[None], client: httpx.AsyncClient) -> None:
        self.sandbox = sandbox
        self.bot = bot
        self.person = Person(client, 7, 7)
        sandbox.state.accounts.change(7)

    async def take_note(self, person: Person | None = None, data: bytes | None = None) -> Message:
        """Have somebody send a note; give it as the bot gets it."""
        await (person or self.person).send(data)
        updates = await self.bot.get_updates(allowed_updates=Update.ALL_TYPES)
        await self.bot.get_updates(updates[-1].update_id + 1, allowed_updates=Update.ALL_TYPES)
        assert updates[-1].message is not None
        return updates[-1].message

    def spoil(self, method: str, kind: str, *, times: int | None = 1) -> None:
        """Have the next calls of a method, named in lower case, go wrong in one way."""
        order = FaultOrder(1.0, frozenset({kind}), frozenset({method}), n_faults=times)
        self.sandbox.state.faults.order(order)

    async def see_answers(self) -> list[dict[str, Any]]:
        """Give what stands there of the bot."""
        return [one for one in await self.person.see_all() if one["from_bot"]]


@asynccontextmanager
async def open_desk(numbering: Numbering | None = None) -> AsyncIterator[Desk]:
    """Run a sandbox, and connect a bot to it that is as patient as ours."""
    options = {"trust_env": False}
    async with Sandbox(port=0) as sandbox:
        bot = ExtBot(
            sandbox.token,
            base_url=f"{sandbox.url}/bot",
            base_file_url=f"{sandbox.url}/file/bot",
            request=HTTPXRequest(httpx_kwargs=options),
            get_updates_request=HTTPXRequest(httpx_kwargs=options),
            defaults=Defaults(allow_sending_without_reply=True),
            rate_limiter=Patience(Metrics(), numbering or Numbering()),
        )
        async with bot, httpx.AsyncClient(base_url=sandbox.url, trust_env=False) as client:
            yield Desk(sandbox, bot, client)
