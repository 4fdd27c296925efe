from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hearings import MANIFEST

from bot.languages import LANGUAGES, say_in, spoken
from bot.replies import pages

if TYPE_CHECKING:
    from collections.abc import Callable


def test_about_tells_what_the_manifest_holds() -> None:
    text = pages.describe(MANIFEST, max_seconds=3600.0)
    assert "model-of-the-tests" in text
    assert "Trained on: RAVDESS, Corpus &lt;with&gt; brackets" in text
    assert "Features: functionals" in text
    assert "Licence: CC BY-NC-SA 4.0" in text
    assert "ravdess: emotion 61 %, gender 99 %" in text
    assert "voices &lt;of&gt; nobody: emotion 50 %\n" in text
    assert "1 hour" in text


def test_about_tells_how_it_fares_on_corpora_that_it_never_met() -> None:
    manifest = MANIFEST | {"unseen_corpora": {"emovo": {"accuracy": 0.42, "gender_accuracy": 0.97}}}
    text = pages.describe(manifest, max_seconds=60.0)
    known, elsewhere = text.split("<b>Right in recordings from elsewhere</b>")
    assert "ravdess" in known
    assert "emovo: emotion 42 %, gender 97 %" in elsewhere


def test_about_invents_no_figures() -> None:
    text = pages.describe({"id": "bare", "figures": {}}, max_seconds=60.0)
    assert "bare" in text
    for absent in ("Right about", "Right in", "Trained on", "Licence", "None"):
        assert absent not in text


@pytest.mark.parametrize("page", [pages.greet(), pages.describe({}, max_seconds=1.0)])
def test_the_bot_says_that_it_hears_expression_and_not_feelings(page: str) -> None:
    assert "expression, not feelings" in page


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_command_in_the_menu_is_short_enough_for_telegram(code: str) -> None:
    commands = pages.list_commands(code) + pages.list_admin_commands(code)
    assert len({name for name, _ in commands}) == len(commands)
    for name, description in commands:
        assert name.islower()
        assert 1 <= len(description) <= 256


def test_a_menu_is_in_its_language_and_leaves_that_of_the_task() -> None:
    assert ("help", "What I can do") in pages.list_commands("en")
    assert ("help", "Was ich kann") in pages.list_commands("de")
    assert spoken() == "en"


def test_what_only_those_who_run_the_bot_may_do_stands_in_no_other_menu() -> None:
    names = [name for name, _ in pages.list_admin_commands("en")]
    assert names == ["retrain", "models", "rollback", "stats"]
    assert not {name for name, _ in pages.list_commands("en")} & set(names)
    assert not any(f"/{name}" in pages.help_out() for name in names)


def test_help_lists_the_menu() -> None:
    text = pages.help_out()
    for name, description in pages.list_commands("en"):
        assert f"/{name} — {description}" in text


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("page", [pages.greet, pages.help_out])
def test_every_page_fits_into_a_message(page: Callable[[], str], code: str) -> None:
    assert 0 < len(say_in(code, page)) <= 4096
