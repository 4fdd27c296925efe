from __future__ import annotations

import pytest

from bot.sandbox.keyboard import check_keyboard
from bot.sandbox.markup import FormattedText, count_units, detect_entities, parse_html
from bot.sandbox.pictures import read_size
from bot.sandbox.refusals import BotApiError


def _entity(kind: str, offset: int, length: int, **more: str) -> dict[str, object]:
    return {"type": kind, "offset": offset, "length": length, **more}


@pytest.mark.parametrize(
    ("tag", "kind"),
    [
        ("b", "bold"),
        ("strong", "bold"),
        ("i", "italic"),
        ("EM", "italic"),
        ("u", "underline"),
        ("ins", "underline"),
        ("s", "strikethrough"),
        ("del", "strikethrough"),
        ("code", "code"),
        ("pre", "pre"),
        ("tg-spoiler", "spoiler"),
        ("blockquote", "blockquote"),
    ],
)
def test_a_tag_becomes_its_entity(tag: str, kind: str) -> None:
    assert parse_html(f"a <{tag}>b</{tag}>") == FormattedText("a b", (_entity(kind, 2, 1),))


def test_attributes_choose_between_entities() -> None:
    expandable = parse_html("<blockquote expandable>q</blockquote>")
    assert expandable.entities == (_entity("expandable_blockquote", 0, 1),)
    assert parse_html('<span class="tg-spoiler">q</span>').entities == (_entity("spoiler", 0, 1),)
    link = parse_html("<a href = 'https://x.org/?a=1&amp;b=2'>q</a>")
    assert link.entities == (_entity("text_link", 0, 1, url="https://x.org/?a=1&b=2"),)


def test_a_link_to_nowhere_is_plain_text() -> None:
    assert parse_html('<a href="javascript:alert(1)">q</a><a>r</a>') == FormattedText("qr")


def test_offsets_count_utf16_units_after_character_references() -> None:
    formatted = parse_html("😊 &lt;&amp;&#128522; <b>x</b> &copy; & >")
    assert formatted.text == "😊 <&😊 x &copy; & >"
    assert formatted.entities == (_entity("bold", 8, 1),)
    assert count_units("😊") == 2


def test_nested_entities_come_before_what_they_hold() -> None:
    formatted = parse_html("<b>a<i>b</i></b>")
    assert formatted.entities == (_entity("bold", 0, 2), _entity("italic", 1, 1))


def test_white_space_around_a_text_is_dropped_and_entities_move_along() -> None:
    assert parse_html(" \n<b> a</b><i> </i>") == FormattedText("a", (_entity("bold", 0, 1),))
    assert parse_html("<b></b>a</>".replace("</>", "")) == FormattedText("a")


def test_an_end_tag_without_a_name_ends_the_last_tag() -> None:
    assert parse_html("<b>a</>").entities == (_entity("bold", 0, 1),)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("<h1>a</h1>", 'Unsupported start tag "h1" at byte offset 0'),
        ("1 < 2 or so", 'Unsupported start tag "" at byte offset 2'),
        ("é <b", "Unclosed start tag at byte offset 3"),
        ("<b", "Unclosed start tag at byte offset 0"),
        ('<a href="x>a</a>', "Unclosed start tag at byte offset 0"),
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b>a</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ("<b>a</b x>", "Unclosed end tag at byte offset 4"),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_what_telegram_cannot_read_is_refused_in_its_words(source: str, reason: str) -> None:
    with pytest.raises(BotApiError) as caught:
        parse_html(source)
    assert caught.value.description == f"Bad Request: can't parse entities: {reason}"


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("/help", ["bot_command"]),
        ("see /mood@SandboxBot.", ["bot_command"]),
        ("and/or 1/2 //x", []),
        ("https://x.org/help", ["url"]),
    ],
)
def test_commands_and_addresses_are_found(text: str, kinds: list[str]) -> None:
    found = detect_entities(FormattedText(text))
    assert [entity["type"] for entity in found.entities] == kinds


@pytest.mark.parametrize(
    ("source", "kinds"),
    [
        ("<b>/help</b>", ["bold", "bot_command"]),
        ("<b>x</b> /help", ["bold", "bot_command"]),
        ("/help <b>x</b>", ["bot_command", "bold"]),
        ("<code>/help</code>", ["code"]),
        ("/he<b>lp</b>", ["bold"]),
    ],
)
def test_nothing_is_found_in_code_nor_across_an_edge(source: str, kinds: list[str]) -> None:
    found = detect_entities(parse_html(source))
    assert [entity["type"] for entity in found.entities] == kinds


def test_a_keyboard_with_callback_and_address_passes() -> None:
    rows = [[{"text": "a", "callback_data": "x" * 64}], [{"text": "b", "url": "https://x.org"}]]
    assert check_keyboard({"inline_keyboard": rows}) == {"inline_keyboard": rows}


@pytest.mark.parametrize("markup", [None, {}, {"inline_keyboard": []}, {"inline_keyboard": [[]]}])
def test_an_empty_keyboard_is_none(markup: object) -> None:
    assert check_keyboard(markup) is None


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        ({"keyboard": [["a"]]}, "inline keyboards only"),
        ([1], "inline keyboards only"),
        ({"inline_keyboard": ["a"]}, "Array of Array"),
        ({"inline_keyboard": [["a"]]}, "Text buttons are unallowed"),
        ({"inline_keyboard": [[{"text": " ", "callback_data": "a"}]]}, "Text buttons"),
        ({"inline_keyboard": [[{"text": "a", "callback_data": "é" * 33}]]}, "BUTTON_DATA_INVALID"),
        ({"inline_keyboard": [[{"text": "a", "callback_data": ""}]]}, "BUTTON_DATA_INVALID"),
        ({"inline_keyboard": [[{"text": "a", "url": "ftp://x"}]]}, "Wrong HTTP URL"),
        ({"inline_keyboard": [[{"text": "a"}]]}, "Wrong HTTP URL"),
    ],
)
def test_a_keyboard_that_telegram_would_refuse_is_refused(markup: object, reason: str) -> None:
    with pytest.raises(BotApiError, match=reason):
        check_keyboard(markup)


def test_the_size_of_a_jpeg_is_read_from_its_frame() -> None:
    head = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(10)
    frame = b"\xff\xc0\x00\x11\x08" + (480).to_bytes(2, "big") + (640).to_bytes(2, "big")
    assert read_size(head + frame) == (640, 480)
    assert read_size(head) is None
