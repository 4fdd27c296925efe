from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from group_talk import gather_listened, make_note, measure_brightness, say

from bot.replies import groups, notes

if TYPE_CHECKING:
    from town import Person, Town

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def hold_mood_check(town: Town, n: int = 3) -> tuple[Person, ...]:
    """Give people of whom each has said something to a group that is listened to."""
    people = await gather_listened(town, n)
    for person in people:
        await say(person)
    return people


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


async def test_a_message_without_sound_is_told_as_such(town: Town) -> None:
    person, other = town.gather()
    text = await person.write("hello there")
    await other.write("/mood", reply_to=text)
    answer = await other.read_answer("nothing to listen to")
    assert answer["text"] == notes.refuse_silent_message()


async def test_a_command_for_another_bot_is_left_to_it(town: Town) -> None:
    speaker, asker = town.gather()
    note = await speaker.send(b"short")
    await asker.write("/mood@OtherBot", reply_to=note)
    await asker.write("/mood@SandboxBot 99y")
    (answer,) = await asker.read(bool)
    assert answer["html"] == groups.show_mood_form()


async def test_an_edited_command_is_none(town: Town) -> None:
    person, _ = town.gather()
    text = await person.write("/moot")
    await person.edit(text, "/mood")
    await person.write("/mood 99y")
    (answer,) = await person.read(bool)
    assert answer["html"] == groups.show_mood_form()


@pytest.mark.parametrize("words", ["yesterday", "99y", "1h 7d", "you"])
async def test_other_words_get_one_line_that_shows_the_right_form(town: Town, words: str) -> None:
    person, _ = town.gather()
    note = await person.send(b"short")
    await person.write(f"/mood {words}", reply_to=note)
    (answer,) = await person.read(bool)
    assert answer["html"] == groups.show_mood_form()


async def test_alone_it_tells_how_the_group_sounds(town: Town) -> None:
    asker, *_ = await hold_mood_check(town)
    await asker.write("/mood")
    answer = await asker.read_last("prevails")
    assert "24 hours" in answer["text"]
    assert "Happy prevails" in answer["text"]
    assert "3 voice notes · 3 speakers" in answer["text"]
    assert answer["photo"]["width"] > answer["photo"]["height"] / 2
    assert len(answer["text"]) <= 1024


@pytest.mark.parametrize(
    ("words", "span"), [("1h", "60 minutes"), ("7d", "7 days"), ("30d", "30 days")]
)
async def test_it_looks_back_as_far_as_it_is_told(town: Town, words: str, span: str) -> None:
    asker, *_ = await hold_mood_check(town, 3)
    await asker.write(f"/mood {words}")
    assert span in (await asker.read_last("prevails"))["text"]


async def test_one_speaker_is_no_group(town: Town) -> None:
    speaker, _ = await gather_listened(town, 2)
    for _ in range(3):
        await say(speaker)
    await speaker.write("/mood")
    answer = await speaker.read_last("Too little")
    assert answer["photo"] is None
    assert "Voice notes: 3, and it takes 3" in answer["text"]
    assert "Speakers: 1, and it takes 2" in answer["text"]


async def test_three_notes_of_ones_own_are_enough_for_ones_own_mood(town: Town) -> None:
    speaker, other = await gather_listened(town, 2)
    await say(other)
    for _ in range(2):
        await say(speaker, "sad")
    await speaker.write("/mood me")
    assert "Voice notes: 2" in (await speaker.read_last("Too little"))["text"]
    await say(speaker, "sad")
    await speaker.write("/mood me 7d")
    answer = await speaker.read_last("prevails")
    assert "How you sounded" in answer["text"]
    assert "3 voice notes · 1 speaker" in answer["text"]
    assert "Sad prevails" in answer["text"]


async def test_a_group_that_is_not_listened_to_is_told_how_to_change_that(town: Town) -> None:
    person, _ = town.gather()
    await person.write("/mood")
    answer = await person.read_answer("Voice notes: 0")
    assert answer["text"].endswith(groups.suggest_listening())


async def test_in_a_private_chat_it_is_ones_own_mood_wherever_one_spoke(town: Town) -> None:
    speaker, _ = await gather_listened(town, 2)
    for _ in range(2):
        await say(speaker, "sad")
    alone = speaker.alone()
    await alone.write("/mood")
    few = await alone.read_last("Too little")
    assert "Voice notes: 2" in few["text"]
    assert "Speakers" not in few["text"]
    assert groups.suggest_listening() not in few["text"]
    await alone.send(make_note("sad"))
    await alone.read_last("82 %")
    await alone.send(make_note("happy"), forward_of="Somebody")  # which is not how they sound
    await alone.read(lambda found: sum("82 %" in one["text"] for one in found) == 2)
    await alone.write("/mood")
    answer = await alone.read_last("prevails")
    assert "3 voice notes · 1 speaker" in answer["text"]
    assert answer["photo"]


