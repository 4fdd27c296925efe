from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from telegram import Bot, ChatMemberAdministrator, ChatMemberBanned, ReplyParameters, Update
from telegram.error import BadRequest, ChatMigrated, Forbidden

from bot.sandbox.accounts import BOT_ID

if TYPE_CHECKING:
    from sandbox_user import File, User
    from telegram import Message

GROUP = -5
CHANNEL = -9


async def _receive(bot: Bot) -> tuple[Update, ...]:
    """Give everything that the bot has got since it last asked."""
    updates = await bot.get_updates(allowed_updates=Update.ALL_TYPES)
    if updates:
        await bot.get_updates(offset=updates[-1].update_id + 1)
    return updates


async def _hear(bot: Bot) -> Message:
    """Give the newest message that the bot got."""
    message = (await _receive(bot))[-1].message
    assert message is not None
    return message


async def _ask(user: User, path: str, **fields: object) -> dict[str, Any]:
    """Do something that only this kind of request can do; an error is given back, too."""
    data = {"user_id": user.user_id} | fields
    return dict((await user.http.post(f"/sandbox/api/{path}", data=data)).json())


async def _change_role(user: User, role: str, *, who: int = BOT_ID, chat: int = GROUP) -> None:
    shown = await _ask(user, f"chats/{chat}/members", user_id=who, role=role)
    assert "error" not in shown, shown


async def test_whoever_opens_a_group_is_its_creator_and_the_rest_are_members(
    bot: Bot, user: User
) -> None:
    await user.say("one", chat_id=GROUP)
    await user.say("two", chat_id=GROUP, user_id=8)
    await _change_role(user, "administrator", who=9)
    assert (await bot.get_chat_member(GROUP, 7)).status == "creator"
    assert (await bot.get_chat_member(GROUP, 8)).status == "member"
    admin = await bot.get_chat_member(GROUP, 9)
    assert isinstance(admin, ChatMemberAdministrator)
    assert (admin.can_delete_messages, admin.can_promote_members) == (True, False)
    admins = await bot.get_chat_administrators(GROUP)
    assert [(admin.user.id, admin.status) for admin in admins] == [
        (7, "creator"),
        (9, "administrator"),
    ]


async def test_a_private_chat_has_no_administrators(bot: Bot, user: User) -> None:
    await user.say("hello")
    with pytest.raises(BadRequest, match="There are no administrators in the private chat"):
        await bot.get_chat_administrators(7)


async def test_a_group_that_is_opened_is_without_the_bot_until_somebody_adds_it(
    bot: Bot, user: User
) -> None:
    shown = await _ask(user, f"chats/{GROUP}", title="Friends")
    assert (shown["title"], shown["type"], shown["bot_role"]) == ("Friends", "group", "left")
    assert shown["members"] == [{"user_id": 7, "name": "User 7", "role": "creator"}]
    await user.say("nobody hears this", chat_id=GROUP)
    assert await _receive(bot) == ()
    with pytest.raises(Forbidden, match="bot is not a member of the group chat"):
        await bot.send_message(GROUP, "hello")
    await _change_role(user, "member")
    added, told = await _receive(bot)
    change = added.my_chat_member
    assert change is not None
    assert (change.chat.title, change.from_user.id) == ("Friends", 7)
    assert (change.old_chat_member.status, change.new_chat_member.status) == ("left", "member")
    assert told.message is not None
    assert [one.id for one in told.message.new_chat_members] == [bot.id]
    await bot.send_message(GROUP, "hello")


async def test_a_bot_that_was_removed_hears_and_says_nothing(bot: Bot, user: User) -> None:
    await user.say("hello", chat_id=GROUP)
    await _receive(bot)
    await _change_role(user, "kicked")
    (removed,) = await _receive(bot)
    assert removed.my_chat_member is not None
    assert isinstance(removed.my_chat_member.new_chat_member, ChatMemberBanned)
    await user.say("bye", chat_id=GROUP)
    assert await _receive(bot) == ()
    with pytest.raises(Forbidden, match="bot was kicked from the group chat"):
        await bot.get_chat(GROUP)


