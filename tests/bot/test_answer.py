from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from jobs import Desk, PaperJob, open_desk
from talk import list_data
from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, NetworkError

from bot import answer, fate, lost_answer, patience
from bot.answer import Answer, reply_once
from bot.errors import JobTaken, NoteDeleted
from bot.languages import say_in
from bot.numbering import Numbering
from bot.replies import notes
from bot.sandbox.bot_api import METHODS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from telegram import Message

    from bot.job import Job
    from bot.sandbox.params import Params
    from bot.sandbox.state import State

BUTTONS = InlineKeyboardMarkup([[InlineKeyboardButton("Details", callback_data="details:1")]])
BEFORE = ("dropped_before", "server_error", "bad_gateway")
"""Faults of which nobody but Telegram knows that nothing was sent."""


@pytest.fixture(autouse=True)
def in_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lost_answer, "_PAUSES_SECONDS", (0.0, 0.0))
    monkeypatch.setattr(lost_answer, "_SPAN", 4)
    monkeypatch.setattr(fate, "_FIRST_PAUSE_SECONDS", 0.001)


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Desk]:
    async with open_desk() as opened:
        yield opened


def make_answer(note: Message, job: Job, numbering: Numbering | None = None) -> Answer:
    waiting = notes.offer_cancelling(job.update_id)
    return Answer(note, job, numbering or Numbering(), waiting=waiting)


def spy(monkeypatch: pytest.MonkeyPatch, method: str) -> list[int]:
    """Give a list of the messages that a method, named in lower case, is called for."""
    works, numbers = METHODS[method], []

    def call(state: State, params: Params) -> object:
        numbers.append(params.number("message_id"))
        return works(state, params)

    monkeypatch.setitem(METHODS, method, call)
    return numbers


async def see_one(desk: Desk) -> dict[str, Any]:
    (shown,) = await desk.see_answers()
    return shown


# One message


async def test_the_first_text_is_sent_and_the_next_ones_are_edited_in(desk: Desk) -> None:
    note, job = await desk.take_note(), PaperJob()
    async with make_answer(note, job) as answer:
        answer.footer = "(footer)"
        await answer.show("one")
        first = await see_one(desk)
        await answer.settle("two")
    shown = await see_one(desk)
    assert (first["text"], shown["text"]) == ("one\n\n(footer)", "two\n\n(footer)")
    assert shown["message_id"] == first["message_id"] == job.answer_id
    assert shown["reply_to_message_id"] == note.message_id


async def test_a_note_that_waits_can_be_cancelled_and_one_that_is_answered_cannot(
    desk: Desk,
) -> None:
    note, job = await desk.take_note(), PaperJob()
    async with make_answer(note, job) as answer:
        await answer.show("one")
        assert list_data(await see_one(desk)) == [f"cancel:{job.update_id}"]
        await answer.settle("two", BUTTONS)
    assert list_data(await see_one(desk)) == ["details:1"]


async def test_an_answer_may_come_at_once(desk: Desk) -> None:
    note, job = await desk.take_note(), PaperJob()
    async with make_answer(note, job) as answer:
        await answer.settle("one", BUTTONS)
    shown = await see_one(desk)
    assert (shown["text"], list_data(shown), shown["edited"]) == ("one", ["details:1"], False)


