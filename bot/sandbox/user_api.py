"""The user's side: what a person in a chat does and sees. docs/sandbox.md describes it."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.sandbox.chats import Chat
from bot.sandbox.params import WrongParameter, read_params
from bot.sandbox.posting import post_message, press_button
from bot.sandbox.refusals import UserError, refuse_user
from bot.sandbox.samples import SAMPLES, find_sample, make_voice_note, show_sample
from bot.sandbox.views import show_bot, show_chat

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from bot.sandbox.params import Params
    from bot.sandbox.state import State

MAX_WAIT_SECONDS: Final = 50

_PLAYABLE: Final = ("audio/", "video/", "image/png", "image/jpeg")
"""Anything else is saved, not shown: an uploaded page must not run as part of this one."""


def make_user_routes(state: State) -> list[Route]:
    """Give the routes that a user, the page and the tests talk to."""
    return [
        Route("/sandbox/api/messages", _answering(state, _post_message), methods=["POST"]),
        Route("/sandbox/api/callbacks", _answering(state, _press_button), methods=["POST"]),
        Route("/sandbox/api/chats/{chat_id}/messages", _answering(state, _read_chat)),
        Route("/sandbox/api/files/{file_id}", _answering(state, _read_file)),
        Route("/sandbox/api/bot", _answering(state, _read_bot)),
        Route("/sandbox/api/samples", _answering(state, _list_samples)),
        Route("/sandbox/api/samples/{name}", _answering(state, _read_sample)),
    ]


def _answering(
    state: State, handle: Callable[[State, Params], Awaitable[Response]]
) -> Callable[[Request], Awaitable[Response]]:
    """Give an endpoint that reads the parameters, and says in JSON what is wrong with them."""

    async def endpoint(request: Request) -> Response:
        try:
            params = await read_params(request)
            params.values.update(request.path_params)
            return await handle(state, params)
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


async def _read_bot(state: State, _params: Params) -> Response:
    """Show the bot: its name, its descriptions, its commands."""
    return JSONResponse(show_bot(state))


async def _list_samples(_state: State, _params: Params) -> Response:
    """List the voice notes that a visitor without a microphone can send."""
    return JSONResponse({"samples": [show_sample(sample) for sample in SAMPLES]})


async def _read_sample(_state: State, params: Params) -> Response:
    """Give one sample as a voice note in Ogg Opus."""
    sample = find_sample(params.text("name"))
    if sample is None:
        refuse_user("there is no such sample", HTTPStatus.NOT_FOUND)
    return Response(await asyncio.to_thread(make_voice_note, sample), media_type="audio/ogg")
