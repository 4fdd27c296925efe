from __future__ import annotations

import ast
import asyncio
import re
import string
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

import bot
from bot.languages import LANGUAGES, choose, gettext, ngettext, say_in, speak, spoken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babel.messages import Catalog

BOT = Path(bot.__file__).parent
TRANSLATED = [code for code in LANGUAGES if code != "en"]
CALLS = {"_", "gettext", "ngettext"}
BROKEN = "the message {name} is <b>bold</b>: /help"


def read_catalogue(code: str) -> Catalog:
    path = BOT / "locales" / code / "LC_MESSAGES" / "bot.po"
    with path.open("rb") as file:
        return read_po(file, locale=code)


def read_template() -> Catalog:
    with (BOT / "locales" / "bot.pot").open("rb") as file:
        return read_po(file)


def list_entries(catalogue: Catalog) -> list[tuple[str | tuple[str, ...], list[str]]]:
    """Give each message, as one text or as its two English forms, with its translations."""
    entries = []
    for message in catalogue:
        if message.id:
            key = message.id if isinstance(message.id, str) else tuple(message.id)
            forms = [message.string] if isinstance(message.string, str) else [*message.string]
            entries.append((key, forms))
    return entries


def find_parts(text: str) -> Counter[str]:
    """Give what a translation may not change: placeholders, HTML tags and commands."""
    names = [f"{{{name}}}" for _, name, _, _ in string.Formatter().parse(text) if name is not None]
    tags = re.findall(r"<[^>]*>", text)
    commands = re.findall(r"(?<![\w<])/[a-z]+", text)
    return Counter([*names, *tags, *commands])


def is_faithful(key: str | tuple[str, ...], forms: list[str]) -> bool:
    """Tell whether translations are there and have the parts of the English."""
    sources = [key] if isinstance(key, str) else [*key]
    allowed = [find_parts(source) for source in sources]
    return all(form and find_parts(form) in allowed for form in forms)


def find_calls(tree: ast.AST, *, at_import_only: bool) -> Iterator[ast.Call]:
    """Give the calls that translate a message."""
    for child in ast.iter_child_nodes(tree):
        if at_import_only and isinstance(
            child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
        ):
            continue
        if (
            isinstance(child, ast.Call)
            and isinstance(child.func, ast.Name)
            and child.func.id in CALLS
        ):
            yield child
        yield from find_calls(child, at_import_only=at_import_only)


def find_all_calls(*, at_import_only: bool) -> list[str]:
    """Give where the bot's code translates messages, as text that can be read in a failure."""
    return [
        f"{path.relative_to(BOT)}:{call.lineno}: {ast.unparse(call)}"
        for path in sorted(BOT.rglob("*.py"))
        for call in find_calls(ast.parse(path.read_text()), at_import_only=at_import_only)
        if path.name != "languages.py"
    ]


# What is spoken


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("de", "de"),
        ("de-AT", "de"),
        ("pt-br", "pt"),
        ("PT_BR", "pt"),
        ("en-GB", "en"),
        ("xx", "en"),
        ("deu", "en"),
        ("", "en"),
        (None, "en"),
    ],
)
def test_the_language_is_the_nearest_that_the_bot_speaks(code: str | None, language: str) -> None:
    assert choose(code) == language


def test_english_is_spoken_until_another_language_is_chosen() -> None:
    assert spoken() == "en"
    assert gettext("Calm") == "Calm"


def test_a_language_that_is_none_is_english() -> None:
    assert say_in("../xx", spoken) == "en"


async def test_a_language_is_spoken_in_its_own_task_only() -> None:
    async def greet(code: str) -> tuple[str, str]:
        speak(code)
        await asyncio.sleep(0)
        return spoken(), gettext("Calm")

    spanish, german = await asyncio.gather(greet("es"), greet("de"))
    assert spanish[0] == "es"
    assert german[0] == "de"
    assert len({"Calm", spanish[1], german[1]}) == 3
    assert spoken() == "en"


def test_something_is_said_in_another_language_without_speaking_it() -> None:
    assert say_in("fr", lambda: (spoken(), gettext("Calm"))) == ("fr", "Calme")
    assert spoken() == "en"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1, "{number} секунда"),
        (3, "{number} секунды"),
        (5, "{number} секунд"),
        (11, "{number} секунд"),
        (21, "{number} секунда"),
        (112, "{number} секунд"),
    ],
)
def test_a_noun_takes_the_form_that_goes_with_the_number(number: int, text: str) -> None:
    one, many = "{number} second", "{number} seconds"
    assert say_in("ru", lambda: ngettext(one, many, number)) == text


