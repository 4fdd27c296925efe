from __future__ import annotations

import re

from town import run_town

from ser_core.synthesis import encode_voice_note, speak


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
