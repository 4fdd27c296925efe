from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from group_talk import gather_listened, make_note, say

from bot.replies import groups, notes

if TYPE_CHECKING:
    from town import Town

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_group_is_told_once_what_listening_means(town: Town) -> None:
    admin, _ = town.gather()
    await admin.write("/listen on")
    explanation = await admin.read_answer("From now on I listen here")
    assert "/optout" in explanation["text"]
    assert "30 days" in explanation["text"]
    await admin.write("/listen on reply")
    manner = await admin.read_last("I reply to each")
    assert manner["text"] == groups.tell_manner("reply")


async def test_who_listens_again_keeps_the_manner_and_explains_itself_anew(town: Town) -> None:
    admin, _ = await gather_listened(town, 2, "silent")
    await admin.write("/listen off")
    assert (await admin.read_last("no longer listen"))["text"].startswith("🤐")
    await admin.write("/listen on")
    answers = await admin.read(lambda found: len(found) == 3)
    assert "From now on I listen here" in answers[-1]["text"]
    assert groups.tell_manner("silent") in answers[-1]["text"]


async def test_the_notice_is_not_given_again_where_listening_was_explained(town: Town) -> None:
    admin, speaker = await gather_listened(town, 2)
    await admin.write("/mood", reply_to=await speaker.send(make_note("happy")))
    answer = await admin.read_last("Happy")
    assert notes.give_notice() not in answer["html"]


async def test_only_admins_switch_listening(town: Town) -> None:
    _, administrator, member = town.gather(3, admins=2)
    await member.write("/listen on reply")
    answer = await member.read_answer("Only an admin")
    assert "/listen on reply" in answer["text"]
    await member.write("/listen")
    await member.read_last("I do not listen here")
    await administrator.write("/listen on")
    assert await member.read_last("From now on I listen here")


async def test_an_admin_may_be_anonymous_but_a_channel_is_none(town: Town) -> None:
    admin, _ = town.gather(2, kind="supergroup")
    channel = await town.open_channel(admin)
    await admin.write("/listen on", as_chat=channel.chat_id)
    await admin.read_answer("Only an admin")
    await admin.write("/listen on", as_chat=admin.chat_id)
    assert await admin.read_last("From now on I listen here")


@pytest.mark.parametrize("words", ["maybe", "on loudly", "off now", "onn", "on reply please"])
async def test_other_words_get_one_line_that_shows_the_right_form(town: Town, words: str) -> None:
    admin, _ = town.gather()
    await admin.write(f"/listen {words}")
    answer = await admin.read_answer("/listen on")
    assert answer["html"] == groups.show_listening_form()


async def test_without_a_word_it_tells_how_it_listens(town: Town) -> None:
    admin, member = town.gather()
    await member.write("/listen")
    assert (await member.read_answer("I do not listen here"))["text"].count("/listen on") == 2
    await admin.write("/listen ON Silent")
    await admin.read_last("From now on I listen here")
    await member.write("/listen")
    answer = await member.read_last("I listen here.\n")
    assert groups.tell_manner("silent") in answer["text"]


@pytest.mark.parametrize("command", ["/listen on", "/optout", "/optin"])
async def test_in_a_private_chat_there_is_nothing_to_switch(town: Town, command: str) -> None:
    person = town.meet()
    await person.write(command)
    assert (await person.read_answer("for groups"))["text"] == groups.refuse_outside_groups()


async def test_privacy_mode_is_explained_unless_the_bot_is_an_admin(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(town.sandbox.state.bot, "can_read_all_group_messages", value=False)
    admin, _ = town.gather()
    await admin.write("/listen on")
    answer = await admin.read_answer("From now on I listen here")
    assert groups.explain_privacy_mode("SandboxBot") in answer["text"]
    await town.change_bot_role(admin, "administrator")
    await admin.write("/listen on silent")
    answer = await admin.read_last("say nothing")
    assert answer["text"] == groups.tell_manner("silent")


async def test_who_opts_out_is_not_analysed_whoever_asks(town: Town) -> None:
    asker, speaker, other = await gather_listened(town)
    before = await say(speaker, "sad")
    await speaker.write("/optout")
    await speaker.read_last("whoever asks")
    after = await speaker.send(make_note("sad"))
    for note in (before, after):
        await asker.write("/mood", reply_to=note)
    answers = await asker.read(
        lambda found: sum(one["text"] == groups.respect_opt_out() for one in found) == 2
    )
    assert not any("Sad" in one["text"] for one in answers)
    assert await say(other)
    seen = await speaker.see(after)
    assert seen is not None
    assert not seen["reactions"]


async def test_a_forward_of_who_opted_out_is_not_analysed_either(town: Town) -> None:
    asker, speaker = town.gather()
    await speaker.write("/optout")
    await speaker.read_last("whoever asks")
    forward = await asker.send(make_note("sad"), forward_of=speaker)
    await asker.write("/mood", reply_to=forward)
    assert await asker.read_last("has opted out")


async def test_what_was_kept_of_who_opts_out_is_gone(town: Town) -> None:
    asker, speaker, other = await gather_listened(town)
    for person in (speaker, speaker, other):
        await say(person)
    await asker.write("/mood")
    await asker.read_last("2 speakers")
    await speaker.write("/optout")
    await speaker.read_last("whoever asks")
    await asker.write("/mood")
    answer = await asker.read_last("Too little")
    assert "Voice notes: 1" in answer["text"]
    assert "Speakers: 1" in answer["text"]


async def test_who_opts_in_again_is_heard_again(town: Town) -> None:
    _, speaker = await gather_listened(town, 2)
    await speaker.write("/optout")
    await speaker.read_last("whoever asks")
    await speaker.write("/optin")
    await speaker.read_last("like everybody's")
    assert await say(speaker)


async def test_an_opt_out_holds_in_its_own_group_only(town: Town) -> None:
    _, speaker = await gather_listened(town, 2)
    other_admin, _ = await gather_listened(town, 2)
    await speaker.write("/optout")
    await speaker.read_last("whoever asks")
    assert await say(speaker.in_group(other_admin.chat_id))


@pytest.mark.parametrize("command", ["/optout", "/optin"])
async def test_who_hides_is_asked_to_show_themselves(town: Town, command: str) -> None:
    admin, _ = town.gather(2, kind="supergroup")
    await admin.write(command, as_chat=admin.chat_id)
    assert (await admin.read_answer("your own name"))["text"] == groups.refuse_anonymous()


async def test_a_sound_file_is_no_voice_of_the_group(town: Town) -> None:
    _, speaker = await gather_listened(town, 2)
    song = await speaker.send(make_note("happy"), kind="audio", name="song.mp3")
    await say(speaker)
    seen = await speaker.see(song)
    assert seen is not None
    assert not seen["reactions"]


async def test_a_video_note_is_heard(town: Town) -> None:
    _, speaker = await gather_listened(town, 2)
    note = await speaker.send(make_note("angry"), kind="video_note", mime_type="video/mp4")
    assert await speaker.read_reaction(note) == "😡"
