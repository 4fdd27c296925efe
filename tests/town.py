"""The whole bot, running against the sandbox over real HTTP, and people who talk to it."""

from __future__ import annotations

import asyncio
import itertools
from contextlib import asynccontextmanager
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import hearings
import httpx
from person import Person
from pydantic import SecretStr

from bot.app import run_bot
from bot.sandbox.accounts import BOT_ID
from bot.sandbox.server import Sandbox
from bot.settings import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Sequence

    from bot.worker import Hearing

__all__ = ["Person", "Town", "run_town"]

_chat_ids = itertools.count(5_000)


class Town:
    """Hold a sandbox in which the bot runs."""

    def __init__(
        self,
        sandbox: Sandbox,
        client: httpx.AsyncClient,
        launch: Callable[[asyncio.Event], Coroutine[Any, Any, None]],
    ) -> None:
        self.sandbox = sandbox
        self._client = client
        self._launch = launch
        self.start()

    def start(self) -> None:
        """Start the bot, again where it has stopped: it then goes on where it was."""
        self.stop = asyncio.Event()
        self.running = asyncio.create_task(self._launch(self.stop))

    def meet(self, user_id: int | None = None, **names: str) -> Person:
        """Give somebody whom the bot has never met; ``language_code`` is English by default."""
        user_id = user_id or next(_chat_ids)
        self.sandbox.state.accounts.change(user_id, **names)
        return Person(self._client, user_id, user_id)

    def gather(
        self, n: int = 2, *, admins: int = 1, kind: str = "group", is_forum: bool = False
    ) -> tuple[Person, ...]:
        """Give people in a group of their own, where the bot has been for long.

        The first ``admins`` of them are its creator and its administrators.
        """
        state = self.sandbox.state
        group = state.chats.begin(-next(_chat_ids), kind, bot_role="member")
        group.is_forum = is_forum
        people = tuple(self.meet().in_group(group.chat_id) for _ in range(n))
        roles = ["creator", *["administrator"] * n][:admins] + ["member"] * n
        for person, role in zip(people, roles, strict=False):
            group.users[person.user_id] = state.accounts.find(person.user_id)
            group.roles[person.user_id] = role
        return people

    async def change_role(self, person: Person, role: str) -> None:
        """Make somebody ``administrator`` or ``member`` of the group, or have them ``left``."""
        await person.ask(f"chats/{person.chat_id}/members", role=role)

    async def change_bot_role(self, person: Person, role: str) -> None:
        """Have the bot added (``member``), made ``administrator``, or removed (``kicked``)."""
        path = f"chats/{person.chat_id}/members"
        await person.ask(path, user_id=BOT_ID, role=role)

    async def upgrade(self, person: Person) -> Person:
        """Make a supergroup of the person's group, and give the same person there."""
        shown = await person.ask(f"chats/{person.chat_id}/migration")
        return person.in_group(int(shown["chat_id"]))

    async def open_topic(self, person: Person, name: str) -> int:
        """Begin a topic in the person's forum, and give its number."""
        shown = await person.ask(f"chats/{person.chat_id}/topics", name=name)
        return int(shown["message_thread_id"])

    async def open_channel(self, person: Person, *, is_linked: bool = False) -> Person:
        """Give the person in a channel of their own, with the bot; linked to their group or not."""
        channel = person.in_group(-next(_chat_ids))
        linked = {"linked_chat_id": person.chat_id} if is_linked else {}
        path = f"chats/{channel.chat_id}"
        await channel.ask(path, chat_type="channel", title=f"Channel {channel.chat_id}", **linked)
        await self.change_bot_role(channel, "administrator")
        return channel

    async def flood(self, method: str, *, n_calls: int = 1, retry_after: int = 1) -> None:
        """Have the next calls of a Bot API method answered that they are too many."""
        data = {"method": method, "n_calls": n_calls, "retry_after": retry_after}
        (await self._client.post("/sandbox/api/limits", data=data)).raise_for_status()


def _make_client(url: str) -> httpx.AsyncClient:
    """Give the browser, as it were, of everybody in the town."""
    return httpx.AsyncClient(base_url=url, timeout=30, trust_env=False)


@asynccontextmanager
async def run_town(
    *,
    obey_signals: bool = False,
    start: Callable[[str], Hearing] | None = hearings.start,
    command: Sequence[str] | None = None,
    reads_groups: bool = True,
    **options: object,
) -> AsyncIterator[Town]:
    """Run the bot in a sandbox; the options are settings. Without ``start``, the model listens.

    ``command`` trains it anew, by default as the bot does. ``reads_groups`` is the opposite of
    Telegram's privacy mode. Without a ``database_url`` there is a new SQLite file, which goes with
    the town.
    """
    with TemporaryDirectory() as folder:
        options.setdefault("database_url", f"sqlite:///{folder}/ser.sqlite3")
        async with _run_town(
            start, command, options, obey_signals=obey_signals, reads_groups=reads_groups
        ) as town:
            yield town


@asynccontextmanager
async def _run_town(
    start: Callable[[str], Hearing] | None,
    command: Sequence[str] | None,
    options: dict[str, object],
    *,
    obey_signals: bool,
    reads_groups: bool,
) -> AsyncIterator[Town]:
    """Run the bot in a sandbox."""
    async with Sandbox(port=0) as sandbox, _make_client(sandbox.url) as client:
        sandbox.state.bot["can_read_all_group_messages"] = reads_groups
        update = {"bot_token": SecretStr(sandbox.token), "bot_api_url": sandbox.url}
        settings = Settings(**{"workers": 1, **options}).model_copy(update=update)

        def launch(stop: asyncio.Event) -> Coroutine[Any, Any, None]:
            return run_bot(
                settings, stop=None if obey_signals else stop, start=start, command=command
            )

        town = Town(sandbox, client, launch)
        try:
            yield town
        finally:
            town.stop.set()
            await town.running