@pytest.mark.parametrize(("number", "text"), [(0, "s"), (1, ""), (2, "s")])
def test_english_has_its_plurals_without_a_catalogue(number: int, text: str) -> None:
    assert ngettext("note", "notes", number) == f"note{text}"


def test_what_is_in_no_catalogue_is_said_in_english() -> None:
    assert say_in("fr", lambda: gettext("Nobody translated this")) == "Nobody translated this"


# What is in the code


def test_every_message_of_the_code_is_in_the_template() -> None:
    found = {
        messages if isinstance(messages, str) else tuple(messages)
        for _file, _line, messages, _comments, _context in extract_from_dir(BOT)
    }
    assert {key for key, _forms in list_entries(read_template())} == found


def test_every_message_stands_literally_in_the_code() -> None:
    for path in BOT.rglob("*.py"):
        if path.name == "languages.py":
            continue
        for call in find_calls(ast.parse(path.read_text()), at_import_only=False):
            texts = call.args[:2] if ast.unparse(call.func) == "ngettext" else call.args
            for text in texts:
                assert isinstance(text, ast.Constant), f"{path}:{call.lineno}"


def test_nothing_is_translated_before_the_language_is_known() -> None:
    assert find_all_calls(at_import_only=True) == []
    assert find_all_calls(at_import_only=False)


def test_a_translation_at_import_is_found() -> None:
    module = "A = _('early')\nclass B:\n    c = ngettext('x', 'y', 1)\ndef d():\n    _('in time')\n"
    tree = ast.parse(module)
    assert len(list(find_calls(tree, at_import_only=True))) == 2
    assert len(list(find_calls(tree, at_import_only=False))) == 3


def test_no_message_begins_or_ends_with_white_space() -> None:
    for key, _forms in list_entries(read_template()):
        for text in [key] if isinstance(key, str) else key:
            assert text == text.strip()


# The catalogues


def test_there_is_a_catalogue_for_each_language_and_no_other() -> None:
    folders = {path.name for path in (BOT / "locales").iterdir() if path.is_dir()}
    assert folders == set(TRANSLATED)


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_catalogue_holds_exactly_the_messages_of_the_template(code: str) -> None:
    messages = {key for key, _forms in list_entries(read_template())}
    assert {key for key, _forms in list_entries(read_catalogue(code))} == messages


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_message_is_translated_with_its_placeholders_tags_and_commands(code: str) -> None:
    entries = list_entries(read_catalogue(code))
    assert [entry for entry in entries if not is_faithful(*entry)] == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_no_translation_is_marked_as_a_guess(code: str) -> None:
    assert [message.id for message in read_catalogue(code) if message.fuzzy and message.id] == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_translation_keeps_the_emoji_in_front(code: str) -> None:
    for key, forms in list_entries(read_catalogue(code)):
        first = (key if isinstance(key, str) else key[0])[0]
        if ord(first) > 0x2000:
            assert {form[0] for form in forms} == {first}


@pytest.mark.parametrize("code", TRANSLATED)
def test_the_compiled_catalogue_says_what_the_readable_one_says(code: str) -> None:
    folder = BOT / "locales" / code / "LC_MESSAGES"
    with (folder / "bot.mo").open("rb") as file:
        compiled = read_mo(file)
    assert dict(list_entries(compiled)) == dict(list_entries(read_catalogue(code)))
    assert compiled.plural_expr == read_catalogue(code).plural_expr


@pytest.mark.parametrize(
    "translation",
    [
        "",
        "mensaje <b>destacado</b>: /help",
        "el mensaje {nombre} va <b>destacado</b>: /help",
        "el mensaje {name} va destacado: /help",
        "el mensaje {name} va <b>destacado<b>: /help",
        "el mensaje {name} va <b>destacado</b>: /ayuda",
    ],
)
def test_an_unfaithful_translation_is_found(translation: str) -> None:
    assert is_faithful(BROKEN, ["el mensaje {name} va <b>destacado</b>: /help"])
    assert not is_faithful(BROKEN, [translation])


def test_each_form_of_a_plural_is_checked() -> None:
    key = ("one note", "{number} notes")
    assert is_faithful(key, ["{number} заметка", "{number} заметки", "{number} заметок"])
    assert not is_faithful(key, ["{number} заметка", "{number} заметки", "{n} заметок"])
