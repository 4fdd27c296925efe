"""The chat page: three kinds of plain files, served as they are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from starlette.responses import FileResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

if TYPE_CHECKING:
    from starlette.requests import Request

STATIC: Final = Path(__file__).parent / "static"


def make_page_routes() -> list[BaseRoute]:
    """Give the routes of the page and of what it is made of."""

    async def show_page(_request: Request) -> FileResponse:
        return FileResponse(STATIC / "index.html", headers={"Cache-Control": "no-cache"})

    return [Route("/", show_page), Mount("/static", StaticFiles(directory=STATIC))]