async def test_a_user_who_blocks_the_bot_is_out_of_its_reach(bot: Bot, user: User) -> None:
    await user.say("hello")
    await _receive(bot)
    await _change_role(user, "kicked", chat=7)
    (blocked,) = await _receive(bot)
    assert blocked.my_chat_member is not None
    assert blocked.my_chat_member.chat.type == "private"
    assert blocked.my_chat_member.new_chat_member.status == "kicked"
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(7, "hello")
    assert (await user.ask_to_post(text="hello")).json() == {"error": "this user blocks the bot"}
    await _change_role(user, "member", chat=7)
    (unblocked,) = await _receive(bot)
    assert unblocked.my_chat_member is not None
    await bot.send_message(7, "hello again")


async def test_a_role_that_somebody_has_already_is_no_news(bot: Bot, user: User) -> None:
    await user.say("hello", chat_id=GROUP)
    await _receive(bot)
    await _change_role(user, "member")
    assert await _receive(bot) == ()


async def test_who_comes_and_goes_is_told_in_the_group(bot: Bot, user: User) -> None:
    await user.say("hello", chat_id=GROUP)
    await _ask(user, "users/8", first_name="Bo")
    await _receive(bot)
    await _change_role(user, "member", who=8)
    message = await _hear(bot)
    assert [one.first_name for one in message.new_chat_members] == ["Bo"]
    await _change_role(user, "administrator", who=8)
    assert await _receive(bot) == ()
    await _change_role(user, "left", who=8)
    message = await _hear(bot)
    assert message.left_chat_member is not None
    assert (await bot.get_chat_member(GROUP, 8)).status == "left"
    await user.say("back again", chat_id=GROUP, user_id=8)
    assert (await bot.get_chat_member(GROUP, 8)).status == "member"
    await _change_role(user, "kicked", who=8)
    answer = await user.ask_to_post(text="x", chat_id=GROUP, user_id=8)
    assert answer.json() == {"error": "this user was removed from the chat"}


@pytest.mark.parametrize(
    ("text", "is_heard"),
    [
        ("hello", False),
        ("@OtherBot hello", False),
        ("/mood@OtherBot", False),
        ("/mood", True),
        ("/mood@sandboxbot", True),
        ("what does @SandboxBot say?", True),
    ],
)
async def test_privacy_mode_keeps_from_the_bot_what_is_not_for_it(
    bot: Bot, user: User, text: str, *, is_heard: bool
) -> None:
    await user.http.post("/sandbox/api/bot", data={"can_read_all_group_messages": False})
    assert (await bot.get_me()).can_read_all_group_messages is False
    await user.say(text, chat_id=GROUP)
    assert bool(await _receive(bot)) is is_heard


async def test_privacy_mode_lets_replies_private_chats_and_admins_through(
    bot: Bot, user: User, voice_file: File
) -> None:
    await user.http.post("/sandbox/api/bot", data={"can_read_all_group_messages": False})
    await user.say("hello")
    note = await user.post(voice_file, kind="voice", chat_id=GROUP)
    assert len(await _receive(bot)) == 1
    sent = await bot.send_message(GROUP, "hello")
    await user.say("yes?", chat_id=GROUP, reply_to_message_id=sent.message_id)
    await user.say("no", chat_id=GROUP, reply_to_message_id=note)
    (reply,) = await _receive(bot)
    assert reply.message is not None
    assert reply.message.text == "yes?"
    await _change_role(user, "administrator")
    await user.say("all of it", chat_id=GROUP)
    assert (await _hear(bot)).text == "all of it"


async def test_a_group_becomes_a_supergroup_with_another_id(bot: Bot, user: User) -> None:
    await user.say("hello", chat_id=GROUP)
    await user.say("hello", chat_id=GROUP, user_id=8)
    await _receive(bot)
    shown = await _ask(user, f"chats/{GROUP}/migration")
    new_id = shown["chat_id"]
    assert (shown["type"], new_id) == ("supergroup", -1_000_000_000_005)
    old, new = await _receive(bot)
    assert old.message is not None
    assert new.message is not None
    assert (old.message.chat.id, old.message.migrate_to_chat_id) == (GROUP, new_id)
    assert (new.message.chat.id, new.message.migrate_from_chat_id) == (new_id, GROUP)
    with pytest.raises(ChatMigrated) as caught:
        await bot.send_message(GROUP, "hello")
    assert caught.value.new_chat_id == new_id
    assert (await bot.get_chat_member(new_id, 8)).status == "member"
    await bot.send_message(new_id, "hello")
    assert str(new_id) in (await user.ask_to_post(text="x", chat_id=GROUP)).json()["error"]
    again = await _ask(user, f"chats/{GROUP}/migration")
    assert again == {"error": "only a group can become a supergroup"}


