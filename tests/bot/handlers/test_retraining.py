from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
import retrainings
from retrainings import ask_who_answers, list_models
from town import run_town

from bot import trainer as trainer_module

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from person import Message, Person
    from town import Town

ADA, BEN = 4_001, 4_002
WORSE = {"group": "female", "measure": "accuracy", "difference": -0.053, "p": 0.012}


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look often."""
    monkeypatch.setattr(trainer_module, "_BEAT_SECONDS", 0.05)


@asynccontextmanager
async def run_office(folder: Path, **plan: object) -> AsyncIterator[tuple[Town, Person]]:
    """Run a bot of two admins, whose retraining goes as planned; give it and one of them."""
    command = retrainings.make_command(folder, **plan)  # type: ignore[arg-type]  # its first is a text
    admin_ids = frozenset({ADA, BEN})
    async with run_town(command=command, admin_ids=admin_ids) as town:
        yield town, town.meet(ADA, first_name="Ada")


def list_buttons(message: Message) -> list[str]:
    """Give the labels of the buttons under a message."""
    rows = (message["reply_markup"] or {"inline_keyboard": []})["inline_keyboard"]
    return [button["text"] for row in rows for button in row]


async def test_a_better_model_goes_live_and_its_worth_is_told(tmp_path: Path) -> None:
    async with run_office(tmp_path) as (_, ada):
        await ada.write("/retrain")
        result = await ada.read_last("answers from now on")
        assert "63.3 % → 67.2 %" in result["text"]
        assert "challenger-1" in result["text"]
        assert list_buttons(result) == []
        await ada.read(lambda found: any(one["photo"] for one in found))
        assert "challenger-1" in await ask_who_answers(ada)
    options = retrainings.read_options(tmp_path)
    assert (options["champion"], options["origin"]) == ("default", "default")
    assert options["corpora"] == ""


async def test_one_message_shows_how_far_it_is(tmp_path: Path) -> None:
    async with run_office(tmp_path, hold=tmp_path / "go") as (_, ada):
        await ada.write("/retrain")
        shown = await ada.read_answer("Learning")
        assert "41 %" in shown["text"]
        assert "left" in shown["text"]
        await ada.send(b"angry")
        await ada.read_last("Angry")  # it goes on listening
        (tmp_path / "go").touch()
        result = await ada.read_last("answers from now on")
        assert result["message_id"] == shown["message_id"]


async def test_a_worse_model_is_refused_with_numbers_and_may_be_forced(tmp_path: Path) -> None:
    async with run_office(tmp_path, failures=[WORSE]) as (_, ada):
        await ada.write("/retrain")
        result = await ada.read_last("The model in use stays")
        assert "female voices: right less often, by 5.3 points (p = 0.012)" in result["text"]
        assert "I came with" in await ask_who_answers(ada)
        await ada.tap(result, "Promote it all the same")
        await ada.read_last("From now on another model answers")
        assert "challenger-1" in await ask_who_answers(ada)
        pressed = await ada.see(result["message_id"])
        assert pressed is not None
        assert list_buttons(pressed) == []


@pytest.mark.parametrize(
    ("failures", "verdict", "label"),
    [([], "would go live", "Promote it"), ([WORSE], "would not go live", "all the same")],
    ids=["good", "bad"],
)
async def test_a_dry_run_changes_nothing_and_offers_the_model(
    tmp_path: Path, failures: list[object], verdict: str, label: str
) -> None:
    async with run_office(tmp_path, failures=failures) as (_, ada):
        await ada.write("/retrain dry")
        result = await ada.read_last(verdict)
        assert "Dry run" in result["text"]
        assert "I came with" in await ask_who_answers(ada)
        await ada.tap(result, label)
        await ada.read_last("From now on another model answers")


async def test_a_second_retraining_is_told_who_began_the_first(tmp_path: Path) -> None:
    async with run_office(tmp_path, hold=tmp_path / "go") as (town, ada):
        await ada.write("/retrain")
        await ada.read_answer("Learning")
        ben = town.meet(BEN)
        await ben.write("/retrain dry")
        assert "Ada began a retraining" in (await ben.read_answer("ago"))["text"]
        (tmp_path / "go").touch()
        await ada.read_last("answers from now on")


async def test_any_admin_may_cancel_it(tmp_path: Path) -> None:
    async with run_office(tmp_path, hold=tmp_path / "go") as (town, ada):
        await ada.write("/retrain")
        await ada.read_answer("Learning")
        ben = town.meet(BEN)
        await ben.write("/retrain cancel")
        await ben.read_answer("I am ending the retraining")
        cancelled = await ada.read_answer("Cancelled")
        assert list_buttons(cancelled) == []
        await ben.write("/retrain cancel")
        await ben.read_last("No retraining is running")
        retrainings.change_plan(tmp_path, hold="/")
        await ada.write("/retrain")  # there is room for another one
        await ada.read_last("answers from now on")


async def test_what_the_operator_must_mend_is_told(tmp_path: Path) -> None:
    async with run_office(tmp_path, exit_code=2, stderr="/corpora holds <no> speech\n") as (_, ada):
        await ada.write("/retrain")
        failed = await ada.read_answer("The retraining failed")
        assert "/corpora holds <no> speech" in failed["text"]
        retrainings.change_plan(tmp_path, exit_code=0)
        await ada.write("/retrain")
        await ada.read_last("answers from now on")


@pytest.mark.parametrize("leaves", [["report"], ["bundle"]])
async def test_a_process_that_leaves_no_whole_model_failed(
    tmp_path: Path, leaves: list[str]
) -> None:
    async with run_office(tmp_path, leaves=leaves) as (_, ada):
        await ada.write("/retrain")
        failed = await ada.read_answer("The retraining failed")
        assert "no whole model" in failed["text"]
        assert "challenger" not in await list_models(ada)


async def test_a_report_that_nobody_understands_is_a_mistake_for_the_log(tmp_path: Path) -> None:
    async with run_office(tmp_path, accuracy=7) as (_, ada):
        await ada.write("/retrain")
        await ada.read_answer("The retraining failed")
        assert "challenger" not in await list_models(ada)


async def test_what_retrain_does_not_understand_it_explains(tmp_path: Path) -> None:
    async with run_office(tmp_path) as (_, ada):
        await ada.write("/retrain wet")
        await ada.read_answer("/retrain dry")


async def test_admins_retrain_in_groups_too(tmp_path: Path) -> None:
    async with run_office(tmp_path) as (town, ada):
        (member,) = town.gather(1)
        admin = ada.in_group(member.chat_id)
        await town.change_role(admin, "member")
        await admin.write("/retrain")
        await admin.read_last("answers from now on")


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("command", ["/retrain", "/retrain cancel", "/models", "/rollback"])
async def test_others_are_told_whom_it_is_for(town: Town, command: str) -> None:
    person = town.meet()
    await person.write(command)
    await person.read_answer("for the people who run me")


async def test_a_progress_message_that_is_deleted_does_not_matter(tmp_path: Path) -> None:
    async with run_office(tmp_path, hold=tmp_path / "go") as (_, ada):
        await ada.write("/retrain")
        shown = await ada.read_answer("Learning")
        await ada.delete(shown["message_id"])
        await asyncio.sleep(0.2)
        (tmp_path / "go").touch()
        await ada.read_last("answers from now on")


async def test_a_bot_that_stops_says_so_and_ends_the_process(tmp_path: Path) -> None:
    async with run_office(tmp_path, hold=tmp_path / "go") as (town, ada):
        await ada.write("/retrain")
        await ada.read_answer("Learning")
        town.stop.set()
        await ada.read_answer("Interrupted")
    process = tmp_path.joinpath("/proc", retrainings.read_options(tmp_path)["pid"])
    assert not process.exists()
