from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from pngs import make_png
from sandbox_user import open_http
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    ReplyParameters,
)
from telegram.constants import ChatAction
from telegram.error import BadRequest, InvalidToken

from bot.sandbox import bot_messages

if TYPE_CHECKING:
    from sandbox_user import File, User

    from bot.sandbox.server import Sandbox

KEYBOARD = InlineKeyboardMarkup([[InlineKeyboardButton("Details", callback_data="details")]])


async def _call(sandbox: Sandbox, method: str, **options: Any) -> dict[str, Any]:  # noqa: ANN401  whatever httpx takes
    async with open_http() as http:
        url = f"{sandbox.url}/bot{sandbox.token}/{method}"
        return dict((await http.request("POST", url, **options)).json())


async def test_the_bot_learns_who_it_is(bot: Bot) -> None:
    me = await bot.get_me()
    assert (me.username, me.is_bot) == ("SandboxBot", True)


async def test_a_wrong_token_is_unauthorised(sandbox: Sandbox) -> None:
    wrong = Bot(sandbox.token[:-1] + "!", base_url=f"{sandbox.url}/bot")
    with pytest.raises(InvalidToken):
        await wrong.initialize()
    for request in wrong._request:
        await request.shutdown()
    async with open_http() as http:
        answer = await http.get(f"{sandbox.url}/bot1:x/getMe")
        download = await http.get(f"{sandbox.url}/file/bot1:x/voice/file_1.oga")
    said = {"ok": False, "error_code": 401, "description": "Unauthorized"}
    assert (answer.status_code, answer.json()) == (401, said)
    assert (download.status_code, download.json()) == (401, said)


async def test_an_unknown_method_is_not_found(sandbox: Sandbox) -> None:
    answer = await _call(sandbox, "sendEverything")
    assert answer["error_code"] == 404
    assert answer["description"] == "Not Found: method not found"


@pytest.mark.parametrize(
    "options",
    [
        {"json": {"chat_id": 7, "text": "<b>x</b>", "parse_mode": "HTML"}},
        {"data": {"chat_id": "7", "text": "<b>x</b>", "parse_mode": "html"}},
        {"params": {"chat_id": 7, "text": "<b>x</b>", "parse_mode": "HTML"}},
        {"files": {"chat_id": (None, "7"), "text": (None, "x")}},
    ],
)
async def test_parameters_arrive_in_every_encoding(
    sandbox: Sandbox, user: User, options: dict[str, Any]
) -> None:
    await user.say("hello")
    answer = await _call(sandbox, "SENDMESSAGE", **options)
    assert answer["result"]["text"] == "x"


@pytest.mark.parametrize(
    ("options", "description"),
    [
        ({"content": b"{", "headers": {"content-type": "application/json"}}, "body must be JSON"),
        (
            {"content": b'{"text": "\\ud800"}', "headers": {"content-type": "application/json"}},
            "body must be JSON",
        ),
        ({"json": [1]}, "body must be a JSON object"),
        ({"json": {"text": "x"}}, "chat_id must be a whole number"),
        ({"json": {"chat_id": "seven", "text": "x"}}, "chat_id must be a whole number"),
        ({"json": {"chat_id": 7, "text": "x", "reply_markup": "{"}}, "reply_markup must be JSON"),
        ({"data": {"chat_id": 7, "text": "x", "reply_markup": "[NaN]"}}, "reply_markup must be"),
        ({"data": {"chat_id": 7, "text": "x", "reply_markup": "[" * 9999}}, "must be JSON"),
        (
            {"content": b"x", "headers": {"content-type": "multipart/form-data; boundary=b"}},
            "Invalid multipart data",
        ),
    ],
)
async def test_parameters_that_cannot_be_read_are_a_bad_request(
    sandbox: Sandbox, user: User, options: dict[str, Any], description: str
) -> None:
    await user.say("hello")
    answer = await _call(sandbox, "sendMessage", **options)
    assert answer["error_code"] == 400
    assert description in answer["description"]


