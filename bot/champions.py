"""Which model answers: the database names it, and the workers of every replica follow."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Final

import structlog

from bot.database.models import list_promotions, promote, read_bundle, read_champion
from bot.errors import ModelGone
from bot.workplaces import make_workplace
from ser_core.errors import SerError
from ser_core.parcel import unpack_model

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.database import Database
    from bot.recogniser import Recogniser
    from bot.worker import Hearing

_log = structlog.get_logger(__name__)

CHECK_SECONDS: Final = 3.0
"""How often it is checked whether another replica has promoted a model."""
_MAX_REASON: Final = 300
"""Characters of a reason; more would tell nobody more."""
_MAX_TRIES: Final = 2
"""So many models of the database are tried at the start, before the one that ships."""


class Champions:
    """Have the workers listen with the champion; where it cannot be used, with one that can.

    A model is known by its id; None is the one that ships, or that the settings name.
    """

    def __init__(
        self,
        database: Database,
        recogniser: Recogniser,
        start: Callable[[str], Hearing],
        *,
        shipped: str,
    ) -> None:
        """Keep what to follow, and how a worker starts with the model at a place."""
        self.live: str | None = None
        """The model that answers."""
        self.shipped = shipped
        """The place of the one that ships."""
        self.reasons: dict[str | None, str] = {}
        """Why models cannot be used, as far as they were tried."""
        self._database = database
        self._recogniser = recogniser
        self._start = start
        self._refused: set[str | None] = set()
        self._folder = make_workplace()
        self._places: list[Path] = []
        self._changing = asyncio.Lock()

    async def open(self) -> None:
        """Start the workers with the champion; if it cannot be used, with the one before it.

        Raises:
            SerError: whatever keeps the model that ships from starting.
        """
        for model_id in await self._list_candidates():
            try:
                place = await self._find_place(model_id)
                await self._recogniser.open(partial(self._start, place))
                self.live = model_id
                break
            except SerError as error:
                self._refuse(model_id, error)
                if model_id is None:
                    raise

    async def watch(self) -> None:
        """Change to the champion if it is another one by now; stay if it cannot be used."""
        async with self._changing:
            champion = await self.find()
            self._refused &= {champion}
            if champion == self.live or champion in self._refused:
                return
            try:
                await self._change(champion)
            except (SerError, OSError) as error:
                self._refuse(champion, error)

    async def find(self) -> str | None:
        """Give the champion that the database names, whether it can be used here or not."""
        async with self._database.begin() as session:
            return await read_champion(session)

    async def promote(self, model_id: str | None, *, promoted_by: int | None) -> None:
        """Make a model the champion, once the workers here listen with it.

        Raises:
            SerError: whatever keeps it from being used; the champion is then as before.
            OSError: the same, where the system has no room for one more process.
        """
        async with self._changing:
            if model_id != self.live:
                try:
                    await self._change(model_id)
                except (SerError, OSError) as error:
                    self.reasons[model_id] = _tell_reason(error)
                    raise
            async with self._database.begin() as session:
                await promote(session, model_id, promoted_by=promoted_by)

    async def unpack(self, model_id: str | None, folder: Path) -> str:
        """Give the place of a model, which is written to a folder unless it is the shipped one.

        Raises:
            SerError: if it is not kept, or damaged.
        """
        if model_id is None:
            return self.shipped
        async with self._database.begin() as session:
            bundle = await read_bundle(session, model_id)
        if bundle is None:
            raise ModelGone(model_id)
        await asyncio.to_thread(unpack_model, bundle, folder)
        return str(folder)

    async def close(self) -> None:
        """Delete the folders of the models that were used."""
        await asyncio.to_thread(rmtree, self._folder, ignore_errors=True)

    async def _list_candidates(self) -> list[str | None]:
        """Give the models to be tried at the start, the champion first, the shipped one last."""
        async with self._database.begin() as session:
            promotions = await list_promotions(session)
        ids = dict.fromkeys(promotion.model_id for promotion in promotions)
        kept = list(ids)[:_MAX_TRIES]
        return [*kept[: kept.index(None)], None] if None in kept else [*kept, None]

    async def _change(self, model_id: str | None) -> None:
        """Change the workers to a model."""
        place = await self._find_place(model_id)
        await self._recogniser.change(partial(self._start, place))  # from the newest place
        self.live = model_id
        self.reasons.pop(model_id, None)
        _log.info("model changed", model=self._recogniser.manifest.get("id"))
        *stale, fresh = self._places
        self._places = [fresh]
        for folder in stale:
            await asyncio.to_thread(rmtree, folder, ignore_errors=True)

    async def _find_place(self, model_id: str | None) -> str:
        """Give the place of a model, in a folder of our own."""
        place = Path(mkdtemp(dir=self._folder))
        self._places.append(place)
        return await self.unpack(model_id, place)

    def _refuse(self, model_id: str | None, error: Exception) -> None:
        """Remember why a model cannot be used, and tell the operator."""
        self.reasons[model_id] = _tell_reason(error)
        self._refused.add(model_id)
        _log.error("model not used", model=model_id, reason=_tell_reason(error))


def _tell_reason(error: Exception) -> str:
    """Give the last line of an error, which of a traceback is the one that tells most."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[-1][:_MAX_REASON]
