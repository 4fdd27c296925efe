from __future__ import annotations

import re
from typing import TYPE_CHECKING

from made_up_systems import write_system, write_voices
from town import run_town

from ser_core.synthesis import encode_voice_note, speak

if TYPE_CHECKING:
    from pathlib import Path


async def test_a_voice_note_is_answered_with_emotion_gender_and_confidences() -> None:
    async with run_town(start=None) as town:
        person = town.meet()
        note = encode_voice_note(speak("fearful", "female", seconds=4.0))
        sent = await person.send(note)
        (answer,) = await person.read(lambda found: any("Voice" in one["text"] for one in found))
    headline = re.compile(r"(Neutral|Calm|Happy|Sad|Angry|Fearful|Disgusted|Surprised) \S*\s?\d+ %")
    assert headline.search(answer["text"].replace("— ", ""))
    assert "Voice: sounds female" in answer["text"]
    assert answer["reply_to_message_id"] == sent


async def test_nobody_speaks_in_silence_and_the_model_is_not_asked() -> None:
    async with run_town(start=None) as town:
        person = town.meet()
        silence = speak(seconds=3.0)
        silence.samples[:] = 0
        await person.send(encode_voice_note(silence))
        answer = await person.read_answer("hear")
    assert "%" not in answer["text"]


async def test_a_reference_system_answers_and_is_described(tmp_path: Path) -> None:
    clips = write_voices(tmp_path)
    settings = {"hidden_layer_sizes": (8,), "max_iter": 5}
    folder = write_system(tmp_path, clips, "mlp-300", **settings)
    async with run_town(start=None, model=str(folder)) as town:
        person = town.meet()
        await person.write("/about")
        about = await person.read_last("Trained on: voices")
        await person.send(encode_voice_note(speak("happy", "female", seconds=2.0)))
        answer = await person.read_last("Voice:")
    assert "mlp-300-" in about["text"]
    assert "Features: classic180" in about["text"]
    assert re.search(r"(Happy|Sad)", answer["text"])