async def test_a_text_is_sent_with_its_entities_and_keyboard(bot: Bot, user: User) -> None:
    await user.say("hello")
    sent = await bot.send_message(7, "<b>Hi</b> /help", parse_mode="HTML", reply_markup=KEYBOARD)
    assert (sent.text, sent.text_html) == ("Hi /help", "<b>Hi</b> /help")
    seen = await user.see(sent.message_id)
    assert seen["from_bot"] is True
    assert seen["html"] == "<b>Hi</b> /help"
    assert seen["text"] == "Hi /help"
    assert seen["reply_markup"] == KEYBOARD.to_dict()


@pytest.mark.parametrize(
    ("text", "mode", "description"),
    [
        ("", None, "Message text is empty"),
        ("<b> </b>", "HTML", "Message text is empty"),
        ("x" * 4097, None, "Message is too long"),
        ("😊" * 2049, None, "Message is too long"),
        ("a < b", "HTML", "Can't parse entities"),
        ("<table>", "HTML", 'Unsupported start tag "table"'),
        ("*x*", "MarkdownV2", "Unsupported parse_mode"),
    ],
)
async def test_a_text_that_telegram_would_refuse_is_refused(
    bot: Bot, user: User, text: str, mode: str | None, description: str
) -> None:
    await user.say("hello")
    with pytest.raises(BadRequest, match=f"(?i){description}"):
        await bot.send_message(7, text, parse_mode=mode)


async def test_the_longest_text_passes_tags_not_counted(bot: Bot, user: User) -> None:
    await user.say("hello")
    sent = await bot.send_message(7, f"<b>{'x' * 4096}</b>", parse_mode="HTML")
    assert len(sent.text or "") == 4096


async def test_a_bot_cannot_begin_a_chat(bot: Bot) -> None:
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(8, "hello")


async def test_a_reply_holds_what_it_replies_to(bot: Bot, user: User) -> None:
    asked = await user.say("first")
    reply = await bot.send_message(7, "second", reply_to_message_id=asked)
    assert reply.reply_to_message is not None
    assert reply.reply_to_message.text == "first"
    again = await bot.send_message(7, "third", reply_parameters=ReplyParameters(reply.message_id))
    assert again.reply_to_message is not None
    assert again.reply_to_message.reply_to_message is None


async def test_a_reply_to_nothing_needs_permission(bot: Bot, user: User) -> None:
    await user.say("hello")
    with pytest.raises(BadRequest, match="Message to be replied not found"):
        await bot.send_message(7, "x", reply_to_message_id=1)
    allowed = ReplyParameters(1, allow_sending_without_reply=True)
    sent = await bot.send_message(7, "x", reply_parameters=allowed)
    assert sent.reply_to_message is None


async def test_an_old_style_reply_is_understood(sandbox: Sandbox, user: User) -> None:
    asked = await user.say("hello")
    fields = {"chat_id": 7, "text": "x", "reply_to_message_id": asked}
    answer = await _call(sandbox, "sendMessage", json=fields)
    assert answer["result"]["reply_to_message"]["message_id"] == asked


async def test_an_edit_changes_the_message_in_its_place(bot: Bot, user: User) -> None:
    await user.say("hello")
    sent = await bot.send_message(7, "one", reply_markup=KEYBOARD)
    edited = await bot.edit_message_text("<i>two</i>", 7, sent.message_id, parse_mode="HTML")
    assert not isinstance(edited, bool)
    assert (edited.message_id, edited.text, edited.reply_markup) == (sent.message_id, "two", None)
    seen = await user.see(sent.message_id)
    assert (seen["text"], seen["edited"], seen["reply_markup"]) == ("two", True, None)
    assert seen["edit_date"]


async def test_an_edit_that_changes_only_the_keyboard_passes(bot: Bot, user: User) -> None:
    await user.say("hello")
    sent = await bot.send_message(7, "one")
    await bot.edit_message_text("one", 7, sent.message_id, reply_markup=KEYBOARD)
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_text("one", 7, sent.message_id, reply_markup=KEYBOARD)


