from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from pngs import make_png
from sandbox_user import open_http
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    Message,
    MessageOriginChannel,
    MessageOriginHiddenUser,
    MessageOriginUser,
    ReactionTypeCustomEmoji,
    Update,
)
from telegram.error import BadRequest, RetryAfter

from bot.sandbox import bot_messages
from bot.sandbox.accounts import BOT_ID

if TYPE_CHECKING:
    from sandbox_user import File, User

    from bot.sandbox.server import Sandbox

GROUP = -5
KEYBOARD = InlineKeyboardMarkup([[InlineKeyboardButton("Details", callback_data="details")]])
OTHER = InlineKeyboardMarkup([[InlineKeyboardButton("Dark", callback_data="dark")]])


async def _hear(bot: Bot) -> Update:
    """Give the newest update that the bot got."""
    return (await bot.get_updates(allowed_updates=Update.ALL_TYPES))[-1]


async def _ask(user: User, path: str, **fields: object) -> dict[str, Any]:
    """Do something in the chat of user 7; an error is given back, too."""
    data = {"chat_id": 7, "user_id": user.user_id} | fields
    return dict((await user.http.post(f"/sandbox/api/{path}", data=data)).json())


async def _call(sandbox: Sandbox, method: str, **fields: object) -> dict[str, Any]:
    async with open_http() as http:
        url = f"{sandbox.url}/bot{sandbox.token}/{method}"
        return dict((await http.post(url, json=fields)).json())


async def test_a_file_is_sent_with_its_name_and_caption(bot: Bot, user: User) -> None:
    await user.say("hello")
    sent = await bot.send_document(7, b"{}", filename="data.json", caption="all of it")
    assert sent.document is not None
    assert (sent.document.file_name, sent.caption) == ("data.json", "all of it")
    seen = await user.see(sent.message_id)
    assert (seen["file"]["kind"], seen["file"]["file_name"]) == ("document", "data.json")
    assert (await user.http.get(seen["file"]["url"])).content == b"{}"


async def test_a_file_over_the_limit_is_refused(
    bot: Bot, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot_messages, "MAX_DOCUMENT_BYTES", 1)
    await user.say("hello")
    with pytest.raises(BadRequest, match="File is too big"):
        await bot.send_document(7, b"{}")


async def test_a_picture_has_buttons_and_its_caption_is_edited(bot: Bot, user: User) -> None:
    await user.say("hello")
    sent = await bot.send_photo(7, make_png(4, 4), caption="one", reply_markup=KEYBOARD)
    assert (await user.see(sent.message_id))["reply_markup"] == KEYBOARD.to_dict()
    edited = await bot.edit_message_caption(
        7, sent.message_id, caption="<b>two</b>", parse_mode="HTML", reply_markup=OTHER
    )
    assert isinstance(edited, Message)
    assert (edited.caption, edited.photo, edited.reply_markup) == ("two", sent.photo, OTHER)
    seen = await user.see(sent.message_id)
    assert (seen["html"], seen["edited"]) == ("<b>two</b>", True)
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_caption(
            7, sent.message_id, caption="<b>two</b>", parse_mode="HTML", reply_markup=OTHER
        )


async def test_a_picture_takes_the_place_of_another_or_of_a_text(bot: Bot, user: User) -> None:
    await user.say("hello")
    sent = await bot.send_photo(7, make_png(4, 4), caption="light", reply_markup=KEYBOARD)
    dark = InputMediaPhoto(make_png(8, 8), caption="dark")
    edited = await bot.edit_message_media(dark, 7, sent.message_id, reply_markup=OTHER)
    assert isinstance(edited, Message)
    assert (edited.photo[-1].width, edited.caption, edited.reply_markup) == (8, "dark", OTHER)
    text = await bot.send_message(7, "Listening…")
    document = InputMediaDocument(b"{}", filename="data.json")
    edited = await bot.edit_message_media(document, 7, text.message_id)
    assert isinstance(edited, Message)
    assert (edited.text, edited.document and edited.document.file_name) == (None, "data.json")


async def test_a_medium_that_the_sandbox_does_not_know_is_refused(
    sandbox: Sandbox, bot: Bot, user: User
) -> None:
    await user.say("hello")
    sent = await bot.send_message(7, "one")
    about = {"chat_id": 7, "message_id": sent.message_id}
    for media in ({"type": "video", "media": "x"}, [], None):
        answer = await _call(sandbox, "editMessageMedia", media=json.dumps(media), **about)
        assert "can't parse InputMedia" in answer["description"]


