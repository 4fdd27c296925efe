"""What a terminal shows while somebody speaks: the answer, all emotions, the level, a history.

::

    microphone · 1:04                          level ━━━━━━━━━─────── -23 dB

    ██ happy 65% · female 98%

      neutral    5% ██
      happy     65% ████████████████████
      …

         ░░░░██████████████████░░░░██████████
             happy                 sad
    30 s ago                              now
"""

from __future__ import annotations

from collections import deque
from itertools import groupby
from typing import TYPE_CHECKING, Final

from rich.console import Group
from rich.table import Table
from rich.text import Text

from ser_core.emotions import EMOTION_COLOURS, EMOTIONS
from ser_core.live.lines import format_time, word_emotion, word_gender, word_skipped

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult

    from ser_core.live.listener import Answer, Moment

HISTORY_SECONDS: Final = 30.0

_MOST_WIDTH: Final = 72
_LEAST_WIDTH: Final = 30
_LEVEL_WIDTH: Final = 16
_LEVEL_RANGE_DB: Final = (-60.0, 0.0)
_LOUD_DB: Final = -3.0
"""From here on it may be clipped."""
_NAMES_WIDTH: Final = 18
"""Of an emotion's name and its share."""
_SURE: Final = "█"
_UNSURE: Final = "░"


class Screen:
    """Hold what is shown, and draw it in the width that there is."""

    def __init__(self, name: str) -> None:
        """Begin with nothing heard; the name is that of the source."""
        self._name = name
        self._moment: Moment | None = None
        self._answers: deque[Answer] = deque()

    def show(self, moment: Moment) -> None:
        """Take what has just come."""
        self._moment = moment
        if moment.answer is not None:
            self._answers.append(moment.answer)
        while self._answers and self._answers[0].end < moment.seconds - 2 * HISTORY_SECONDS:
            self._answers.popleft()

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        width = max(_LEAST_WIDTH, min(options.max_width - 1, _MOST_WIDTH))
        last = self._answers[-1] if self._answers else None
        lines = [self._write_head(width), Text(), _write_answer(last)]
        yield Group(*lines, Text(), _write_bars(last, width), Text(), *self._write_history(width))

    def _write_head(self, width: int) -> Text:
        """Write what is listened to, for how long, and how loud it is."""
        seconds = self._moment.seconds if self._moment else 0.0
        level_db = self._moment.level_db if self._moment else _LEVEL_RANGE_DB[0]
        lowest, highest = _LEVEL_RANGE_DB
        share = min(1.0, max(0.0, (level_db - lowest) / (highest - lowest)))
        n_full = round(share * _LEVEL_WIDTH)
        colour = "red" if level_db > _LOUD_DB else "green"
        level = Text.assemble(
            ("━" * n_full, colour),
            ("─" * (_LEVEL_WIDTH - n_full), "dim"),
            f"{max(level_db, lowest):4.0f} dB",
        )
        time = f" · {format_time(seconds)} "
        room = width - len(level) - len(time)
        name = Text(self._name, style="bold")
        name.truncate(max(1, room), overflow="ellipsis", pad=True)
        return Text.assemble(name, time, level)

    def _write_history(self, width: int) -> tuple[Text, Text, Text]:
        """Write the last half minute, a letter for each moment, what that was, and when."""
        now = self._moment.seconds if self._moment else 0.0
        answers = list(self._answers)
        moments = (now - HISTORY_SECONDS * (1 - place / width) for place in range(1, width + 1))
        cells = [_find_answer(answers, moment) for moment in moments]
        strip, names = Text(no_wrap=True), Text(no_wrap=True)
        for (emotion, is_sure), run in groupby(cells, key=_describe_cell):
            length = len(list(run))
            colour = EMOTION_COLOURS.get(emotion, "")
            block = _SURE if is_sure else _UNSURE
            strip.append((block if emotion else " ") * length, colour)
            fits = is_sure and len(emotion) < length
            names.append((emotion if fits else "").ljust(length))
        ends = f"{HISTORY_SECONDS:.0f} s ago", "now"
        scale = ends[0] + ends[1].rjust(width - len(ends[0]))
        return strip, names, Text(scale, style="dim")


def _write_answer(answer: Answer | None) -> Text:
    """Write the answer, behind the colour of the emotion."""
    if answer is None:
        return Text("listening …", style="dim")
    heard = answer.recognition
    if heard is None:
        words = Text(word_emotion(None), style="dim")
    else:
        words = Text.assemble(
            ((_SURE if heard.is_sure else _UNSURE) * 2, EMOTION_COLOURS[heard.emotion]),
            " ",
            (word_emotion(heard), "bold" if heard.is_sure else "italic"),
            f" · {word_gender(heard)}",
        )
    if answer.skipped_seconds:
        words.append(f" · {word_skipped(answer)}", style="red")
    return words


def _write_bars(answer: Answer | None, width: int) -> Table:
    """Write a bar for each emotion, always in the same place."""
    heard = answer.recognition if answer is not None else None
    table = Table.grid(padding=(0, 1))
    for place, emotion in enumerate(EMOTIONS):
        share = heard.emotions[place] if heard else 0.0
        is_first = heard is not None and emotion == heard.emotion
        bar = Text("█" * round(share * (width - _NAMES_WIDTH)), style=EMOTION_COLOURS[emotion])
        style = "bold" if is_first else ("" if heard else "dim")
        shown = f"{share:4.0%}" if heard else "    "
        table.add_row(Text(f"  {emotion:<9}", style=style), Text(shown, style=style), bar)
    return table


def _find_answer(answers: list[Answer], moment: float) -> Answer | None:
    """Give the answer that was given first after a moment: the one that is about it."""
    if not answers or moment <= answers[0].start:
        return None
    return next((answer for answer in answers if answer.end >= moment), None)


def _describe_cell(answer: Answer | None) -> tuple[str, bool]:
    """Give the emotion, empty where there is none, and whether it is sure."""
    if answer is None or answer.recognition is None:
        return "", False
    return answer.recognition.emotion, answer.recognition.is_sure