async def test_an_edit_that_telegram_would_refuse_is_refused(bot: Bot, user: User) -> None:
    asked = await user.say("hello")
    sent = await bot.send_message(7, "one")
    photo = await bot.send_photo(7, make_png(4, 4))
    for message_id, text, description in (
        (1, "two", "Message to edit not found"),
        (asked, "two", "Message can't be edited"),
        (photo.message_id, "two", "There is no text in the message to edit"),
        (sent.message_id, "one", "Message is not modified"),
        (sent.message_id, "", "Message text is empty"),
        (sent.message_id, "x" * 4097, "Message is too long"),
    ):
        with pytest.raises(BadRequest, match=description):
            await bot.edit_message_text(text, 7, message_id)


async def test_a_deleted_message_is_gone(bot: Bot, user: User) -> None:
    asked = await user.say("hello")
    before = (await user.read())["revision"]
    await bot.delete_message(7, asked)
    assert (await user.read())["messages"] == []
    (gone,) = (await user.read(since=before))["messages"]
    assert (gone["message_id"], gone["deleted"]) == (asked, True)
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await bot.delete_message(7, asked)
    with pytest.raises(BadRequest, match="Message to be replied not found"):
        await bot.send_message(7, "x", reply_to_message_id=asked)


async def test_typing_shows_until_the_bot_has_sent_something(bot: Bot, user: User) -> None:
    await user.say("hello")
    assert (await user.read())["action"] is None
    await bot.send_chat_action(7, ChatAction.TYPING)
    assert (await user.read())["action"] == "typing"
    await bot.send_message(7, "done")
    assert (await user.read())["action"] is None
    with pytest.raises(BadRequest, match="Wrong parameter action"):
        await bot.send_chat_action(7, "juggling")