async def test_buttons_alone_are_changed_and_taken_away(bot: Bot, user: User) -> None:
    await user.say("hello")
    sent = await bot.send_message(7, "<b>one</b>", parse_mode="HTML", reply_markup=KEYBOARD)
    await bot.edit_message_reply_markup(7, sent.message_id, reply_markup=OTHER)
    seen = await user.see(sent.message_id)
    assert (seen["html"], seen["reply_markup"]) == ("<b>one</b>", OTHER.to_dict())
    await bot.edit_message_reply_markup(7, sent.message_id)
    assert (await user.see(sent.message_id))["reply_markup"] is None
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_reply_markup(7, sent.message_id)


async def test_a_text_has_no_caption_to_edit(bot: Bot, user: User) -> None:
    await user.say("hello")
    sent = await bot.send_message(7, "one")
    with pytest.raises(BadRequest, match="There is no caption in the message to edit"):
        await bot.edit_message_caption(7, sent.message_id, caption="two")


async def test_what_a_user_deletes_cannot_be_edited_or_reacted_to(bot: Bot, user: User) -> None:
    asked = await user.say("hello")
    sent = await bot.send_message(7, "one")
    for message_id in (asked, sent.message_id):
        assert await _ask(user, "deletions", message_id=message_id) == {}
    assert (await user.read())["messages"] == []
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("two", 7, sent.message_id)
    with pytest.raises(BadRequest, match="Message to react not found"):
        await bot.set_message_reaction(7, asked, "👍")
    again = await _ask(user, "deletions", message_id=asked)
    assert again == {"error": "there is no such message"}


async def test_only_an_admin_deletes_what_others_say_in_a_group(bot: Bot, user: User) -> None:
    asked = await user.say("hello", chat_id=GROUP)
    own = await bot.send_message(GROUP, "mine")
    await bot.delete_message(GROUP, own.message_id)
    with pytest.raises(BadRequest, match="Message can't be deleted for everyone"):
        await bot.delete_message(GROUP, asked)
    await _ask(user, f"chats/{GROUP}/members", user_id=BOT_ID, role="administrator")
    assert await bot.delete_message(GROUP, asked)


async def test_a_reaction_of_the_bot_is_shown_and_taken_away(bot: Bot, user: User) -> None:
    asked = await user.say("hello")
    await bot.set_message_reaction(7, asked, "😢")
    shown = {"user_id": BOT_ID, "emoji": "😢", "from_bot": True}
    assert (await user.see(asked))["reactions"] == [shown]
    await _ask(user, "edits", message_id=asked, text="good bye")
    assert (await user.see(asked))["reactions"] == [shown]
    await bot.set_message_reaction(7, asked, "🤔")
    assert [one["emoji"] for one in (await user.see(asked))["reactions"]] == ["🤔"]
    await bot.set_message_reaction(7, asked)
    assert (await user.see(asked))["reactions"] == []


@pytest.mark.parametrize(
    ("reaction", "description"),
    [
        (["🐧"], "Reaction_invalid"),
        ([ReactionTypeCustomEmoji("1")], "Reaction_invalid"),
        (["👍", "👎"], "Reactions_too_many"),
    ],
)
async def test_a_reaction_that_telegram_would_refuse_is_refused(
    bot: Bot, user: User, reaction: list[Any], description: str
) -> None:
    asked = await user.say("hello")
    with pytest.raises(BadRequest, match=description):
        await bot.set_message_reaction(7, asked, reaction)


@pytest.mark.parametrize("reaction", [{"emoji": "👍"}, ["👍"]])
async def test_a_reaction_must_be_a_list_of_reactions(
    sandbox: Sandbox, user: User, reaction: object
) -> None:
    asked = await user.say("hello")
    answer = await _call(
        sandbox, "setMessageReaction", chat_id=7, message_id=asked, reaction=reaction
    )
    assert answer["error_code"] == 400


async def test_a_reaction_of_a_user_reaches_a_bot_that_asked_for_it(bot: Bot, user: User) -> None:
    sent = await user.say("hello")
    await _ask(user, "reactions", message_id=sent, emoji="👎")
    assert (await bot.get_updates())[-1].message_reaction is None
    assert (await _hear(bot)).message is not None
    await _ask(user, "reactions", message_id=sent, emoji="👍")
    change = (await _hear(bot)).message_reaction
    assert change is not None
    assert change.user is not None
    assert change.user.id == 7
    old, new = (
        [one.to_dict()["emoji"] for one in which]
        for which in (change.old_reaction, change.new_reaction)
    )
    assert (old, new) == (["👎"], ["👍"])
    await _ask(user, "reactions", message_id=sent, emoji="")
    assert (await user.see(sent))["reactions"] == []