async def test_a_topic_keeps_its_messages_and_the_replies_to_them(bot: Bot, user: User) -> None:
    await _ask(user, f"chats/{GROUP}", chat_type="supergroup", is_forum=True)
    await _change_role(user, "member")
    topic = (await _ask(user, f"chats/{GROUP}/topics", name="Voices"))["message_thread_id"]
    created = await _hear(bot)
    assert created.chat.is_forum
    assert created.forum_topic_created is not None
    assert created.forum_topic_created.name == "Voices"
    asked = await user.say("hello", chat_id=GROUP, message_thread_id=topic)
    message = await _hear(bot)
    assert (message.message_thread_id, message.is_topic_message) == (topic, True)
    assert message.reply_to_message is not None
    assert message.reply_to_message.forum_topic_created is not None
    sent = await bot.send_message(GROUP, "here", reply_parameters=ReplyParameters(asked))
    assert (sent.message_thread_id, sent.reply_to_message and sent.reply_to_message.text) == (
        topic,
        "hello",
    )
    sent = await bot.send_message(GROUP, "there", message_thread_id=topic)
    assert sent.is_topic_message
    general = await bot.send_message(GROUP, "elsewhere")
    assert general.message_thread_id is None
    with pytest.raises(BadRequest, match="Message thread not found"):
        await bot.send_message(GROUP, "nowhere", message_thread_id=1)
    answer = await user.ask_to_post(text="x", chat_id=GROUP, message_thread_id=1)
    assert answer.json() == {"error": "there is no such topic"}


async def test_an_anonymous_admin_speaks_as_the_group(bot: Bot, user: User) -> None:
    await user.say("hello", chat_id=GROUP)
    await user.say("/listen on", chat_id=GROUP, sender_chat_id=GROUP)
    message = await _hear(bot)
    assert message.from_user is not None
    assert (message.from_user.id, message.from_user.username) == (
        1_087_968_824,
        "GroupAnonymousBot",
    )
    assert message.sender_chat is not None
    assert message.sender_chat.id == GROUP
    answer = await user.ask_to_post(text="x", chat_id=GROUP, user_id=8, sender_chat_id=GROUP)
    assert answer.json() == {"error": "sender_chat_id must be a chat whose admin this user is"}


async def test_a_channel_posts_and_telegram_forwards_that_into_its_group(
    bot: Bot, user: User, voice_file: File
) -> None:
    await user.say("hello", chat_id=GROUP)
    await user.say("first post", chat_id=CHANNEL, chat_type="channel")
    await _ask(user, f"chats/{CHANNEL}", linked_chat_id=GROUP)
    await _receive(bot)
    post = await user.post(voice_file, kind="voice", chat_id=CHANNEL)
    posted, forwarded = await _receive(bot)
    assert posted.channel_post is not None
    assert posted.channel_post.from_user is None
    assert posted.channel_post.sender_chat == posted.channel_post.chat
    message = forwarded.message
    assert message is not None
    assert message.is_automatic_forward
    assert (message.chat.id, message.from_user and message.from_user.id) == (GROUP, 777_000)
    assert message.sender_chat is not None
    assert message.forward_origin is not None
    assert message.sender_chat.id == CHANNEL
    assert message.forward_origin.to_dict()["message_id"] == post
    assert (await bot.get_chat(CHANNEL)).linked_chat_id == GROUP
    answer = await user.ask_to_post(text="x", chat_id=CHANNEL, user_id=8)
    assert answer.json() == {"error": "only its admins post in a channel"}


async def test_somebody_may_write_in_the_name_of_a_channel(bot: Bot, user: User) -> None:
    await user.say("hello", chat_id=GROUP)
    await user.say("hello", chat_id=-6)
    await user.say("hello", chat_id=CHANNEL, chat_type="channel")
    await user.say("news", chat_id=GROUP, sender_chat_id=CHANNEL)
    message = await _hear(bot)
    assert message.from_user is not None
    assert message.sender_chat is not None
    assert (message.from_user.username, message.sender_chat.id) == ("Channel_Bot", CHANNEL)
    answer = await user.ask_to_post(text="x", chat_id=GROUP, sender_chat_id=-6)
    assert answer.json() == {"error": "sender_chat_id must be this group or a channel"}


