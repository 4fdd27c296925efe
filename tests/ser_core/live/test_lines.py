from __future__ import annotations

import json

import pytest
from heard import hear

from ser_core.emotions import EMOTIONS
from ser_core.live.lines import format_time, list_answer, word_answer
from ser_core.live.listener import Answer

HEARD = hear((0, 3, "sad", 0.8), seconds=4.0)
VAGUE = hear((0, 3, "sad", 0.3), seconds=4.0)


@pytest.mark.parametrize(
    ("seconds", "shown"), [(4.9, "0:04"), (61, "1:01"), (3600, "1:00:00"), (7384, "2:03:04")]
)
def test_times_are_those_of_a_watch(seconds: float, shown: str) -> None:
    assert format_time(seconds) == shown


def test_an_answer_is_one_line() -> None:
    assert word_answer(Answer(0, 4, HEARD)) == "   0:04  sad 80% · female 90%"
    assert word_answer(Answer(0, 4, VAGUE)) == ("   0:04  not sure, perhaps sad 30% · female 90%")
    assert word_answer(Answer(0, 4, None, 3.0)) == ("   0:04  nobody speaks · late: skipped 3.0 s")


def test_an_answer_for_programs_has_the_time_and_all_probabilities() -> None:
    values = list_answer(Answer(1.0, 5.00001, HEARD, 2.0), -23.456)
    assert json.loads(json.dumps(values, allow_nan=False)) == values
    assert (values["time"], values["start"], values["skipped_seconds"]) == (5.0, 1.0, 2.0)
    assert (values["emotion"], values["gender"], values["level_db"]) == ("sad", "female", -23.5)
    assert tuple(values["emotions"]) == EMOTIONS


def test_silence_has_the_same_keys_and_no_emotion() -> None:
    silence, speech = list_answer(Answer(0, 4, None), -60), list_answer(Answer(0, 4, HEARD), -60)
    assert set(silence) == set(speech)
    assert {silence[key] for key in ("emotion", "emotions", "gender", "model")} == {None}
    assert silence["speech_seconds"] == 0
