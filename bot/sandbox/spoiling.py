"""How calls and updates go wrong, once it is chosen that they do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from starlette.responses import JSONResponse, Response

from bot.sandbox.dropping import DroppedAnswer, SlowAnswer
from bot.sandbox.faults import POLL_KINDS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from starlette.requests import Request

    from bot.sandbox.faults import Faults

    CarryOut = Callable[[], Awaitable[Response]]

_BAD_GATEWAY: Final = (
    "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1>"
    "</center><hr><center>nginx/1.18.0</center></body></html>"
)
"""What stands before Telegram answers in its own name, which is not JSON."""


async def spoil(
    faults: Faults, kind: str | None, request: Request, carry_out: CarryOut
) -> Response:
    """Give the answer to a call, or what stands in its place."""
    if kind in {"flood", "server_error", "bad_gateway"}:
        return _refuse(kind, faults.ordered.retry_after)
    if kind == "dropped_before":
        return DroppedAnswer()
    if kind == "held_before":
        await request.body()
        await faults.hold()
        # Whoever has gone meanwhile has sent nothing: a call is never carried out after its time.
        return DroppedAnswer() if await request.is_disconnected() else await carry_out()
    return await _spoil_answer(faults, kind, await carry_out())


def spoil_updates(
    faults: Faults, updates: list[dict[str, Any]], confirmed: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Give the updates that a poll hands over, or the same in trouble.

    One that was ``confirmed`` long ago may come again, and the newest before the older ones.
    """
    kind = faults.choose("updates", POLL_KINDS) if updates else None
    if kind == "duplicate":
        return [*updates, (confirmed or updates)[-1]]
    return updates[::-1] if kind == "out_of_order" else updates


def _refuse(kind: str, retry_after: int) -> Response:
    """Say no before anything was carried out."""
    if kind == "bad_gateway":
        return Response(_BAD_GATEWAY, status_code=502, media_type="text/html")
    if kind == "server_error":
        content = {"ok": False, "error_code": 500, "description": "Internal Server Error"}
        return JSONResponse(content, status_code=500)
    content = {
        "ok": False,
        "error_code": 429,
        "description": f"Too Many Requests: retry after {retry_after}",
        "parameters": {"retry_after": retry_after},
    }
    return JSONResponse(content, status_code=429)


async def _spoil_answer(faults: Faults, kind: str | None, answer: Response) -> Response:
    """Give the answer to what was carried out, or lose it on the way."""
    if kind == "dropped_after":
        return DroppedAnswer()
    if kind == "held_after":
        await faults.hold()
    if kind == "slow_download":
        return SlowAnswer(answer, faults.hold)
    if kind == "cut_download":
        return DroppedAnswer(answer)
    if kind == "short_download":
        half = answer.body[: len(answer.body) // 2]
        return Response(half, answer.status_code, media_type=answer.media_type)
    return answer
