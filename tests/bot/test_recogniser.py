from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import hearings
import pytest

from bot import recogniser as recogniser_module
from bot.errors import RecognitionFailed, Stopping, WorkerDied, WorkerTimeout
from bot.recogniser import Recogniser, Worker
from ser_core.errors import ModelMissing, TooShort

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from bot.confinement import Limits
    from bot.worker import Hearing


async def until_begun(go: Path) -> None:
    """Wait until a worker listens to the note that waits for a path."""
    await asyncio.to_thread(hearings.wait_for, go.with_suffix(".begun"))


async def lose_worker(recogniser: Recogniser) -> None:
    """Kill the only worker, and wait until that has been seen."""
    (victim,) = recogniser.process_ids
    os.kill(victim or 0, signal.SIGKILL)
    with suppress(ChildProcessError):  # multiprocessing has seen that it ended
        await asyncio.to_thread(os.waitid, os.P_PID, victim or 0, os.WEXITED | os.WNOWAIT)


async def test_a_note_is_recognised_in_another_process() -> None:
    async with Recogniser(hearings.start, workers=1) as recogniser:
        perception = await recogniser.recognise(b"anything")
        assert perception.recognition == hearings.make_recognition()
        assert os.getpid() not in recogniser.process_ids


async def test_the_manifest_of_the_model_is_known_once_the_workers_are_warm() -> None:
    async with Recogniser(hearings.start, workers=1) as recogniser:
        assert recogniser.manifest == hearings.MANIFEST


async def test_notes_are_taken_as_long_as_a_warm_worker_is_there(tmp_path: Path) -> None:
    recogniser = Recogniser(partial(hearings.start_slowly, str(tmp_path / "go")), workers=1)
    assert not recogniser.is_ready
    async with recogniser_that_starts(recogniser, tmp_path / "go"):
        assert recogniser.is_ready
        (tmp_path / "go").unlink()
        await lose_worker(recogniser)
        assert not recogniser.is_ready
        (tmp_path / "go").touch()
        assert await recogniser.recognise(b"anything")
        assert recogniser.is_ready
    assert not recogniser.is_ready


@asynccontextmanager
async def recogniser_that_starts(recogniser: Recogniser, go: Path) -> AsyncIterator[None]:
    """Open a recogniser whose worker waits for a path; it is not ready before."""
    opening = asyncio.ensure_future(recogniser.open())
    await until_begun(go)
    assert not recogniser.is_ready
    await asyncio.to_thread(go.touch)
    await opening
    try:
        yield
    finally:
        await recogniser.close()


async def test_an_error_crosses_the_processes_with_its_attributes() -> None:
    async with Recogniser(hearings.start, workers=1) as recogniser:
        with pytest.raises(TooShort) as error:
            await recogniser.recognise(b"short")
    assert (error.value.seconds, error.value.min_seconds) == (0.2, 0.5)


async def test_a_mistake_in_the_recognition_fails_one_note_and_keeps_its_traceback() -> None:
    async with Recogniser(hearings.start, workers=1) as recogniser:
        before = recogniser.process_ids
        with pytest.raises(RecognitionFailed) as error:
            await recogniser.recognise(b"mistake")
        await recogniser.recognise(b"anything")
        assert recogniser.process_ids == before
    assert "a mistake in the recognition" in error.value.details
    assert "hearings.py" in error.value.details


async def test_a_note_whose_worker_dies_is_tried_once_more_and_fails_alone(tmp_path: Path) -> None:
    go, tries = tmp_path / "go", tmp_path / "tries"
    async with Recogniser(hearings.start, workers=2) as recogniser:
        before = recogniser.process_ids
        other = asyncio.ensure_future(recogniser.recognise(f"wait {go}".encode()))
        await until_begun(go)
        with pytest.raises(WorkerDied) as error:
            await recogniser.recognise(f"die {tries}".encode())
        assert await recogniser.recognise(b"anything")
        go.touch()
        assert await other
        assert len(recogniser.process_ids & before) == 1
        assert len(recogniser.process_ids) == 2
    assert error.value.exit_code == 3
    assert tries.read_text() == "died\n" * 2


