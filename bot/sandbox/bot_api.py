"""The bot's side: `/bot<token>/<method>` and `/file/bot<token>/<path>`, as Telegram serves them.

Source: https://core.telegram.org/bots/api
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.sandbox import bot_account, bot_chats, bot_edits, bot_messages, bot_webhook
from bot.sandbox.faults import CALL_KINDS, DOWNLOAD_KINDS
from bot.sandbox.params import Params, WrongParameter, read_params
from bot.sandbox.refusals import BotApiError, refuse_bot
from bot.sandbox.spoiling import spoil
from bot.sandbox.state import State

if TYPE_CHECKING:
    from starlette.requests import Request

Method = Callable[[State, Params], object]

METHODS: Final[dict[str, Method]] = {
    "answercallbackquery": bot_chats.answer_callback_query,
    "deletemessage": bot_edits.delete_message,
    "deletemycommands": bot_account.delete_my_commands,
    "deletewebhook": bot_webhook.delete_webhook,
    "editmessagecaption": bot_edits.edit_message_caption,
    "editmessagemedia": bot_edits.edit_message_media,
    "editmessagereplymarkup": bot_edits.edit_message_reply_markup,
    "editmessagetext": bot_edits.edit_message_text,
    "getchat": bot_chats.get_chat,
    "getchatadministrators": bot_chats.get_chat_administrators,
    "getchatmember": bot_chats.get_chat_member,
    "getfile": bot_chats.get_file,
    "getme": bot_account.get_me,
    "getmycommands": bot_account.get_my_commands,
    "getwebhookinfo": bot_webhook.get_webhook_info,
    "sendchataction": bot_chats.send_chat_action,
    "senddocument": bot_messages.send_document,
    "sendmessage": bot_messages.send_message,
    "sendphoto": bot_messages.send_photo,
    "setmessagereaction": bot_edits.set_message_reaction,
    "setmycommands": bot_account.set_my_commands,
    "setmydescription": bot_account.set_my_description,
    "setmyshortdescription": bot_account.set_my_short_description,
    "setwebhook": bot_webhook.set_webhook,
}
"""Every method but getUpdates, which alone has to wait. Telegram ignores the case of names."""


def make_bot_routes(state: State) -> list[Route]:
    """Give the routes that the bot talks to."""

    async def call(request: Request) -> Response:
        fault = state.faults.choose(request.path_params["method"].lower(), CALL_KINDS)
        return await spoil(state.faults, fault, request, partial(_call, state, request))

    async def download(request: Request) -> Response:
        fault = state.faults.choose("download", (*CALL_KINDS, *DOWNLOAD_KINDS))
        return await spoil(state.faults, fault, request, partial(_download, state, request))

    return [
        Route("/bot{token}/{method}", call, methods=["GET", "POST"]),
        Route("/file/bot{token}/{path:path}", download),
    ]


async def _call(state: State, request: Request) -> Response:
    """Answer one method call in Telegram's envelope."""
    try:
        _check_token(state, request)
        params = await read_params(request)
        result = await _run(state, request.path_params["method"].lower(), params)
    except WrongParameter as error:
        return _answer_error(BotApiError(str(error)))
    except BotApiError as error:
        return _answer_error(error)
    return JSONResponse({"ok": True, "result": result})


async def _run(state: State, name: str, params: Params) -> object:
    """Give the result of a method."""
    state.limits.count(name)
    if name == "getupdates":
        return await bot_webhook.get_updates(state, params)
    if name not in METHODS:
        refuse_bot("method not found", HTTPStatus.NOT_FOUND)
    return METHODS[name](state, params)


async def _download(state: State, request: Request) -> Response:
    """Answer with the bytes of a file."""
    try:
        _check_token(state, request)
    except BotApiError as error:
        return _answer_error(error)
    file = state.files.find_path(request.path_params["path"])
    if file is None:
        return _answer_error(BotApiError("", HTTPStatus.NOT_FOUND))
    return Response(file.upload.data, media_type="application/octet-stream")


def _check_token(state: State, request: Request) -> None:
    """Refuse every token but the one that this sandbox has made."""
    if not secrets.compare_digest(request.path_params["token"].encode(), state.token.encode()):
        refuse_bot("", HTTPStatus.UNAUTHORIZED)


def _answer_error(error: BotApiError) -> Response:
    """Give the answer that says no."""
    content = {"ok": False, "error_code": error.status, "description": error.description}
    extra = {"parameters": dict(error.parameters)} if error.parameters else {}
    return JSONResponse(content | extra, status_code=error.status)
