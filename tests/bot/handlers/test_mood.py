from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot import replies

if TYPE_CHECKING:
    from town import Town

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_in_a_group_the_voice_message_that_is_replied_to_is_answered(town: Town) -> None:
    speaker, asker = town.gather()
    note = await speaker.send()
    await asker.write("/mood", reply_to=note)
    answer = await asker.read_answer("Angry — 82 %")
    assert answer["reply_to_message_id"] == note
    assert "not what a person feels" in answer["text"]


async def test_it_works_in_a_private_chat_too(town: Town) -> None:
    person = town.meet()
    note = await person.send(b"short")
    await person.read_answer("too short")
    await person.write("/mood", reply_to=note)
    answers = await person.read(lambda found: sum("too short" in a["text"] for a in found) == 2)
    assert [answer["reply_to_message_id"] for answer in answers] == [note, note]


async def test_alone_it_explains_itself(town: Town) -> None:
    person, _ = town.gather()
    await person.write("/mood@SandboxBot")
    assert (await person.read_answer("Reply with /mood"))["text"] == replies.MOOD_NEEDS_REPLY


async def test_a_message_without_sound_is_told_as_such(town: Town) -> None:
    person, other = town.gather()
    text = await person.write("hello there")
    await other.write("/mood", reply_to=text)
    answer = await other.read_answer("nothing to listen to")
    assert answer["text"] == replies.MOOD_NEEDS_AUDIO


async def test_a_command_for_another_bot_is_left_to_it(town: Town) -> None:
    speaker, asker = town.gather()
    note = await speaker.send(b"short")
    await asker.write("/mood@OtherBot", reply_to=note)
    await asker.write("/mood")
    (answer,) = await asker.read(bool)
    assert answer["text"] == replies.MOOD_NEEDS_REPLY