async def test_a_note_whose_worker_was_killed_for_something_else_is_answered(
    tmp_path: Path,
) -> None:
    go = tmp_path / "go"
    async with Recogniser(hearings.start, workers=1) as recogniser:
        note = asyncio.ensure_future(recogniser.recognise(f"wait {go}".encode()))
        await until_begun(go)
        (victim,) = recogniser.process_ids
        go.touch()
        os.kill(victim or 0, signal.SIGKILL)
        assert await note


async def test_a_note_that_took_too_long_is_not_tried_again(tmp_path: Path) -> None:
    begun = tmp_path / "never.begun"
    async with Recogniser(hearings.start, workers=1, timeout_seconds=0.5) as recogniser:
        note = asyncio.ensure_future(recogniser.recognise(f"wait {tmp_path / 'never'}".encode()))
        await asyncio.to_thread(hearings.wait_for, begun)
        begun.unlink()
        with pytest.raises(WorkerTimeout):
            await note
        assert await recogniser.recognise(b"anything")
    assert not begun.exists()


async def test_a_worker_that_is_killed_while_idle_costs_no_note() -> None:
    async with Recogniser(hearings.start, workers=1) as recogniser:
        before = recogniser.process_ids
        await lose_worker(recogniser)
        assert await recogniser.recognise(b"anything")
        assert not recogniser.process_ids & before


async def test_a_worker_that_takes_too_long_is_ended_and_replaced(tmp_path: Path) -> None:
    async with Recogniser(hearings.start, workers=1, timeout_seconds=0.1) as recogniser:
        (slow,) = recogniser.process_ids
        with pytest.raises(WorkerTimeout) as error:
            await recogniser.recognise(f"wait {tmp_path / 'never'}".encode())
        assert await recogniser.recognise(b"anything")
        assert slow not in recogniser.process_ids
    assert error.value.timeout_seconds == 0.1


async def test_a_worker_is_replaced_as_soon_as_that_is_possible(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recogniser_module, "_RETRY_SECONDS", 0.05)
    mark = tmp_path / "mark"
    async with Recogniser(partial(hearings.start_once, str(mark)), workers=1) as recogniser:
        await lose_worker(recogniser)
        waiting = asyncio.ensure_future(recogniser.recognise(b"anything"))
        await asyncio.sleep(0.3)
        assert not waiting.done()
        mark.unlink()
        assert await waiting


async def test_a_worker_is_replaced_once_the_system_lets_it_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recogniser_module, "_RETRY_SECONDS", 0.0)
    refusals = [OSError("cannot allocate memory")]

    def start_worker(start: Callable[[], Hearing], limits: Limits) -> Worker:
        if refusals:
            raise refusals.pop()
        return Worker(start, limits)

    async with Recogniser(hearings.start, workers=1) as recogniser:
        monkeypatch.setattr(recogniser_module, "Worker", start_worker)
        with pytest.raises(WorkerDied):
            await recogniser.recognise(b"die")
        assert await recogniser.recognise(b"anything")
    assert not refusals


async def test_notes_beyond_the_workers_wait_for_their_turn(tmp_path: Path) -> None:
    go = tmp_path / "go"
    async with Recogniser(hearings.start, workers=1) as recogniser:
        first = asyncio.ensure_future(recogniser.recognise(f"wait {go}".encode()))
        second = asyncio.ensure_future(recogniser.recognise(b"anything"))
        await until_begun(go)
        assert not second.done()
        go.touch()
        assert await first
        assert await second


async def test_a_note_that_nobody_waits_for_any_more_is_skipped(tmp_path: Path) -> None:
    go, skipped = tmp_path / "go", tmp_path / "skipped"
    async with Recogniser(hearings.start, workers=1) as recogniser:
        first = asyncio.ensure_future(recogniser.recognise(f"wait {go}".encode()))
        second = asyncio.ensure_future(recogniser.recognise(f"wait {skipped}".encode()))
        await until_begun(go)
        second.cancel()
        go.touch()
        assert await first
        assert await recogniser.recognise(b"anything")
    assert not skipped.with_suffix(".begun").exists()


async def test_giving_up_on_a_note_leaves_the_worker_in_order(tmp_path: Path) -> None:
    go = tmp_path / "go"
    async with Recogniser(hearings.start, workers=1) as recogniser:
        first = asyncio.ensure_future(recogniser.recognise(f"wait {go}".encode()))
        await until_begun(go)
        first.cancel()
        go.touch()
        with pytest.raises(TooShort):
            await recogniser.recognise(b"short")