async def test_in_a_group_only_an_admin_is_told_of_reactions(bot: Bot, user: User) -> None:
    sent = await user.say("hello", chat_id=GROUP)
    assert (await _hear(bot)).message is not None
    await _ask(user, "reactions", chat_id=GROUP, message_id=sent, emoji="👍")
    assert (await _hear(bot)).message_reaction is None
    await _ask(user, f"chats/{GROUP}/members", user_id=BOT_ID, role="administrator")
    await _ask(user, "reactions", chat_id=GROUP, message_id=sent, emoji="👎")
    assert (await _hear(bot)).message_reaction is not None


async def test_an_edited_message_reaches_the_bot_as_such(
    bot: Bot, user: User, voice_file: File
) -> None:
    said = await user.say("one")
    await _ask(user, "edits", message_id=said, text="two /help")
    message = (await _hear(bot)).edited_message
    assert message is not None
    assert (message.message_id, message.text) == (said, "two /help")
    assert message.edit_date is not None
    note = await user.post(voice_file, kind="voice", text="one")
    await _ask(user, "edits", message_id=note, text="")
    message = (await _hear(bot)).edited_message
    assert message is not None
    assert message.voice is not None
    assert (message.caption, message.message_id) == (None, note)
    assert (await user.see(note))["edited"]


async def test_an_edited_post_of_a_channel_reaches_the_bot_as_such(bot: Bot, user: User) -> None:
    post = await user.say("one", chat_id=-9, chat_type="channel")
    await _ask(user, "edits", chat_id=-9, message_id=post, text="two")
    edited = (await _hear(bot)).edited_channel_post
    assert edited is not None
    assert edited.text == "two"


@pytest.mark.parametrize(
    ("path", "fields", "reason"),
    [
        ("edits", {"user_id": 8, "text": "x"}, "this message is not the user's own"),
        ("edits", {"user_id": 9, "text": "x"}, "this user has not written in this chat"),
        ("edits", {"text": ""}, "text must not be empty"),
        ("reactions", {"emoji": "x"}, "emoji must be one that Telegram has"),
        ("reactions", {"message_id": 1, "emoji": "👍"}, "there is no such message"),
    ],
)
async def test_what_makes_no_sense_is_refused_with_a_reason(
    user: User, path: str, fields: dict[str, Any], reason: str
) -> None:
    said = await user.say("one", chat_id=GROUP)
    await user.say("two", chat_id=GROUP, user_id=8)
    answer = await _ask(user, path, **{"chat_id": GROUP, "message_id": said} | fields)
    assert reason in answer["error"]


async def test_a_forwarded_note_tells_whose_it_was(bot: Bot, user: User, voice_file: File) -> None:
    await _ask(user, "users/8", user_id=8, first_name="Bo")
    sent = await user.post(voice_file, kind="voice", forward_of=8)
    message = (await _hear(bot)).message
    assert message is not None
    assert isinstance(message.forward_origin, MessageOriginUser)
    assert message.forward_origin.sender_user.first_name == "Bo"
    assert (await user.see(sent))["forwarded_from"] == "Bo"


async def test_a_forward_may_hide_its_author_or_come_from_a_channel(bot: Bot, user: User) -> None:
    sent = await user.say("hello", forward_of="Somebody")
    message = (await _hear(bot)).message
    assert message is not None
    assert isinstance(message.forward_origin, MessageOriginHiddenUser)
    assert (await user.see(sent))["forwarded_from"] == "Somebody"
    await user.say("news", chat_id=-9, chat_type="channel")
    sent = await user.say("hello", forward_of=-9)
    message = (await _hear(bot)).message
    assert message is not None
    assert isinstance(message.forward_origin, MessageOriginChannel)
    assert (await user.see(sent))["forwarded_from"] == "Chat 9"
    answer = await user.ask_to_post(text="x", forward_of=-10)
    assert answer.json() == {"error": "forward_of must be a user, a channel or a name"}


