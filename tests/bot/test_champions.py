from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from functools import partial
from shutil import copytree, ignore_patterns
from typing import TYPE_CHECKING

import hearings
import pytest
import retrainings

from bot import recogniser as recogniser_module
from bot.champions import Champions, _tell_reason
from bot.database import Database
from bot.database.models import promote, read_champion
from bot.errors import ModelGone
from bot.recogniser import Recogniser
from bot.worker import start_hearing
from ser_core.errors import ModelMissing, ModelUnreadable
from ser_core.parcel import pack_model
from ser_core.store import DEFAULT_FOLDER

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from bot.worker import Hearing


@asynccontextmanager
async def run_champions(
    database: Database,
    start: Callable[[str], Hearing] = hearings.start,
    *,
    shipped: str = "default",
    workers: int = 1,
) -> AsyncIterator[tuple[Champions, Recogniser]]:
    """Run what a bot has of both; its workers start with the champion."""
    recogniser = Recogniser(partial(start, shipped), workers=workers)
    champions = Champions(database, recogniser, start, shipped=shipped)
    try:
        await champions.open()
        yield champions, recogniser
    finally:
        await recogniser.close()
        await champions.close()


async def write_promotion(database: Database, *model_ids: str | None) -> None:
    """Make models the champion, one after the other, as another replica does."""
    async with database.begin() as session:
        for model_id in model_ids:
            await promote(session, model_id, promoted_by=1)


async def find_champion(database: Database) -> str | None:
    """Give the champion that the database names."""
    async with database.begin() as session:
        return await read_champion(session)


def read_manifests(folder: Path) -> list[str]:
    """Give the manifests of all models that were unpacked into a folder."""
    return [path.read_text() for path in folder.glob("ser-bot-*/*/manifest.json")]


async def test_without_a_promotion_the_model_that_ships_answers(database: Database) -> None:
    async with run_champions(database) as (champions, recogniser):
        assert champions.live is None
        assert recogniser.manifest == hearings.MANIFEST


async def test_a_bot_starts_with_the_champion(database: Database, tmp_path: Path) -> None:
    await retrainings.keep(database, tmp_path, "first")
    await write_promotion(database, "first")
    async with run_champions(database, workers=2) as (champions, recogniser):
        assert champions.live == "first"
        perception = await recogniser.recognise(b"anything")
        assert perception.recognition.model_id == "first"


