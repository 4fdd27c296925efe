"""Bot API methods about how updates reach the bot: fetched by it, or brought by a webhook."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import httpx

from bot.sandbox.refusals import refuse_bot
from bot.sandbox.spoiling import spoil_updates
from bot.sandbox.webhook import WebhookPlace

if TYPE_CHECKING:
    from bot.sandbox.params import Params
    from bot.sandbox.state import State

MAX_POLL_SECONDS: Final = 50
MAX_UPDATES: Final = 100
MAX_CONNECTIONS: Final = 100
MAX_SECRET: Final = 256

_USUAL_CONNECTIONS: Final = 40
_HERE: Final = ("127.0.0.1", "localhost")
_SECRET = re.compile(r"[A-Za-z0-9_-]*")
_HAS_WEBHOOK: Final = (
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the "
    "webhook first"
)


async def get_updates(state: State, params: Params) -> list[dict[str, Any]]:
    """Give what waits for the bot; hold the answer back until there is something."""
    if state.webhook.place is not None:
        refuse_bot(_HAS_WEBHOOK, HTTPStatus.CONFLICT)
    limit = min(max(params.number("limit", MAX_UPDATES), 1), MAX_UPDATES)
    timeout_seconds = min(max(params.number("timeout", 0), 0), MAX_POLL_SECONDS)
    state.updates.allow(_read_kinds(params))
    state.updates.confirm(params.number("offset", 0))
    taken = await state.updates.take(limit, timeout_seconds)
    return spoil_updates(state.faults, taken, state.updates.confirmed)


def set_webhook(state: State, params: Params) -> object:
    """Have updates brought to an address; without one, as `delete_webhook`."""
    if not params.has("url"):
        return delete_webhook(state, params)
    number = params.number("max_connections", _USUAL_CONNECTIONS)
    place = WebhookPlace(
        _read_address(params), _read_secret(params), min(max(number, 1), MAX_CONNECTIONS)
    )
    state.updates.allow(_read_kinds(params))
    _drop_if_asked(state, params)
    if place != state.webhook.place:
        state.webhook.open(place, state.updates, state.faults)
    return True


def delete_webhook(state: State, params: Params) -> object:
    """Have updates wait until they are fetched; forget what waits if asked to."""
    state.webhook.close()
    state.updates.end_delivering()
    _drop_if_asked(state, params)
    return True


def get_webhook_info(state: State, _params: Params) -> object:
    """Say where updates are brought, how many wait, and what went wrong last."""
    place = state.webhook.place
    shown: dict[str, Any] = {
        "url": place.url if place else "",
        "has_custom_certificate": False,
        "pending_update_count": len(state.updates),
    }
    if place:
        shown["max_connections"] = place.max_connections
    if place and state.webhook.last_error:
        shown["last_error_date"], shown["last_error_message"] = state.webhook.last_error
    if state.updates.allowed:
        shown["allowed_updates"] = state.updates.allowed
    return shown


def _drop_if_asked(state: State, params: Params) -> None:
    """Forget what waits if the bot wants that."""
    if params.flag("drop_pending_updates"):
        state.updates.clear()


def _read_address(params: Params) -> str:
    """Give the address of a webhook; plain HTTP will do on this computer."""
    url = params.text("url")
    try:
        address = httpx.URL(url)
    except httpx.InvalidURL:
        refuse_bot("bad webhook: invalid webhook URL specified")
    if address.scheme != "https" and not (address.scheme == "http" and address.host in _HERE):
        refuse_bot("bad webhook: An HTTPS URL must be provided for webhook")
    if not address.host:
        refuse_bot("bad webhook: invalid webhook URL specified")
    return url


def _read_secret(params: Params) -> str:
    """Give what the header of each delivery holds."""
    secret = params.text("secret_token")
    if len(secret) > MAX_SECRET:
        refuse_bot("secret token is too long")
    if not _SECRET.fullmatch(secret):
        refuse_bot("secret token contains unallowed characters")
    return secret


def _read_kinds(params: Params) -> list[str] | None:
    """Give the kinds of updates that the bot names, or None if it does not say."""
    kinds = params.structure("allowed_updates")
    if kinds is not None and not isinstance(kinds, list):
        refuse_bot("can't parse allowed_updates: expected an Array of String")
    return kinds
