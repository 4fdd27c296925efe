"""Workers that take too much; what they listen with here is in greedy.py."""

from __future__ import annotations

import os
import resource
import signal
import struct
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import Pipe
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import greedy
import hearings
import numpy as np
import pytest
import soundfile

import bot.worker
from bot import confinement
from bot.confinement import Limits, kill_group, measure_memory_mb
from bot.errors import RecognitionFailed, WorkerBloated, WorkerDied, WorkerTimeout
from bot.recogniser import Recogniser
from bot.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.worker import Hearing

LIMITS = Limits(memory_mb=500, timeout_seconds=60.0)


@contextmanager
def run_worker(
    limits: Limits = LIMITS, start: Callable[[], Hearing] = greedy.start
) -> Iterator[Worker]:
    """Give a worker that is warm; end it afterwards."""
    worker = Worker(start, limits)
    try:
        worker.read_manifest()
        yield worker
    finally:
        worker.end()


def ask(worker: Worker, what: str) -> float:
    """Give how much of something a worker got."""
    return worker.listen(what.encode(), None).recognition.seconds


def test_a_worker_gets_what_it_may_have() -> None:
    with run_worker() as worker:
        assert ask(worker, "swell 100") == 100
        assert ask(worker, "grab 100") == 100 * 2**20
        assert worker.is_alive


def test_a_worker_that_swells_is_ended() -> None:
    with run_worker() as worker:
        with pytest.raises(WorkerBloated) as error:
            ask(worker, "share 600")
        assert not worker.is_alive
    assert error.value.max_mb == 500


@pytest.mark.parametrize("how", ["grab", "swell"])
def test_a_worker_gets_no_memory_beyond_its_limit(how: str) -> None:
    with run_worker() as worker:
        with pytest.raises(WorkerBloated):
            ask(worker, f"{how} 600")
        assert worker.is_alive  # the kernel refused, so there is nothing to be ended for
        assert ask(worker, "grab 10") == 10 * 2**20


def test_the_memory_of_what_a_worker_has_started_counts_as_its_own(tmp_path: Path) -> None:
    script = "import time; hog = b'x' * (490 * 2**20); time.sleep(60)"
    stand_in_for_ffmpeg(tmp_path, f'exec {sys.executable} -c "{script}"')
    with run_worker() as worker:
        with pytest.raises(WorkerBloated):
            ask(worker, f"convert {tmp_path}")
        assert is_gone(tmp_path)


def test_a_worker_that_is_too_large_when_it_is_warm_does_not_start() -> None:
    with pytest.raises(WorkerBloated), run_worker(start=greedy.start_fat):
        pass


def test_a_worker_that_keeps_half_of_what_it_may_have_is_fat() -> None:
    with run_worker() as worker:
        assert not worker.is_fat
        ask(worker, "keep 50")
        assert not worker.is_fat
        ask(worker, "keep 250")
        assert worker.is_fat


def test_a_worker_gives_back_what_a_note_took() -> None:
    with run_worker() as worker:
        before = measure_memory_mb(worker.process_id or 0)
        ask(worker, "swell 300")
        ask(worker, "open")
        assert measure_memory_mb(worker.process_id or 0) < before + 50


def test_a_worker_has_few_files() -> None:
    with run_worker() as worker:
        assert 10 < ask(worker, "open") < confinement._MAX_FILES


def test_a_worker_writes_no_large_file(tmp_path: Path) -> None:
    with run_worker() as worker:
        assert ask(worker, f"write {tmp_path}/large") == 32


def test_a_worker_leaves_no_core() -> None:
    with run_worker() as worker:
        assert ask(worker, "dump") == 0


def test_what_a_worker_starts_gains_no_rights() -> None:
    with run_worker() as worker:
        assert ask(worker, "rise") == 0


def test_what_a_worker_answers_is_only_data_to_the_bot(tmp_path: Path) -> None:
    made = tmp_path / "made"
    with run_worker() as worker:
        with pytest.raises(RecognitionFailed):
            ask(worker, f"trick {made}")
        assert not worker.is_alive
    assert not made.exists()


def test_a_worker_that_floods_the_bot_is_ended() -> None:
    with run_worker() as worker:
        with pytest.raises(WorkerDied):
            ask(worker, "flood 17")
        assert not worker.is_alive