@pytest.mark.parametrize(
    ("path", "fields", "reason"),
    [
        ("chats/-8", {"chat_type": "private"}, "chat_type must be one of group"),
        ("chats/-5", {"is_forum": True}, "only a supergroup can be a forum"),
        ("chats/-5", {"title": " "}, "title must have 1 to 128 characters"),
        ("chats/-5/members", {"role": "king"}, "role must be one of creator"),
        ("chats/-5/topics", {"name": "x"}, "only a forum has topics"),
        ("chats/-6/members", {"role": "member"}, "there is no such chat"),
        ("chats/7/migration", {}, "only a group can become a supergroup"),
        ("users/7", {"first_name": " "}, "first_name must not be empty"),
        ("limits", {"n_calls": 1}, "method must be named"),
        ("limits", {"method": "getMe", "n_calls": 0}, "must be positive"),
    ],
)
async def test_what_cannot_be_done_to_a_chat_is_refused_with_a_reason(
    user: User, path: str, fields: dict[str, object], reason: str
) -> None:
    await user.say("hello")
    await user.say("hello", chat_id=GROUP)
    assert reason in (await _ask(user, path, **fields))["error"]


async def test_too_many_chats_are_too_many_however_they_are_opened(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.sandbox.chats.MAX_CHATS", 0)
    assert await _ask(user, f"chats/{GROUP}") == {"error": "there are too many chats"}


async def test_a_chat_tells_about_itself(user: User) -> None:
    await user.say("hello", chat_id=GROUP)
    shown = (await user.http.get(f"/sandbox/api/chats/{GROUP}")).json()
    assert shown == {
        "chat_id": GROUP,
        "type": "group",
        "title": "Chat 5",
        "is_forum": False,
        "linked_chat_id": None,
        "migrated_to": None,
        "bot_role": "member",
        "members": [{"user_id": 7, "name": "User 7", "role": "creator"}],
    }
    assert (await user.http.get("/sandbox/api/chats/-6")).status_code == 404


async def test_names_and_language_of_a_user_reach_the_bot(bot: Bot, user: User) -> None:
    await _ask(user, "users/7", first_name="Ada", username="ada", language_code="pt-br")
    await user.say("hello")
    message = await _hear(bot)
    assert message.from_user is not None
    assert (message.from_user.first_name, message.from_user.username) == ("Ada", "ada")
    assert message.from_user.language_code == "pt-br"
    assert message.chat.first_name == "Ada"
    await _ask(user, "users/7", language_code="")
    await user.say("hello")
    message = await _hear(bot)
    assert message.from_user is not None
    assert (message.from_user.first_name, message.from_user.language_code) == ("Ada", None)


async def test_everybody_in_the_chat_is_told_what_telegram_tells(user: User) -> None:
    await _ask(user, "users/7", first_name="Ada")
    await _ask(user, "users/8", first_name="Bo")
    await _ask(user, f"chats/{GROUP}", title="Friends")
    for who, role in ((BOT_ID, "member"), (8, "member"), (8, "left")):
        await _change_role(user, role, who=who)
    await user.say("hello", chat_id=GROUP)
    group = (await user.http.get(f"/sandbox/api/chats/{GROUP}/messages")).json()["messages"]
    assert [message["service"] for message in group] == [
        "Ada added Speech Emotion Recogniser",
        "Ada added Bo",
        "Ada removed Bo",
        None,
    ]
    await _change_role(user, "left", who=7)
    await _change_role(user, "member", who=7)
    new_id = (await _ask(user, f"chats/{GROUP}/migration"))["chat_id"]
    await _ask(user, f"chats/{new_id}", is_forum=True)
    await _ask(user, f"chats/{new_id}/topics", name="Voices")
    group = (await user.http.get(f"/sandbox/api/chats/{GROUP}/messages")).json()["messages"]
    assert [message["service"] for message in group[-3:]] == [
        "Ada left",
        "Ada joined",
        f"This group is now the supergroup {new_id}",
    ]
    new = (await user.http.get(f"/sandbox/api/chats/{new_id}/messages")).json()["messages"]
    assert [message["service"] for message in new] == [
        f"This supergroup was the group {GROUP}",
        "Topic: Voices",
    ]
    assert new[0]["name"] == "Friends"


async def test_a_supergroup_has_numbers_of_its_own(user: User) -> None:
    await _ask(user, "chats/-8", chat_type="supergroup", title="Many")
    first = await user.say("a", chat_id=-8)
    elsewhere = await user.say("b", chat_id=GROUP)
    assert await user.say("c", chat_id=-8) == first + 1
    assert await user.say("d") == elsewhere + 1