async def test_closing_tells_whoever_waits_and_leaves_no_process(tmp_path: Path) -> None:
    go = tmp_path / "go"
    async with Recogniser(hearings.start, workers=1) as recogniser:
        (worker,) = recogniser.process_ids
        listening = asyncio.ensure_future(recogniser.recognise(f"wait {go}".encode()))
        waiting = asyncio.ensure_future(recogniser.recognise(b"anything"))
        await until_begun(go)
    for note in (listening, waiting):
        with pytest.raises(Stopping):
            await note
    with pytest.raises(Stopping):
        await recogniser.recognise(b"anything")
    with pytest.raises(ProcessLookupError):
        os.kill(worker or 0, 0)


async def test_an_operator_error_at_the_start_reaches_the_operator() -> None:
    with pytest.raises(ModelMissing) as error:
        async with Recogniser(hearings.start_without_model, workers=2):
            pass
    assert error.value.place == "/nowhere"


async def test_a_mistake_at_the_start_is_told_with_its_traceback() -> None:
    with pytest.raises(RecognitionFailed, match="a mistake at the start"):
        async with Recogniser(hearings.start_with_mistake, workers=1):
            pass


async def test_a_worker_that_dies_at_the_start_is_told() -> None:
    with pytest.raises(WorkerDied) as error:
        async with Recogniser(hearings.start_and_die, workers=1):
            pass
    assert error.value.exit_code == 4


async def test_a_start_that_failed_may_be_tried_with_another_model() -> None:
    recogniser = Recogniser(hearings.start_without_model, workers=2)
    try:
        with pytest.raises(ModelMissing):
            await recogniser.open()
        assert recogniser.process_ids == set()
        await recogniser.open(hearings.start)
        assert await recogniser.recognise(b"anything")
    finally:
        await recogniser.close()


async def test_a_change_puts_warm_workers_of_another_model_in_the_places_of_all() -> None:
    async with Recogniser(hearings.start, workers=2) as recogniser:
        before = recogniser.process_ids
        await recogniser.change(hearings.start_another)
        assert recogniser.manifest["id"] == "another-model"
        assert len(recogniser.process_ids) == 2
        assert not recogniser.process_ids & before
        answers = await asyncio.gather(*(recogniser.recognise(b"anything") for _ in range(8)))
    assert {one.recognition.model_id for one in answers} == {"another-model"}


async def test_a_note_in_hand_is_answered_by_the_model_that_it_came_to(tmp_path: Path) -> None:
    go = tmp_path / "go"
    async with Recogniser(hearings.start, workers=1) as recogniser:
        in_hand = asyncio.ensure_future(recogniser.recognise(f"wait {go}".encode()))
        await until_begun(go)
        changing = asyncio.ensure_future(recogniser.change(hearings.start_another))
        later = await recogniser.recognise(b"anything")
        assert later.recognition.model_id == "another-model"
        assert not changing.done()
        assert recogniser.manifest == hearings.MANIFEST
        go.touch()
        assert (await in_hand).recognition.model_id == "model-of-the-tests"
        await changing
        assert recogniser.manifest["id"] == "another-model"


async def test_no_note_is_lost_while_the_workers_change() -> None:
    async with Recogniser(hearings.start, workers=2) as recogniser:

        async def keep_asking(stop: asyncio.Event) -> set[str]:
            models = set()
            while not stop.is_set():
                models.add((await recogniser.recognise(b"anything")).recognition.model_id)
            return models

        stop = asyncio.Event()
        askers = [asyncio.create_task(keep_asking(stop)) for _ in range(4)]
        for start in (hearings.start_another, hearings.start, hearings.start_another):
            await recogniser.change(start)
        stop.set()
        heard = await asyncio.gather(*askers)
    assert set.union(*heard) == {"model-of-the-tests", "another-model"}


async def test_a_worker_that_is_lost_after_a_change_is_replaced_by_one_of_the_new_model() -> None:
    async with Recogniser(hearings.start, workers=1) as recogniser:
        await recogniser.change(hearings.start_another)
        with pytest.raises(WorkerDied):
            await recogniser.recognise(b"die")
        perception = await recogniser.recognise(b"anything")
    assert perception.recognition.model_id == "another-model"