def test_a_worker_that_stops_in_the_middle_of_its_answer_is_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.worker._STALL_SECONDS", 1)
    ours, theirs = Pipe()
    with run_worker() as worker:
        bot.worker._let_time_out(ours)
        monkeypatch.setattr(worker, "_pipe", ours)
        os.write(theirs.fileno(), struct.pack("!i", 1_000) + b"the beginning")
        with pytest.raises(WorkerTimeout):
            worker.listen(b"a note", None)
        assert not worker.is_alive


def test_a_worker_is_warm_once_it_has_said_so() -> None:
    worker = Worker(greedy.start, LIMITS)
    try:
        assert not worker.is_warm
        worker.read_manifest()
        assert worker.is_warm
    finally:
        worker.end()


def test_a_worker_that_computes_without_end_is_ended_by_the_kernel() -> None:
    with run_worker(Limits(timeout_seconds=0.5)) as worker:
        worker._limits = Limits(timeout_seconds=60.0)  # the bot would wait for longer
        begun = time.monotonic()
        with pytest.raises(WorkerTimeout):
            ask(worker, "spin")
        assert time.monotonic() - begun < 30


def test_the_time_of_one_note_is_not_taken_from_the_next() -> None:
    resource_before = resource.getrlimit(resource.RLIMIT_CPU)
    try:
        confinement.allow_processor_time(1000.0)
        first, _ = resource.getrlimit(resource.RLIMIT_CPU)
        confinement.allow_processor_time(2000.0)
        second, _ = resource.getrlimit(resource.RLIMIT_CPU)
    finally:
        resource.setrlimit(resource.RLIMIT_CPU, resource_before)
    assert 990 < second - first < 1010


def test_what_decoders_mutter_does_not_fill_the_log(capfd: pytest.CaptureFixture[str]) -> None:
    with run_worker() as worker:
        assert ask(worker, "mutter")
    captured = capfd.readouterr()
    assert "muttering" not in captured.out + captured.err


def test_a_worker_loads_nothing_that_no_note_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("torch", "needed"):
        (tmp_path / f"{name}.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    with run_worker() as worker:
        assert ask(worker, "import torch") == 0
        assert ask(worker, "import needed") == 1


def stand_in_for_ffmpeg(folder: Path, script: str) -> None:
    """Have a worker that converts what is in a folder start a script that tells its number."""
    (folder / "recording").write_bytes(b"a voice")
    path = folder / "ffmpeg"
    path.write_text(f"#!/bin/sh\necho $$ > {folder}/new; mv {folder}/new {folder}/pid\n{script}\n")
    path.chmod(0o755)


def read_number(folder: Path) -> int:
    """Wait until the script runs; give its number."""
    hearings.wait_for(folder / "pid")
    return int((folder / "pid").read_text())


def is_gone(folder: Path) -> bool:
    """Tell, in a few seconds, whether the script is no longer there, not even as a zombie."""
    number = read_number(folder)
    for _ in range(500):
        status = Path(f"/proc/{number}/stat")
        if not status.exists() or ") Z " in status.read_text():
            return True
        time.sleep(0.01)
    return False


def test_no_ffmpeg_outlives_a_worker_that_was_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    stand_in_for_ffmpeg(tmp_path, "exec sleep 60")
    with run_worker() as worker, ThreadPoolExecutor() as threads:
        listening = threads.submit(ask, worker, f"convert {tmp_path}")
        read_number(tmp_path)
        os.kill(worker.process_id or 0, signal.SIGKILL)
        with pytest.raises(WorkerDied):
            listening.result()
        assert is_gone(tmp_path)
    assert list(temporary.iterdir()) == []


def test_no_ffmpeg_outlives_a_worker_that_took_too_long(tmp_path: Path) -> None:
    stand_in_for_ffmpeg(tmp_path, "exec sleep 60")
    with run_worker(Limits(timeout_seconds=1.0)) as worker:
        with pytest.raises(WorkerTimeout):
            ask(worker, f"convert {tmp_path}")
        assert is_gone(tmp_path)


def test_no_ffmpeg_outlives_a_worker_that_is_ended(tmp_path: Path) -> None:
    stand_in_for_ffmpeg(tmp_path, "exec sleep 60")
    with run_worker() as worker, ThreadPoolExecutor() as threads:
        listening = threads.submit(ask, worker, f"convert {tmp_path}")
        read_number(tmp_path)
        worker.end()
        with pytest.raises(WorkerDied):
            listening.result()
        assert is_gone(tmp_path)


def test_the_real_ffmpeg_ends_even_if_nobody_is_left_to_end_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hours = np.zeros(4 * 3600 * 8_000, np.int16)
    soundfile.write(tmp_path / "recording", hours, 8_000, format="FLAC")
    with run_worker() as worker, ThreadPoolExecutor() as threads:
        listening = threads.submit(ask, worker, f"convert {tmp_path}")
        ffmpeg = wait_for_child(worker.process_id or 0)
        monkeypatch.setattr("bot.worker.kill_group", lambda _: None)
        os.kill(worker.process_id or 0, signal.SIGKILL)
        with pytest.raises(WorkerDied):
            listening.result()
        (tmp_path / "pid").write_text(str(ffmpeg))
        assert is_gone(tmp_path)


def wait_for_child(process_id: int) -> int:
    """Wait until a process has started another one; give that one's number."""
    while not (children := confinement._list_children(process_id)):
        time.sleep(0.005)
    return children[0]


_PARENT = """
import sys
import greedy
from bot.worker import Worker

if __name__ == "__main__":
    worker = Worker(greedy.start)
    worker.read_manifest()
    print(worker.process_id, flush=True)
    worker.listen(b"convert {folder}", None)
"""


def test_neither_worker_nor_ffmpeg_outlives_a_bot_that_was_killed(tmp_path: Path) -> None:
    stand_in_for_ffmpeg(tmp_path, "exec sleep 60")
    script = tmp_path / "parent.py"
    script.write_text(_PARENT.format(folder=tmp_path))
    path = os.pathsep.join((str(Path(greedy.__file__).parent), str(Path.cwd())))
    parent = subprocess.Popen(  # noqa: S603  our own script
        [sys.executable, script], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path}
    )
    with parent:
        read_number(tmp_path)
        parent.kill()
        worker = int(parent.communicate()[0])
    assert is_gone(tmp_path)
    hearings.wait_for(Path(f"/proc/{worker}"), gone=True)