async def test_a_press_that_waited_too_long_cannot_be_answered(bot: Bot, user: User) -> None:
    await user.say("hello")
    sent = await bot.send_message(7, "choose", reply_markup=KEYBOARD)
    pressed = await _ask(
        user, "callbacks", message_id=sent.message_id, data="details", expired=True
    )
    query = (await _hear(bot)).callback_query
    assert query is not None
    assert query.id == pressed["callback_query_id"]
    with pytest.raises(BadRequest, match="Query is too old and response timeout expired"):
        await query.answer()


async def test_the_bot_is_told_to_slow_down_as_often_as_ordered(
    sandbox: Sandbox, bot: Bot, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # the library's new way, as the bot has it
    await user.say("hello")
    await _ask(user, "limits", method="sendMessage", n_calls=2, retry_after=3)
    with pytest.raises(RetryAfter):
        await bot.send_message(7, "one")
    answer = await _call(sandbox, "sendMessage", chat_id=7, text="one")
    assert answer == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 3",
        "parameters": {"retry_after": 3},
    }
    assert (await bot.send_message(7, "one")).text == "one"


async def test_the_commands_are_those_for_the_chat_and_the_language(bot: Bot, user: User) -> None:
    await bot.set_my_commands([("start", "Begin")])
    await bot.set_my_commands([("start", "Beginnen")], language_code="de")
    await bot.set_my_commands([("listen", "Listen")], scope={"type": "all_group_chats"})  # type: ignore[arg-type]  # as JSON

    async def see(**query: str) -> str:
        shown = (await user.http.get("/sandbox/api/bot", params=query)).json()
        return str(shown["commands"][0]["description"])

    assert await see() == "Begin"
    assert await see(language_code="de") == "Beginnen"
    assert await see(chat_type="supergroup", language_code="de") == "Listen"


async def test_the_narrowest_list_of_commands_is_the_one_that_is_seen(bot: Bot, user: User) -> None:
    await user.say("hello")
    await user.say("hello", chat_id=-5)
    await user.say("hello", chat_id=-5, user_id=8)
    scopes: dict[str, dict[str, object]] = {
        "everybody": {"type": "default"},
        "alone": {"type": "all_private_chats"},
        "with user 7": {"type": "chat", "chat_id": 7},
        "in groups": {"type": "all_group_chats"},
        "admins": {"type": "all_chat_administrators"},
        "this group": {"type": "chat", "chat_id": -5},
        "admins of this group": {"type": "chat_administrators", "chat_id": -5},
        "user 8 in this group": {"type": "chat_member", "chat_id": -5, "user_id": 8},
    }

    async def see(chat_id: int, user_id: int, chat_type: str = "private") -> str:
        query = {"chat_id": chat_id, "user_id": user_id, "chat_type": chat_type}
        shown = (await user.http.get("/sandbox/api/bot", params=query)).json()
        return str(shown["commands"][0]["description"])

    seen = []
    for name, scope in scopes.items():
        await bot.set_my_commands([("start", name)], scope=scope)  # type: ignore[arg-type]  # as JSON
        seen.append([await see(7, 7), await see(9, 9), await see(-5, 7), await see(-5, 8)])
    assert seen == [
        ["everybody", "everybody", "everybody", "everybody"],
        ["alone", "alone", "everybody", "everybody"],
        ["with user 7", "alone", "everybody", "everybody"],
        ["with user 7", "alone", "in groups", "in groups"],
        ["with user 7", "alone", "admins", "in groups"],
        ["with user 7", "alone", "this group", "this group"],
        ["with user 7", "alone", "admins of this group", "this group"],
        ["with user 7", "alone", "admins of this group", "user 8 in this group"],
    ]
    assert await see(-6, 7, "group") == "in groups"


@pytest.mark.parametrize(
    ("scope", "reason"),
    [
        ({"type": "chat", "chat_id": 9}, "Chat not found"),
        ({"type": "chat_member", "chat_id": 7, "user_id": 8}, "User not found"),
        ({"type": "friends"}, "unsupported type"),
        ("chat", "must be JSON"),
        (["chat"], "unsupported type"),
        ({"type": "chat"}, "chat_id must be a whole number"),
    ],
)
async def test_commands_for_somebody_whom_the_bot_has_not_met_are_refused(
    bot: Bot, user: User, scope: object, reason: str
) -> None:
    await user.say("hello")
    with pytest.raises(BadRequest, match=f"(?i){reason}"):
        await bot.set_my_commands([("start", "Begin")], scope=scope)  # type: ignore[arg-type]  # as JSON