async def test_typing_ends_by_itself(bot: Bot, user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.sandbox.chats.ACTION_SECONDS", 0.0)
    await user.say("hello")
    await bot.send_chat_action(7, ChatAction.TYPING)
    assert (await user.read())["action"] is None


async def test_a_picture_is_shown_with_its_size_and_caption(bot: Bot, user: User) -> None:
    await user.say("hello")
    sent = await bot.send_photo(7, make_png(40, 30), caption="<b>x</b> y", parse_mode="HTML")
    assert (sent.photo[-1].width, sent.photo[-1].height) == (40, 30)
    assert sent.caption_html == "<b>x</b> y"
    seen = await user.see(sent.message_id)
    picture = await user.http.get(seen["photo"]["url"])
    assert picture.content == make_png(40, 30)
    assert seen["text"] == "x y"
    again = await bot.send_photo(7, sent.photo[-1].file_id)
    assert again.photo[-1].file_unique_id == sent.photo[-1].file_unique_id
    assert again.caption is None


async def test_a_picture_attached_by_name_is_found(sandbox: Sandbox, user: User) -> None:
    await user.say("hello")
    fields = {"chat_id": 7, "photo": "attach://mine"}
    upload = {"mine": ("p.png", make_png(4, 4), "image/png")}
    answer = await _call(sandbox, "sendPhoto", data=fields, files=upload)
    assert answer["result"]["photo"][0]["width"] == 4


async def test_a_picture_that_telegram_would_refuse_is_refused(
    bot: Bot, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    await user.say("hello")
    for picture, caption, description in (
        (b"no picture", "", "Image_process_failed"),
        (make_png(1, 21), "", "Photo_invalid_dimensions"),
        ("unknown-file-id", "", "Wrong remote file identifier"),
        (make_png(4, 4), "x" * 1025, "Message caption is too long"),
    ):
        with pytest.raises(BadRequest, match=description):
            await bot.send_photo(7, picture, caption=caption)
    monkeypatch.setattr(bot_messages, "MAX_PHOTO_BYTES", 10)
    with pytest.raises(BadRequest, match="File is too big"):
        await bot.send_photo(7, make_png(4, 4))


async def test_a_voice_note_is_downloaded_as_it_was_sent(
    bot: Bot, user: User, voice_file: File
) -> None:
    await user.post(kind="voice", file=voice_file)
    (update,) = await bot.get_updates()
    assert update.message is not None
    assert update.message.voice is not None
    file = await update.message.voice.get_file()
    assert file.file_path is not None
    assert file.file_path.endswith(".oga")
    assert bytes(await file.download_as_bytearray()) == voice_file[1]


async def test_a_file_that_is_not_there_cannot_be_fetched(bot: Bot, sandbox: Sandbox) -> None:
    with pytest.raises(BadRequest, match="Wrong file_id"):
        await bot.get_file("unknown")
    async with open_http() as http:
        answer = await http.get(f"{sandbox.url}/file/bot{sandbox.token}/voice/file_9.oga")
    assert answer.status_code == 404


async def test_more_than_twenty_megabytes_cannot_be_fetched(bot: Bot, user: User) -> None:
    big = ("big.wav", bytes(20 * 1024 * 1024 + 1), "audio/wav")
    await user.post(kind="document", file=big)
    (update,) = await bot.get_updates()
    assert update.message is not None
    assert update.message.document is not None
    with pytest.raises(BadRequest, match="File is too big"):
        await update.message.document.get_file()


async def test_commands_are_kept_by_scope_and_language(bot: Bot, user: User) -> None:
    await bot.set_my_commands([BotCommand("start", "Begin")])
    assert (await bot.get_my_commands())[0].command == "start"
    private = BotCommandScopeAllPrivateChats()
    assert await bot.get_my_commands(scope=private) == ()
    await bot.set_my_commands([("mood", "How it sounds")], scope=private)
    await bot.set_my_commands([("hilfe", "Hilfe")], language_code="de")
    shown = (await user.http.get("/sandbox/api/bot")).json()
    assert shown["commands"] == [{"command": "mood", "description": "How it sounds"}]
    await bot.delete_my_commands(scope=private)
    shown = (await user.http.get("/sandbox/api/bot")).json()
    assert shown["commands"] == [{"command": "start", "description": "Begin"}]


@pytest.mark.parametrize(
    ("commands", "description"),
    [
        ([{"command": "Start!", "description": "x"}], "BOT_COMMAND_INVALID"),
        ([{"command": "start", "description": " "}], "BOT_COMMAND_DESCRIPTION_INVALID"),
        ([{"command": "start", "description": "x" * 257}], "BOT_COMMAND_DESCRIPTION_INVALID"),
        (["start"], "expected an Object"),
        ("start", "expected an Array"),
        ([{"command": "a", "description": "x"}] * 101, "expected an Array of at most 100"),
    ],
)
async def test_commands_that_telegram_would_refuse_are_refused(
    sandbox: Sandbox, commands: object, description: str
) -> None:
    answer = await _call(sandbox, "setMyCommands", json={"commands": json.dumps(commands)})
    assert answer["error_code"] == 400
    assert description in answer["description"]


async def test_descriptions_are_shown_on_the_page(bot: Bot, user: User) -> None:
    await bot.set_my_description("What I do")
    await bot.set_my_short_description("In short")
    await bot.set_my_description("Was ich tue", language_code="de")
    shown = (await user.http.get("/sandbox/api/bot")).json()
    assert (shown["description"], shown["short_description"]) == ("What I do", "In short")
    with pytest.raises(BadRequest, match="too long"):
        await bot.set_my_short_description("x" * 121)


async def test_a_chat_and_its_members_are_known(bot: Bot, user: User) -> None:
    await user.say("hello")
    await user.say("hello", chat_id=-5)
    private, group = await bot.get_chat(7), await bot.get_chat(-5)
    assert (private.type, private.first_name) == ("private", "User 7")
    assert (group.type, group.title) == ("group", "Chat 5")
    assert (await bot.get_chat_member(-5, 7)).status == "creator"
    assert (await bot.get_chat_member(-5, bot.id)).user.is_bot
    with pytest.raises(BadRequest, match="User not found"):
        await bot.get_chat_member(-5, 8)