@pytest.mark.parametrize(
    ("start", "error"),
    [(hearings.start_without_model, ModelMissing), (hearings.start_and_die, WorkerDied)],
)
async def test_a_model_that_does_not_start_leaves_all_workers_as_they_are(
    start: Callable[[], Hearing], error: type[Exception]
) -> None:
    async with Recogniser(hearings.start, workers=2) as recogniser:
        before = recogniser.process_ids
        with pytest.raises(error):
            await recogniser.change(start)
        assert recogniser.process_ids == before
        assert recogniser.manifest == hearings.MANIFEST


async def test_workers_return_to_the_old_model_if_not_all_can_have_the_new_one(
    tmp_path: Path,
) -> None:
    once = partial(hearings.start_once, str(tmp_path / "mark"))
    async with Recogniser(hearings.start_another, workers=2) as recogniser:
        with pytest.raises(ModelMissing):
            await recogniser.change(once)
        assert recogniser.manifest["id"] == "another-model"
        answers = await asyncio.gather(*(recogniser.recognise(b"anything") for _ in range(8)))
        assert {one.recognition.model_id for one in answers} == {"another-model"}
    assert recogniser.process_ids == set()


async def test_changes_wait_for_each_other() -> None:
    async with Recogniser(hearings.start, workers=1) as recogniser:
        await asyncio.gather(
            recogniser.change(hearings.start_another), recogniser.change(hearings.start)
        )
        assert recogniser.manifest == hearings.MANIFEST
        assert len(recogniser.process_ids) == 1


async def test_a_slot_whose_worker_cannot_be_replaced_is_changed_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recogniser_module, "_RETRY_SECONDS", 0.05)
    once = partial(hearings.start_once, str(tmp_path / "mark"))
    async with Recogniser(once, workers=1) as recogniser:
        await lose_worker(recogniser)
        await recogniser.change(hearings.start_another)
        perception = await recogniser.recognise(b"anything")
    assert perception.recognition.model_id == "another-model"


async def test_closing_ends_a_change_and_leaves_no_process(tmp_path: Path) -> None:
    go = tmp_path / "go"
    async with Recogniser(hearings.start, workers=1) as recogniser:
        in_hand = asyncio.ensure_future(recogniser.recognise(f"wait {go}".encode()))
        await until_begun(go)
        leaving = asyncio.ensure_future(recogniser.change(hearings.start_another))
        await recogniser.recognise(b"anything")  # by the new worker: the old one has a note in hand
    with pytest.raises(Stopping):
        await leaving
    with pytest.raises(Stopping):
        await in_hand
    with pytest.raises(Stopping):
        await recogniser.change(hearings.start)
    assert recogniser.process_ids == set()


async def test_closing_ends_a_worker_that_is_still_warming_up(tmp_path: Path) -> None:
    slow = partial(hearings.start_slowly, str(tmp_path / "go"))
    async with Recogniser(hearings.start, workers=1) as recogniser:
        changing = asyncio.ensure_future(recogniser.change(slow))
        await until_begun(tmp_path / "go")
    with pytest.raises((Stopping, WorkerDied)):
        await changing
    assert recogniser.process_ids == set()


async def test_signals_to_the_whole_group_do_not_end_the_workers() -> None:
    async with Recogniser(hearings.start, workers=1) as recogniser:
        (worker,) = recogniser.process_ids
        os.kill(worker or 0, signal.SIGINT)
        os.kill(worker or 0, signal.SIGTERM)
        assert await recogniser.recognise(b"anything")
        assert recogniser.process_ids == {worker}


_PARENT = """
import asyncio, os, sys
import hearings
from bot.recogniser import Recogniser, Worker

async def main():
    async with Recogniser(hearings.start, workers=1) as recogniser:
        note = asyncio.ensure_future(recogniser.recognise(b"wait {go}"))
        while not os.path.exists("{begun}"):
            await asyncio.sleep(0.01)
        print(*recogniser.process_ids, flush=True)
        os._exit(0)

if __name__ == "__main__":
    asyncio.run(main())
"""


def test_a_busy_worker_dies_with_its_parent(tmp_path: Path) -> None:
    go = tmp_path / "go"
    script = tmp_path / "parent.py"
    script.write_text(_PARENT.format(go=go, begun=go.with_suffix(".begun")))
    done = subprocess.run(  # noqa: S603  our own script
        [sys.executable, script],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(Path(hearings.__file__).parent)},
    )
    hearings.wait_for(Path("/proc") / done.stdout.decode().strip(), gone=True)
