from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hearings import make_recognition, spread
from telegram.error import TimedOut

from bot.errors import (
    AllBusy,
    ChatBusy,
    GaveUp,
    NoteDeleted,
    NoteError,
    RecognitionFailed,
    Stopping,
    TooLate,
    UserBusy,
    WorkerBloated,
    WorkerDied,
    WorkerTimeout,
)
from bot.replies import notes
from bot.replies.formats import EMOJIS
from ser_core.emotions import EMOTIONS
from ser_core.errors import (
    AudioError,
    DecoderMissing,
    DecodeTimeout,
    NoSpeech,
    TooLarge,
    TooLong,
    TooShort,
    Undecodable,
)
from ser_core.recognition import Recognition, Segment

if TYPE_CHECKING:
    from collections.abc import Iterator

ERRORS = [
    TooLarge(30_000_000, 20 * 2**20),
    Undecodable("<b>no such codec"),
    DecodeTimeout(60.0),
    TooShort(0.2, 0.5),
    TooLong(4000.0, 3600.0),
    NoSpeech(3.0, 0.1),
    UserBusy(5),
    ChatBusy(20),
    AllBusy(100),
    TooLate(60),
    GaveUp(5),
    NoteDeleted(),
    Stopping(),
    WorkerDied(-9),
    WorkerBloated(1000),
    WorkerTimeout(180.0),
    RecognitionFailed("Traceback <module>"),
]


def find_kinds(kind: type[Exception]) -> Iterator[type[Exception]]:
    for child in kind.__subclasses__():
        yield child
        yield from find_kinds(child)


def make_mix(**shares: float) -> Recognition:
    emotions = tuple(shares.get(emotion, 0.0) for emotion in EMOTIONS)
    segments = (Segment(0.0, 4.0, emotions),)
    return Recognition(emotions, (0.03, 0.97), 4.0, 3.5, segments, "model")


def test_the_emotion_is_named_with_its_confidence_and_the_runners_up() -> None:
    text = notes.tell(make_mix(angry=0.82, fearful=0.09, sad=0.05, happy=0.04))
    assert text.splitlines()[0] == "😠 <b>Angry</b> — 82 %"
    assert "Then 😨 Fearful 9 % · 😢 Sad 5 %" in text
    assert "Happy" not in text


def test_the_bar_is_as_long_as_the_confidence() -> None:
    assert "▰▰▰▰▰▰▰▰▱▱" in notes.tell(make_mix(angry=0.82, sad=0.18))


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_every_emotion_has_a_face_and_a_name(emotion: str) -> None:
    headline = notes.tell(make_recognition(emotion, 0.9)).splitlines()[0]
    assert headline.startswith(f"{EMOJIS[emotion]} <b>{emotion.capitalize()}")


def test_the_voice_sounds_like_the_more_probable_gender() -> None:
    assert "Voice: sounds male — 97 %" in notes.tell(make_mix(sad=1.0))


def test_a_voice_between_the_genders_is_called_hard_to_tell() -> None:
    text = notes.tell(make_recognition(female=0.55))
    assert "Voice: hard to tell — female 55 %, male 45 %" in text


def test_an_unsure_answer_names_three_candidates_where_three_are_close() -> None:
    text = notes.tell(make_mix(sad=0.34, neutral=0.3, calm=0.2, happy=0.16))
    assert "Not sure" in text
    assert "😢 Sad 34 %\n😐 Neutral 30 %\n😌 Calm 20 %" in text
    assert "Happy" not in text


def test_an_unsure_answer_names_two_candidates_where_the_third_is_far() -> None:
    text = notes.tell(make_mix(sad=0.42, neutral=0.4, calm=0.18))
    assert "😢 Sad 42 %\n😐 Neutral 40 %" in text
    assert "Calm" not in text