async def test_a_topic_of_a_forum_is_no_reply(town: Town) -> None:
    asker, *others = town.gather(3, kind="supergroup", is_forum=True)
    topic = await town.open_topic(asker, "Plans")
    await asker.write("/listen on", thread_id=topic)
    await asker.read_last("From now on I listen here")
    for person in (asker, *others):
        await person.read_reaction(await person.send(make_note("calm"), thread_id=topic))
    await asker.write("/mood", thread_id=topic)
    answer = await asker.read_last("Calm prevails")
    assert answer["message_thread_id"] == topic


async def test_who_opted_out_is_told_so_instead_of_a_mood(town: Town) -> None:
    person, _ = town.gather()
    await person.write("/optout")
    await person.read_last("whoever asks")
    await person.write("/mood me")
    assert (await person.read_last("know nothing"))["text"] == groups.tell_opt_out()


async def test_an_anonymous_admin_has_no_mood_of_their_own(town: Town) -> None:
    admin, _ = town.gather(2, kind="supergroup")
    await admin.write("/mood me", as_chat=admin.chat_id)
    assert (await admin.read_answer("your own name"))["text"] == groups.refuse_anonymous()


async def test_the_picture_is_drawn_anew_in_the_other_theme_which_stays(town: Town) -> None:
    asker, other, _ = await hold_mood_check(town)
    await asker.write("/mood")
    light = await asker.read_last("prevails")
    brightness = await measure_brightness(asker, light)
    assert brightness > 128
    await other.read_press(await other.tap(light, "Dark"))
    *_, dark = await asker.read(lambda found: "Light" in str(found[-1]["reply_markup"]))
    assert dark["message_id"] == light["message_id"]
    assert dark["text"] == light["text"]
    assert await measure_brightness(asker, dark) < 128
    await asker.write("/mood 7d")
    again = await asker.read_last("7 days")
    assert await measure_brightness(asker, again) < 128
    await other.tap(again, "Light")
    await asker.read(lambda found: "Dark" in str(found[-1]["reply_markup"]))


async def test_ones_own_picture_is_drawn_anew_for_oneself_only(town: Town) -> None:
    speaker, other = await gather_listened(town, 2)
    for _ in range(3):
        await say(speaker)
    await speaker.write("/mood me")
    picture = await speaker.read_last("prevails")
    answer = await other.read_press(await other.tap(picture, "Dark"))
    assert answer["text"] == groups.refuse_button()
    await speaker.read_press(await speaker.tap(picture, "Dark"))
    await speaker.read(lambda found: "Light" in str(found[-1]["reply_markup"]))


async def test_a_picture_whose_notes_are_gone_is_not_drawn_anew(town: Town) -> None:
    asker, speaker, _ = await hold_mood_check(town)
    await asker.write("/mood")
    picture = await asker.read_last("prevails")
    await speaker.write("/optout")
    await speaker.read_last("whoever asks")
    answer = await asker.read_press(await asker.tap(picture, "Dark"))
    assert answer["text"] == groups.refuse_button()


async def test_a_button_that_was_pressed_too_long_ago_still_works(town: Town) -> None:
    asker, *_ = await hold_mood_check(town)
    await asker.write("/mood")
    picture = await asker.read_last("prevails")
    await asker.tap(picture, "Dark", expired=True)
    assert await asker.read(lambda found: "Light" in str(found[-1]["reply_markup"]))


async def test_a_button_under_a_picture_that_is_there_already_or_gone_is_no_trouble(
    town: Town,
) -> None:
    asker, *_ = await hold_mood_check(town)
    await asker.write("/mood")
    picture = await asker.read_last("prevails")
    button = picture["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    light = button.replace("dark", "light")
    assert await asker.read_press(await asker.press(picture, light))  # as it is already
    await asker.delete(picture["message_id"])
    await asker.write("/mood")
    assert await asker.read_last("prevails")


@pytest.mark.parametrize(
    "data",
    [
        "dark",
        "dark:group:99y:0:29000000",
        "dark:all:1h:0:29000000",
        "dark:own:1h:1:29000000",
        "dark:group:1h:0:999999999",
        "dark:group:1h:0:29000000:",
    ],
)
async def test_a_button_that_the_bot_never_made_is_refused(town: Town, data: str) -> None:
    asker, *_ = await gather_listened(town)
    (shown,) = await asker.read(bool)
    answer = await asker.read_press(await asker.press(shown, f"mood:{data}"))
    assert answer["text"] == groups.refuse_button()
