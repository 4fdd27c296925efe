from __future__ import annotations

import io
from typing import TYPE_CHECKING

from heard import hear
from rich.color import Color
from rich.console import Console

from ser_core.emotions import EMOTION_COLOURS, EMOTIONS
from ser_core.live.listener import Answer, Moment
from ser_core.live.screen import Screen

if TYPE_CHECKING:
    from ser_core.recognition import Recognition


def make(emotion: str, sure: float) -> Recognition:
    return hear((0, 4, emotion, sure), seconds=4.0)


def show(screen: Screen, width: int = 80) -> list[str]:
    """Give the lines that a terminal of so many letters shows."""
    console = Console(width=width, file=io.StringIO(), color_system=None)
    with console.capture() as capture:
        console.print(screen)
    return capture.get().splitlines()


def listen(*answers: Answer, name: str = "Headset", level_db: float = -20.0) -> Screen:
    screen = Screen(name)
    for answer in answers:
        screen.show(Moment(answer.end, level_db, answer))
    return screen


def test_before_the_first_answer_it_listens() -> None:
    screen = Screen("Headset")
    assert show(screen)[0].startswith("Headset")
    screen.show(Moment(0.1, -20.0))
    lines = show(screen)
    assert lines[2] == "listening …"
    assert all(any(emotion in line for line in lines) for emotion in EMOTIONS)


def test_the_answer_stands_above_a_bar_for_each_emotion() -> None:
    lines = show(listen(Answer(0, 4, make("sad", 0.79))))
    assert lines[2] == "██ sad 79% · female 90%"
    bars = {line.split()[0]: line.count("█") for line in lines[4:12]}
    assert tuple(bars) == EMOTIONS
    assert max(bars, key=lambda emotion: bars[emotion]) == "sad"
    assert "79%" in lines[4 + EMOTIONS.index("sad")]


def test_what_is_not_sure_is_said_to_be_so_and_pale_in_the_history() -> None:
    lines = show(listen(Answer(0, 4, make("sad", 0.3))))
    assert lines[2] == "░░ not sure, perhaps sad 30% · female 90%"
    assert "░" in lines[13]
    assert "sad" not in lines[14]


def test_silence_is_blank() -> None:
    lines = show(listen(Answer(0, 4, None)))
    assert lines[2] == "nobody speaks"
    assert lines[13].strip() == ""


def test_the_history_shows_half_a_minute_as_it_was() -> None:
    answers = [Answer(max(0, end - 4), end, make("calm", 0.8)) for end in range(1, 41)]
    answers += [Answer(end - 4, end, make("angry", 0.8)) for end in range(41, 51)]
    lines = show(listen(*answers))
    assert lines[13] == "█" * 72
    assert lines[14].index("angry") == 48
    assert lines[14].startswith("calm")
    assert (lines[15][:8], lines[15][-3:]) == ("30 s ago", "now")


def test_emotions_have_their_colours() -> None:
    console = Console(width=80, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    segments = console.render(listen(Answer(0, 4, make("angry", 0.8))))
    colours = {each.style.color for each in segments if each.style and "█" in each.text}
    assert Color.parse(EMOTION_COLOURS["angry"]) in colours


def test_who_is_late_says_so() -> None:
    shown = show(listen(Answer(0, 4, make("sad", 0.8), 3.0)))[2]
    assert shown.endswith(" · late: skipped 3.0 s")


def test_the_level_fills_its_meter() -> None:
    for level_db, n_full, number in ((-90, 0, "-60 dB"), (-30, 8, "-30 dB"), (3, 16, "3 dB")):
        head = show(listen(Answer(0, 4, None), level_db=level_db))[0]
        assert head.count("━") == n_full
        assert head.endswith(number)


def test_everything_fits_into_a_narrow_terminal() -> None:
    lines = show(listen(Answer(0, 4, make("sad", 0.79)), name="A microphone with a long name"), 40)
    assert len(lines) == 16
    assert max(map(len, lines)) <= 40
    assert "…" in lines[0]


def test_what_is_long_gone_is_forgotten() -> None:
    screen = listen(*(Answer(end, end + 1, None) for end in range(500)))
    assert len(screen._answers) < 100