def test_a_long_note_gets_a_timeline() -> None:
    segments = (Segment(0.0, 30.0, spread("happy", 0.7)), Segment(31.4, 65.0, spread("sad", 0.7)))
    text = notes.tell(make_recognition("happy", 0.5, seconds=65.0, segments=segments))
    assert text.endswith("0:00\u20130:30 😊 Happy\n0:31\u20131:05 😢 Sad")


def test_a_stretch_that_is_not_sure_names_no_emotion() -> None:
    segments = (
        Segment(0.0, 30.0, spread("happy", 0.7)),
        Segment(31.4, 50.0, spread("sad", 0.4)),
        Segment(50.0, 65.0, spread("angry", 0.4)),
    )
    text = notes.tell(make_recognition("happy", 0.5, seconds=65.0, segments=segments))
    assert text.endswith("0:00\u20130:30 😊 Happy\n0:31\u20131:05 🤔 <i>not sure</i>")


def test_a_long_note_that_is_never_sure_gets_no_timeline() -> None:
    segments = (Segment(0.0, 30.0, spread("happy", 0.4)), Segment(30.0, 65.0, spread("sad", 0.4)))
    text = notes.tell(make_recognition("happy", 0.4, seconds=65.0, segments=segments))
    assert "\u2013" not in text


def test_a_short_note_gets_none() -> None:
    segments = (Segment(0.0, 7.0, spread("happy", 0.7)), Segment(7.0, 15.0, spread("sad", 0.7)))
    text = notes.tell(make_recognition("happy", 0.5, seconds=15.0, segments=segments))
    assert "\u2013" not in text


def test_a_long_note_of_one_emotion_gets_none() -> None:
    assert "\u2013" not in notes.tell(make_recognition(seconds=65.0))


def test_a_timeline_has_eight_lines_at_most() -> None:
    shares = [spread(EMOTIONS[index % 8], 0.7) for index in range(40)]
    segments = tuple(Segment(index * 3.0, index * 3.0 + 3.0, s) for index, s in enumerate(shares))
    text = notes.tell(make_recognition(seconds=120.0, segments=segments))
    assert 1 < text.count("\u2013") <= 8


def test_who_waits_is_told_the_position() -> None:
    assert "you are second in line" in notes.tell_position(2)


def test_no_two_notes_that_wait_have_the_same_button() -> None:
    data = {
        notes.offer_cancelling(update_id).inline_keyboard[0][0].callback_data
        for update_id in (1, 2, 2**31)
    }
    assert len(data) == 3


def test_every_error_of_a_note_has_words_of_its_own() -> None:
    kinds = {*find_kinds(AudioError), *find_kinds(NoteError)}
    assert {type(error) for error in ERRORS} == kinds
    texts = [notes.explain(error) for error in ERRORS]
    assert len(set(texts)) == len(texts)
    assert texts.index(notes.apologise()) == ERRORS.index(ERRORS[-1])


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_no_explanation_shows_the_inside_of_an_error(error: Exception) -> None:
    text = notes.explain(error)
    assert not re.search(r"[<>&]|Traceback|codec|-9", text)


@pytest.mark.parametrize(
    ("error", "limit"),
    [
        (TooLarge(30_000_000, 20 * 2**20), "20 MB"),
        (TooShort(0.2, 0.5), "0.5 seconds"),
        (TooLong(4000.0, 3600.0), "1 hour"),
        (UserBusy(5), "5 unanswered notes"),
        (UserBusy(1), "1 unanswered note "),
        (ChatBusy(20), "20 unanswered notes"),
        (ChatBusy(1), "1 unanswered note "),
        (TooLate(90), "1.5 hours"),
    ],
)
def test_explanations_name_the_limit(error: Exception, limit: str) -> None:
    assert limit in notes.explain(error)


def test_what_only_the_operator_can_mend_gets_an_apology() -> None:
    assert notes.explain(DecoderMissing()) == notes.apologise()
    assert notes.explain(ZeroDivisionError()) == notes.apologise()


def test_trouble_with_telegram_is_told_as_such() -> None:
    assert notes.explain(TimedOut()).startswith("📡 Telegram did not hand")
