from __future__ import annotations

import asyncio
import os
import signal
import sys
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from made_up_comparisons import make_comparison
from made_up_moods import Heard, make_detailed, make_mood
from made_up_statistics import make_statistics
from PIL import Image

from bot import pictures as pictures_module
from bot.charts.comparison import draw_comparison
from bot.charts.mood import draw_mood
from bot.charts.note import draw_note
from bot.charts.stats import draw_stats
from bot.pictures import Key, Pictures
from bot.replies.comparison import label_comparison
from bot.replies.moods import label_mood, label_note
from bot.replies.stats import label_stats

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.charts import Theme
    from bot.moods import Mood

MOOD = make_mood([Heard(hour, "happy") for hour in range(8)])
OTHER_MOOD = make_mood([Heard(hour, "sad") for hour in range(8)])
NOTE = make_detailed()
GROUP, ADA, BO = Key(-100, None), Key(-100, 1), Key(2, 2)


class Counting(Pictures):
    """Count the pictures that are really drawn, and let a test do something meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.n_drawn = 0

    @property
    def process_id(self) -> int:
        """Give the process that draws."""
        assert self._pool is not None
        (process_id,) = self._pool._processes
        return process_id

    async def _draw(self, subject: pictures_module._Subject) -> bytes:
        picture = await super()._draw(subject)
        self.n_drawn += 1
        return picture

    async def show(self, key: Key, mood: Mood = MOOD, theme: Theme = "light") -> bytes:
        """Draw a mood with the title that it would have."""
        return await self.draw_mood(key, mood, theme=theme, labels=label_mood(mood, title="Mood"))


@pytest_asyncio.fixture
async def pictures() -> AsyncIterator[Counting]:
    counting = Counting()
    yield counting
    await counting.close()


async def test_a_mood_is_drawn_in_another_process_as_it_would_be_in_this_one(
    pictures: Counting,
) -> None:
    here = draw_mood(MOOD, theme="dark", labels=label_mood(MOOD, title="Mood"))
    assert await pictures.show(GROUP, theme="dark") == here
    assert Image.open(BytesIO(here)).size[0] == 800
    assert pictures.process_id != os.getpid()


async def test_a_note_is_drawn_there_too(pictures: Counting) -> None:
    labels = label_note(NOTE)
    drawn = await pictures.draw_note(BO, NOTE, theme="light", labels=labels)
    assert drawn == draw_note(NOTE, theme="light", labels=labels)


async def test_a_comparison_and_statistics_are_drawn_there_too(pictures: Counting) -> None:
    comparison, statistics = make_comparison(), make_statistics()
    words, figures = label_comparison(comparison), label_stats(statistics)
    drawn = await pictures.draw_comparison(GROUP, comparison, theme="dark", labels=words)
    assert drawn == draw_comparison(comparison, theme="dark", labels=words)
    drawn = await pictures.draw_stats(BO, statistics, theme="light", labels=figures)
    assert drawn == draw_stats(statistics, theme="light", labels=figures)


async def test_the_bot_can_draw_without_loading_what_draws() -> None:
    modules = "bot.pictures, bot.replies.comparison, bot.replies.moods, bot.replies.stats"
    code = f"import sys, {modules}; sys.exit('matplotlib' in sys.modules)"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code)
    assert await process.wait() == 0


async def test_a_picture_is_drawn_once_and_anew_when_anything_about_it_changes(
    pictures: Counting,
) -> None:
    first = await pictures.show(GROUP)
    assert await pictures.show(GROUP) is first
    assert pictures.n_drawn == 1
    await pictures.show(GROUP, OTHER_MOOD)
    await pictures.show(GROUP, theme="dark")
    await pictures.show(ADA)
    await pictures.draw_mood(GROUP, MOOD, theme="light", labels=label_mood(MOOD, title="Ánimo"))
    assert pictures.n_drawn == 5


async def test_the_picture_that_was_looked_at_longest_ago_makes_room(
    pictures: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures_module, "_MAX_KEPT", 2)
    await pictures.show(GROUP)
    await pictures.show(ADA)
    await pictures.show(GROUP)
    await pictures.show(BO)
    await pictures.show(GROUP)
    assert pictures.n_drawn == 3
    await pictures.show(ADA)
    assert pictures.n_drawn == 4


async def test_forgetting_a_person_drops_their_pictures_and_those_of_groups(
    pictures: Counting,
) -> None:
    for key in (GROUP, ADA, BO):
        await pictures.show(key)
    pictures.forget(user_id=1)
    assert {key for key, _subject in pictures._kept} == {BO}


async def test_forgetting_a_chat_drops_all_pictures_of_it(pictures: Counting) -> None:
    for key in (GROUP, ADA, BO):
        await pictures.show(key)
    pictures.forget(chat_id=-100)
    assert {key for key, _subject in pictures._kept} == {BO}


async def test_what_is_drawn_while_somebody_is_forgotten_is_shown_but_not_kept(
    pictures: Counting,
) -> None:
    drawing = asyncio.ensure_future(pictures.show(GROUP))
    await asyncio.sleep(0)
    pictures.forget(user_id=1)
    assert await drawing
    assert not pictures._kept


async def test_a_process_that_was_killed_is_replaced_and_costs_no_picture(
    pictures: Counting,
) -> None:
    await pictures.show(GROUP)
    killed = pictures.process_id
    os.kill(killed, signal.SIGKILL)
    one, other = await asyncio.gather(pictures.show(ADA), pictures.show(BO))
    assert one == other
    assert pictures.process_id != killed


async def test_closing_leaves_no_process_and_twice_is_no_mistake(pictures: Counting) -> None:
    await pictures.show(GROUP)
    process_id = pictures.process_id
    await pictures.close()
    with pytest.raises(ProcessLookupError):
        os.kill(process_id, 0)
    await pictures.close()
