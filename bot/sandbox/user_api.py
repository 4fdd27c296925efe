"""The user's side: what a person in a chat does and sees. docs/sandbox.md describes it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.sandbox.accounts import NAMES
from bot.sandbox.chats import Chat
from bot.sandbox.entering import find_chat, read_account
from bot.sandbox.groups import change_member, migrate, open_chat, open_topic, show_group
from bot.sandbox.ordering import order_faults, order_limit, show_faults
from bot.sandbox.params import Params, WrongParameter, read_params
from bot.sandbox.posting import post_message
from bot.sandbox.refusals import UserError, refuse_user
from bot.sandbox.samples import SAMPLES, find_sample, make_voice_note, show_sample
from bot.sandbox.scopes import find_commands
from bot.sandbox.state import State
from bot.sandbox.touching import delete_message, edit_message, press_button, react
from bot.sandbox.views import show_bot, show_chat

if TYPE_CHECKING:
    from starlette.requests import Request

MAX_WAIT_SECONDS: Final = 50

_PLAYABLE: Final = ("audio/", "video/", "image/png", "image/jpeg")
"""Anything else is saved, not shown: an uploaded page must not run as part of this one."""


Act = Callable[[State, Params], Awaitable[Response]]


def make_user_routes(state: State) -> list[Route]:
    """Give the routes that a user, the page and the tests talk to."""
    root = "/sandbox/api"
    posts: dict[str, Act] = {
        "/messages": _post_message,
        "/edits": _quietly(edit_message),
        "/deletions": _quietly(delete_message),
        "/reactions": _quietly(react),
        "/callbacks": _press_button,
        "/users/{user_id}": _change_account,
        "/chats/{chat_id}": _showing(open_chat),
        "/chats/{chat_id}/members": _showing(change_member),
        "/chats/{chat_id}/migration": _showing(migrate),
        "/chats/{chat_id}/topics": _open_topic,
        "/bot": _change_bot,
        "/limits": _quietly(order_limit),
        "/faults": _order_faults,
    }
    gets: dict[str, Act] = {
        "/chats/{chat_id}": _showing(find_chat),
        "/chats/{chat_id}/messages": _read_chat,
        "/files/{file_id}": _read_file,
        "/bot": _read_bot,
        "/faults": _show_faults,
        "/samples": _list_samples,
        "/samples/{name}": _read_sample,
    }
    return [
        Route(root + path, _answering(state, act), methods=[method])
        for method, acts in (("POST", posts), ("GET", gets))
        for path, act in acts.items()
    ]


def _answering(state: State, act: Act) -> Callable[[Request], Awaitable[Response]]:
    """Give an endpoint that reads the parameters, and says in JSON what is wrong with them."""

    async def endpoint(request: Request) -> Response:
        try:
            params = await read_params(request)
            params.values.update(request.path_params)
            return await act(state, params)
        except WrongParameter as error:
            return JSONResponse({"error": str(error)}, status_code=400)
        except UserError as error:
            return JSONResponse({"error": str(error)}, status_code=error.status)

    return endpoint


async def _post_message(state: State, params: Params) -> Response:
    """Post a message as a user."""
    return JSONResponse({"message_id": await post_message(state, params)})


async def _press_button(state: State, params: Params) -> Response:
    """Press a button as a user."""
    return JSONResponse({"callback_query_id": press_button(state, params)})


def _quietly(act: Callable[[State, Params], None]) -> Act:
    """Give what answers an act that has nothing to tell."""

    async def act_quietly(state: State, params: Params) -> Response:
        act(state, params)
        return JSONResponse({})

    return act_quietly


def _showing(act: Callable[[State, Params], Chat]) -> Act:
    """Give what answers with the chat itself as it is after an act."""

    async def act_and_show(state: State, params: Params) -> Response:
        return JSONResponse(show_group(act(state, params)))

    return act_and_show


async def _change_account(state: State, params: Params) -> Response:
    """Change the names or the language of a user, and show the account."""
    names = {name: params.text(name) for name in NAMES if name in params.values}
    if not names.get("first_name", "somebody").strip():
        refuse_user("first_name must not be empty")
    account = read_account(state, params)
    return JSONResponse(state.accounts.change(account["id"], **names))


async def _open_topic(state: State, params: Params) -> Response:
    """Begin a topic in a forum."""
    return JSONResponse({"message_thread_id": open_topic(state, params)})


async def _change_bot(state: State, params: Params) -> Response:
    """Switch the privacy mode of the bot as its owner does with @BotFather."""
    state.bot["can_read_all_group_messages"] = params.flag("can_read_all_group_messages")
    return await _read_bot(state, params)


async def _order_faults(state: State, params: Params) -> Response:
    """Have calls go wrong, and show the order."""
    order_faults(state, params)
    return await _show_faults(state, params)


async def _show_faults(state: State, _params: Params) -> Response:
    """Show which faults were ordered, and which happened."""
    return JSONResponse(show_faults(state))


async def _read_chat(state: State, params: Params) -> Response:
    """Show what is new in a chat; with ``wait``, hold the answer back until something is."""
    chat_id = params.number("chat_id")
    after, since = params.number("after", 0), params.number("since", 0)
    seconds = min(max(params.number("wait", 0), 0), MAX_WAIT_SECONDS)
    clock = asyncio.get_running_loop().time
    deadline = clock() + seconds
    while True:
        shown = _show(state, chat_id, after=after, since=since)
        # Other than asked for may also mean smaller: the sandbox was started anew.
        is_new = shown["revision"] != since if since else bool(shown["messages"])
        if is_new or not await state.chats.bell.wait(deadline - clock()):
            return JSONResponse(shown)


def _show(state: State, chat_id: int, *, after: int, since: int) -> dict[str, Any]:
    """Show a chat; one that nobody has begun is empty."""
    chat = state.chats.find(chat_id) or Chat(chat_id, "private")
    return show_chat(chat, after=after, since=since) | {"bot_is_here": state.updates.has_reader}


async def _read_file(state: State, params: Params) -> Response:
    """Give the bytes of a file, to be played or shown where that is safe."""
    file = state.files.find(params.text("file_id"))
    if file is None:
        refuse_user("there is no such file", HTTPStatus.NOT_FOUND)
    if file.upload.mime_type.startswith(_PLAYABLE):
        return Response(file.upload.data, media_type=file.upload.mime_type)
    headers = {"Content-Disposition": "attachment"}
    return Response(file.upload.data, headers=headers, media_type="application/octet-stream")


async def _read_bot(state: State, params: Params) -> Response:
    """Show the bot: its name, its descriptions, its commands for this user in this chat."""
    chat = state.chats.find(params.number("chat_id", 0))
    commands = find_commands(
        state,
        chat,
        kind=chat.kind if chat else params.text("chat_type", "private"),
        user_id=params.number("user_id", 0),
        language=params.text("language_code"),
    )
    return JSONResponse(show_bot(state, commands))


async def _list_samples(_state: State, _params: Params) -> Response:
    """List the voice notes that a visitor without a microphone can send."""
    return JSONResponse({"samples": [show_sample(sample) for sample in SAMPLES]})


async def _read_sample(_state: State, params: Params) -> Response:
    """Give one sample as a voice note in Ogg Opus."""
    sample = find_sample(params.text("name"))
    if sample is None:
        refuse_user("there is no such sample", HTTPStatus.NOT_FOUND)
    return Response(await asyncio.to_thread(make_voice_note, sample), media_type="audio/ogg")