async def test_a_champion_that_cannot_be_used_gives_way_to_the_one_before_it(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await retrainings.keep(database, tmp_path, "first")
    await retrainings.keep(database, tmp_path, "second", bundle=b"no parcel")
    await write_promotion(database, "first", "second")
    async with run_champions(database) as (champions, _):
        assert champions.live == "first"
        await champions.watch()  # does not try again what it has just refused
        assert champions.live == "first"
    assert capsys.readouterr().out.count("model not used") == 1


async def test_the_model_that_ships_is_the_last_resort(database: Database, tmp_path: Path) -> None:
    for model_id in ("first", "second", "third"):
        await retrainings.keep(database, tmp_path, model_id, bundle=b"no parcel")
    await write_promotion(database, "first", "second", "third")
    async with run_champions(database) as (champions, recogniser):
        assert champions.live is None
        assert recogniser.manifest == hearings.MANIFEST
        assert set(champions.reasons) == {"second", "third"}


async def test_a_model_before_the_one_that_ships_is_not_tried(
    database: Database, tmp_path: Path
) -> None:
    await retrainings.keep(database, tmp_path, "first")
    await retrainings.keep(database, tmp_path, "second", bundle=b"no parcel")
    await write_promotion(database, "first", None, "second")
    async with run_champions(database) as (champions, _):
        assert champions.live is None


async def test_without_any_model_the_operator_is_told(database: Database) -> None:
    with pytest.raises(ModelMissing):
        async with run_champions(database, hearings.start_without_model):
            pass


async def test_a_promotion_changes_the_workers_and_then_the_database(
    database: Database, tmp_path: Path
) -> None:
    await retrainings.keep(database, tmp_path, "first")
    async with run_champions(database, workers=2) as (champions, recogniser):
        await champions.promote("first", promoted_by=1)
        assert champions.live == await find_champion(database) == "first"
        assert recogniser.manifest["id"] == "first"
        await champions.promote(None, promoted_by=1)
        assert champions.live is await find_champion(database) is None
        assert recogniser.manifest == hearings.MANIFEST


async def test_the_champion_may_be_promoted_again(database: Database, tmp_path: Path) -> None:
    await retrainings.keep(database, tmp_path, "first")
    async with run_champions(database) as (champions, recogniser):
        await champions.promote("first", promoted_by=1)
        before = recogniser.process_ids
        await champions.promote("first", promoted_by=1)
        assert recogniser.process_ids == before


async def test_a_model_that_cannot_be_used_is_not_promoted(
    database: Database, tmp_path: Path
) -> None:
    await retrainings.keep(database, tmp_path, "damaged", bundle=b"no parcel")
    async with run_champions(database) as (champions, recogniser):
        with pytest.raises(ModelUnreadable):
            await champions.promote("damaged", promoted_by=1)
        with pytest.raises(ModelGone):
            await champions.promote("unknown", promoted_by=1)
        assert champions.live is await find_champion(database) is None
        assert recogniser.manifest == hearings.MANIFEST
        assert "damaged" in champions.reasons["damaged"]
        assert await recogniser.recognise(b"anything")


async def test_a_model_that_is_mended_loses_its_bad_name(
    database: Database, tmp_path: Path
) -> None:
    await retrainings.keep(database, tmp_path, "first", bundle=b"no parcel")
    async with run_champions(database) as (champions, _):
        with pytest.raises(ModelUnreadable):
            await champions.promote("first", promoted_by=1)
        await retrainings.keep(database, tmp_path, "first")
        await champions.promote("first", promoted_by=1)
        assert champions.reasons == {}


async def test_other_replicas_follow(database: Database, tmp_path: Path) -> None:
    await retrainings.keep(database, tmp_path, "first")
    async with run_champions(database) as (here, _), run_champions(database) as (there, ears):
        await here.promote("first", promoted_by=1)
        assert there.live is None
        await there.watch()
        assert there.live == "first"
        before = ears.process_ids
        await there.watch()
        assert ears.process_ids == before


async def test_a_replica_that_cannot_follow_stays_and_says_so_once(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await retrainings.keep(database, tmp_path, "damaged", bundle=b"no parcel")
    await retrainings.keep(database, tmp_path, "first")
    async with run_champions(database) as (champions, recogniser):
        await write_promotion(database, "damaged")
        await champions.watch()
        await champions.watch()
        assert champions.live is None
        assert await recogniser.recognise(b"anything")
        assert capsys.readouterr().out.count("model not used") == 1
        await write_promotion(database, "first")
        await champions.watch()
        assert champions.live == "first"
        await write_promotion(database, "damaged")  # which may have been mended by now
        await champions.watch()
        assert capsys.readouterr().out.count("model not used") == 1


async def test_a_system_without_room_for_one_more_process_keeps_the_champion(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_start: object, _limits: object) -> None:
        message = "cannot allocate memory"
        raise OSError(message)

    await retrainings.keep(database, tmp_path, "first")
    async with run_champions(database) as (champions, recogniser):
        monkeypatch.setattr(recogniser_module, "Worker", refuse)
        with pytest.raises(OSError, match="memory"):
            await champions.promote("first", promoted_by=1)
        await write_promotion(database, "first")
        await champions.watch()
        assert champions.live is None
        assert await recogniser.recognise(b"anything")


async def test_promotions_wait_for_each_other(database: Database, tmp_path: Path) -> None:
    for model_id in ("first", "second"):
        await retrainings.keep(database, tmp_path, model_id)
    async with run_champions(database) as (champions, recogniser):
        await asyncio.gather(
            champions.promote("first", promoted_by=1), champions.promote("second", promoted_by=2)
        )
        assert champions.live == recogniser.manifest["id"] == await find_champion(database)


async def test_no_more_of_a_model_lies_on_the_disk_than_is_needed(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for model_id in ("first", "second"):
        await retrainings.keep(database, tmp_path / "made", model_id)
    async with run_champions(database) as (champions, _):
        await champions.promote("first", promoted_by=1)
        await champions.promote("second", promoted_by=1)
        (left,) = read_manifests(tmp_path)
        assert "second" in left
    assert read_manifests(tmp_path) == []


async def test_a_real_model_is_whole_after_its_way_through_the_database(
    tmp_path: Path, voice_note: bytes
) -> None:
    database = await Database.open(f"sqlite:///{tmp_path}/ser.sqlite3")
    copy_default(tmp_path / "copy", "a-copy")
    whole = pack_model(tmp_path / "copy")
    await retrainings.keep(database, tmp_path, "a-copy", bundle=whole)
    (tmp_path / "copy" / "classifier.skops").write_bytes(b"half of it")
    await retrainings.keep(database, tmp_path, "torn", bundle=pack_model(tmp_path / "copy"))
    start = partial(start_hearing, max_seconds=60.0)
    async with run_champions(database, start) as (champions, recogniser):
        with pytest.raises(ModelUnreadable, match="not the file that was saved"):
            await champions.promote("torn", promoted_by=1)
        assert (await recogniser.recognise(voice_note)).recognition.model_id != "a-copy"
        await champions.promote("a-copy", promoted_by=1)
        perception = await recogniser.recognise(voice_note)
        assert perception.recognition.model_id == recogniser.manifest["id"] == "a-copy"
    await database.close()


def copy_default(folder: Path, model_id: str) -> None:
    """Copy the model that ships, under another name."""
    copytree(DEFAULT_FOLDER, folder, ignore=ignore_patterns("examples.npz"))
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_bytes()) | {"id": model_id}))


def test_a_reason_is_one_line() -> None:
    assert _tell_reason(ValueError("Traceback\n  …\nValueError: no")) == "ValueError: no"
    assert _tell_reason(ValueError()) == "ValueError"