async def test_what_reads_so_already_is_not_edited(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    edited, note = spy(monkeypatch, "editmessagetext"), await desk.take_note()
    async with make_answer(note, PaperJob()) as answer:
        await answer.show("one")
        await answer.show("one")
    assert not edited


async def test_an_answer_that_telegram_finds_unchanged_is_left_alone(desk: Desk) -> None:
    note, job = await desk.take_note(), PaperJob()
    async with make_answer(note, job) as answer:
        await answer.show("one")
    async with make_answer(note, job.pass_on()) as answer:
        await answer.show("one")
    assert not (await see_one(desk))["edited"]


async def test_an_answer_that_was_deleted_is_sent_anew(desk: Desk) -> None:
    note, job = await desk.take_note(), PaperJob()
    async with make_answer(note, job) as answer:
        await answer.show("one")
        await desk.person.delete((await see_one(desk))["message_id"])
        await answer.settle("two")
    shown = await see_one(desk)
    assert (shown["text"], shown["message_id"]) == ("two", job.answer_id)


# What is kept of it


async def test_it_is_kept_that_an_answer_is_on_its_way_and_then_which_it_is(desk: Desk) -> None:
    numbering, note, job = Numbering(), await desk.take_note(), PaperJob()
    async with make_answer(note, job, numbering) as answer:
        await answer.show("one")
        await answer.settle("two")
    assert job.kept == [(None, note.message_id), (job.answer_id, None)]


async def test_an_answer_is_looked_for_above_the_latest_number_that_is_known(desk: Desk) -> None:
    numbering, note, job = Numbering(), await desk.take_note(), PaperJob()
    numbering.see_result((await desk.take_note()).to_dict())
    async with make_answer(note, job, numbering) as answer:
        await answer.show("one")
    assert job.kept[0] == (None, note.message_id + 1)


async def test_whoever_takes_over_goes_on_with_the_same_message(desk: Desk) -> None:
    note, job = await desk.take_note(), PaperJob()
    async with make_answer(note, job) as answer:
        await answer.show("one")
    async with make_answer(note, job.pass_on()) as answer:
        await answer.settle("two")
    assert (await see_one(desk))["text"] == "two"


async def test_nothing_is_sent_for_a_job_that_another_copy_has(desk: Desk) -> None:
    note, job = await desk.take_note(), PaperJob()
    job.is_taken = True
    async with make_answer(note, job) as answer:
        with pytest.raises(JobTaken):
            await answer.show("one")
    assert not await desk.see_answers()


# An answer whose fate is unknown


@pytest.mark.parametrize("kind", ["dropped_after", *BEFORE])
async def test_an_answer_that_got_lost_is_there_once(desk: Desk, kind: str) -> None:
    note, job = await desk.take_note(), PaperJob()
    desk.spoil("sendmessage", kind)
    async with make_answer(note, job) as answer:
        await answer.show("one")
        await answer.settle("two", BUTTONS)
    shown = await see_one(desk)
    assert (shown["text"], list_data(shown)) == ("two", ["details:1"])
    assert (job.answer_id, job.sent_after) == (shown["message_id"], None)


@pytest.mark.parametrize("kind", ["dropped_after", *BEFORE])
async def test_an_answer_that_came_at_once_and_got_lost_is_there_once(
    desk: Desk, kind: str
) -> None:
    note, job = await desk.take_note(), PaperJob()
    desk.spoil("sendmessage", kind)
    async with make_answer(note, job) as answer:
        await answer.settle("one", BUTTONS)
    shown = await see_one(desk)
    assert (shown["text"], list_data(shown)) == ("one", ["details:1"])


async def be_killed(note: Message, *, language: str = "en") -> PaperJob:
    """Send an answer, and go down before that is kept; give the job as it is found then."""
    job = PaperJob()
    await job.announce(note.message_id)
    waiting = say_in(language, lambda: notes.offer_cancelling(job.update_id))
    await note.reply_html("one", do_quote=True, reply_markup=waiting)
    return job.pass_on()


@pytest.mark.parametrize("language", ["en", "de"])
async def test_an_answer_is_found_that_a_killed_bot_has_sent(desk: Desk, language: str) -> None:
    note = await desk.take_note()
    job = await be_killed(note, language=language)
    async with make_answer(note, job) as answer:
        await answer.settle("two")
    shown = await see_one(desk)
    assert (shown["text"], shown["message_id"]) == ("two", job.answer_id)


async def test_an_answer_is_sent_that_a_killed_bot_has_not(desk: Desk) -> None:
    note, job = await desk.take_note(), PaperJob()
    await job.announce(note.message_id)
    async with make_answer(note, job.pass_on()) as answer:
        await answer.settle("two")
    assert (await see_one(desk))["text"] == "two"


async def test_an_answer_that_could_not_be_noted_is_remembered(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbering, note, job = Numbering(), await desk.take_note(), PaperJob()

    async def fail(_number: int) -> None:
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(job, "note_answer", fail)
        async with make_answer(note, job, numbering) as answer:
            with pytest.raises(ConnectionError):
                await answer.show("one")
    looked_at = spy(monkeypatch, "editmessagereplymarkup")
    async with make_answer(note, job.pass_on(), numbering) as answer:
        await answer.settle("two")
    assert (await see_one(desk))["text"] == "two"
    assert not looked_at


@pytest.mark.parametrize("kind", [None, "dropped_after"])
async def test_what_else_the_bot_said_meanwhile_is_not_taken_for_the_answer(
    desk: Desk, kind: str | None
) -> None:
    note = await desk.take_note()
    other = await desk.bot.send_message(note.chat_id, "something else")
    if kind is not None:
        desk.spoil("editmessagereplymarkup", kind)
    job = PaperJob(sent_after=note.message_id)
    async with make_answer(note, job) as answer:
        await answer.show("one")
    first, second = await desk.see_answers()
    assert (first["message_id"], first["text"], list_data(first)) == (
        other.message_id,
        "something else",
        [],
    )
    assert (second["message_id"], second["text"]) == (job.answer_id, "one")


async def test_the_answer_to_another_note_is_not_taken_for_this_one(desk: Desk) -> None:
    note, other = await desk.take_note(), await desk.take_note()
    async with make_answer(other, PaperJob()) as answer:
        await answer.show("the other")
    job = await be_killed(note)
    async with make_answer(note, job) as answer:
        await answer.settle("two")
    assert [one["text"] for one in await desk.see_answers()] == ["the other", "two"]


async def test_numbers_that_are_known_to_be_others_are_not_tried(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbering, note = Numbering(), await desk.take_note()
    for _ in range(5):  # more than are tried
        numbering.see_result((await desk.take_note()).to_dict())
    job = PaperJob(sent_after=note.message_id)
    await note.reply_html("one", reply_markup=notes.offer_cancelling(job.update_id))
    tried = spy(monkeypatch, "editmessagereplymarkup")
    async with make_answer(note, job, numbering) as answer:
        await answer.settle("two")
    assert (await see_one(desk))["text"] == "two"
    assert tried == [note.message_id + 6]


async def test_an_answer_that_gets_lost_again_and_again_is_left_for_later(desk: Desk) -> None:
    note, job = await desk.take_note(), PaperJob()
    desk.spoil("sendmessage", "dropped_before", times=None)
    async with make_answer(note, job) as answer:
        with pytest.raises(NetworkError):
            await answer.show("one")
    assert job.sent_after == note.message_id
    desk.spoil("sendmessage", "dropped_before", times=0)
    async with make_answer(note, job.pass_on()) as answer:
        await answer.show("one")
    assert await see_one(desk)


# An answer that was surely not sent


async def test_nothing_is_looked_for_where_there_was_no_connection(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "_PATIENCE_SECONDS", 0.0)
    note, job = await desk.take_note(), PaperJob()
    monkeypatch.setattr(desk.bot, "_base_url", "http://127.0.0.1:9/bot")
    async with make_answer(note, job) as answer:
        with pytest.raises(NetworkError):
            await answer.show("one")
    assert job.kept == [(None, note.message_id), (None, None)]


async def test_nothing_is_looked_for_that_telegram_refused(desk: Desk) -> None:
    note, job = await desk.take_note(), PaperJob()
    async with make_answer(note, job) as answer:
        with pytest.raises(BadRequest):
            await answer.show("<b>broken")
        assert job.sent_after is None
        await answer.settle("one")
    assert (await see_one(desk))["text"] == "one"


# A note that is gone


async def test_a_note_that_was_taken_back_is_not_answered(desk: Desk) -> None:
    note, job = await desk.take_note(), PaperJob()
    await desk.person.delete(note.message_id)
    async with make_answer(note, job) as answer:
        with pytest.raises(NoteDeleted):
            await answer.show("one")
    assert job.kept[-1] == (None, None)
    assert not await desk.see_answers()


async def test_a_note_that_was_taken_back_is_dropped_with_one_word(desk: Desk) -> None:
    note, job = await desk.take_note(), PaperJob()
    await desk.person.delete(note.message_id)
    for _ in range(2):
        async with make_answer(note, job) as answer:
            with pytest.raises(NoteDeleted):
                await answer.show("one")
            await answer.drop("gone")
        job = job.pass_on()  # the bot went down before it had finished
    shown = await see_one(desk)
    assert (shown["text"], shown["reply_to_message_id"]) == ("gone", None)


async def test_a_word_that_gets_lost_is_not_repeated(desk: Desk) -> None:
    note = await desk.take_note()
    desk.spoil("sendmessage", "dropped_after")
    async with make_answer(note, PaperJob()) as answer:
        await answer.drop("gone")
    assert (await see_one(desk))["text"] == "gone"


async def test_a_note_that_was_taken_back_while_it_waited_is_found_out(desk: Desk) -> None:
    note, job = await desk.take_note(), PaperJob()
    async with make_answer(note, job) as answer:
        await answer.show("one")
        await answer.check_note()
        await desk.person.delete(note.message_id)
        with pytest.raises(NoteDeleted):
            await answer.check_note()
        await answer.drop("gone")
    assert (await see_one(desk))["text"] == "gone"


async def make_group_note(desk: Desk) -> Message:
    """Have somebody speak in a group."""
    group = desk.sandbox.state.chats.begin(-9, "group", bot_role="member")
    group.users[7] = desk.sandbox.state.accounts.find(7)
    group.roles[7] = "member"
    return await desk.take_note(desk.person.in_group(-9))


async def test_in_a_group_nothing_is_said_of_a_note_that_is_gone(desk: Desk) -> None:
    note = await make_group_note(desk)
    async with make_answer(note, PaperJob()) as answer:
        await answer.drop("gone")
    everything = await desk.person.in_group(-9).see_all()
    assert not [one for one in everything if one["from_bot"]]


async def test_in_a_group_the_reaction_of_the_bot_stays_while_it_looks_for_the_note(
    desk: Desk,
) -> None:
    note = await make_group_note(desk)
    await note.set_reaction("🕊")
    async with make_answer(note, PaperJob()) as answer:
        await answer.check_note()
    assert await desk.person.in_group(-9).read_reaction(note.message_id) == "🕊"


# In passing


async def test_a_hint_is_shown_where_there_is_an_answer_and_the_note_still_waits(
    desk: Desk,
) -> None:
    note, job = await desk.take_note(), PaperJob()
    async with make_answer(note, job) as answer:
        await answer.hint("soon")
        assert not await desk.see_answers()
        await answer.show("one")
        await answer.hint("soon")
    shown = await see_one(desk)
    assert (shown["text"], list_data(shown)) == ("soon", [f"cancel:{job.update_id}"])


async def test_a_hint_that_takes_long_is_given_up(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answer, "_HINT_SECONDS", 0.05)
    note = await desk.take_note()
    async with make_answer(note, PaperJob()) as made:
        await made.show("one")
        desk.spoil("editmessagetext", "held_before")
        await made.hint("soon")
    assert (await see_one(desk))["text"] == "one"


# A reply for which nobody waits


async def test_a_reply_that_nobody_waits_for_is_sent_once(desk: Desk) -> None:
    note, job = await desk.take_note(), PaperJob()
    await reply_once(note, job, Numbering(), "one")
    await reply_once(note, job.pass_on(), Numbering(), "one")
    shown = await see_one(desk)
    assert (shown["text"], shown["reply_to_message_id"]) == ("one", note.message_id)


async def test_a_reply_that_nobody_waits_for_is_not_sent_again_if_it_got_lost(desk: Desk) -> None:
    note, job = await desk.take_note(), PaperJob()
    desk.spoil("sendmessage", "dropped_after")
    with pytest.raises(NetworkError):
        await reply_once(note, job, Numbering(), "one")
    await reply_once(note, job.pass_on(), Numbering(), "one")
    assert await see_one(desk)


async def test_a_reply_that_was_surely_not_sent_may_be_sent_again(desk: Desk) -> None:
    note, job = await desk.take_note(), PaperJob()
    with pytest.raises(BadRequest):
        await reply_once(note, job, Numbering(), "<b>broken")
    await reply_once(note, job.pass_on(), Numbering(), "one")
    assert await see_one(desk)