def test_a_worker_that_takes_nothing_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.worker._STALL_SECONDS", 1)
    with run_worker() as worker:
        os.kill(worker.process_id or 0, signal.SIGSTOP)
        with pytest.raises(WorkerTimeout):
            worker.listen(bytes(5_000_000), None)
        assert not worker.is_alive


def test_nothing_happens_when_a_group_is_gone() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""], process_group=0)
    ended.wait()
    kill_group(ended.pid)


def test_a_process_without_children_is_as_large_as_itself() -> None:
    assert 10 < measure_memory_mb(os.getpid()) < 10_000


def test_where_nobody_can_look_workers_listen_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(_process_id: int) -> float:
        raise FileNotFoundError

    monkeypatch.setattr("bot.worker.measure_memory_mb", refuse)
    with run_worker() as worker:
        assert ask(worker, "swell 20") == 20
        assert not worker.is_fat


def test_the_leader_of_a_group_ends_it_when_the_bot_has_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    steps: list[object] = []
    parent = SimpleNamespace(join=lambda: steps.append("parent ended"))
    monkeypatch.setattr(confinement, "parent_process", lambda: parent)
    monkeypatch.setattr(confinement, "kill_group", steps.append)
    monkeypatch.setattr(os, "_exit", steps.append)
    monkeypatch.setattr(os, "getpgrp", os.getpid)
    confinement._follow_parent()
    assert steps == ["parent ended", os.getpid(), 1]


def test_a_process_that_leads_no_group_ends_only_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[object] = []
    parent = SimpleNamespace(join=lambda: steps.append("parent ended"))
    monkeypatch.setattr(confinement, "parent_process", lambda: parent)
    monkeypatch.setattr(confinement, "kill_group", steps.append)
    monkeypatch.setattr(os, "_exit", steps.append)
    monkeypatch.setattr(os, "getpgrp", lambda: 1)
    confinement._follow_parent()
    assert steps == ["parent ended", 1]


async def test_a_note_that_takes_too_much_costs_its_worker_and_no_other_note() -> None:
    async with Recogniser(greedy.start, workers=1, memory_mb=500) as recogniser:
        before = recogniser.process_ids
        with pytest.raises(WorkerBloated):
            await recogniser.recognise(b"share 600")
        assert await recogniser.recognise(b"swell 20")
        assert not recogniser.process_ids & before


async def test_a_worker_that_stays_fat_is_replaced_before_its_next_note() -> None:
    async with Recogniser(greedy.start, workers=1, memory_mb=500) as recogniser:
        before = recogniser.process_ids
        assert await recogniser.recognise(b"keep 50")
        assert recogniser.process_ids == before
        assert await recogniser.recognise(b"keep 250")
        assert await recogniser.recognise(b"keep 50")
        assert not recogniser.process_ids & before
