from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from ser_core.commands import recognise
from ser_core.emotions import EMOTIONS
from ser_core.errors import DecoderMissing, ModelMissing, TooShort, Undecodable
from ser_core.recognition import Recognition, Segment

if TYPE_CHECKING:
    from pathlib import Path

    from terminal import Run


def make_recognition(share: float = 0.65) -> Recognition:
    emotions = tuple(share if name == "happy" else (1 - share) / 7 for name in EMOTIONS)
    return Recognition(
        emotions=emotions,
        genders=(0.98, 0.02),
        seconds=20.0,
        speech_seconds=15.5,
        segments=(Segment(0.5, 9.0, emotions), Segment(9.0, 18.25, emotions)),
        model_id="test-1",
    )


ANSWERS: dict[bytes, Recognition | Exception] = {
    b"happy": make_recognition(),
    b"vague": make_recognition(0.3),
    b"short": TooShort(0.1, 0.5),
    b"noise": Undecodable("no stream"),
    b"amr": DecoderMissing(),
}


@pytest.fixture
def recordings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder of files, each named after its content and answered as `ANSWERS` says."""

    def answer(data: bytes, model: object, limits: object) -> Recognition:
        assert model == "the model called default"
        assert limits is recognise.LIMITS
        found = ANSWERS[data]
        if isinstance(found, Exception):
            raise found
        return found

    monkeypatch.setattr(recognise, "recognise", answer)
    monkeypatch.setattr(recognise, "load_model", "the model called {}".format)
    for content in ANSWERS:
        (tmp_path / content.decode()).write_bytes(content)
    return tmp_path


def test_an_answer_in_json_holds_exactly_what_is_promised(run: Run, recordings: Path) -> None:
    outcome = run("recognise", recordings / "happy", "--json")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.lines == [{"file": str(recordings / "happy"), **make_recognition().as_dict()}]
    assert set(outcome.lines[0]) == {
        "file",
        "emotion",
        "emotion_confidence",
        "emotions",
        "gender",
        "gender_confidence",
        "genders",
        "seconds",
        "speech_seconds",
        "segments",
        "strangeness",
        "model",
    }


def test_each_file_has_its_own_line_of_json_in_order(run: Run, recordings: Path) -> None:
    names = ("short", "happy", "noise", "amr", "missing", "")
    outcome = run("recognise", *(recordings / name for name in names), "--json")
    assert (outcome.code, outcome.err) == (1, "")
    assert [line["file"] for line in outcome.lines] == [str(recordings / name) for name in names]
    assert [line.get("error") for line in outcome.lines] == [
        "too_short",
        None,
        "undecodable",
        "decoder_missing",
        "file_not_found",
        "is_a_directory",
    ]
    assert outcome.lines[0] == {
        "file": str(recordings / "short"),
        "error": "too_short",
        "message": "0.10 s of audio are less than the 0.5 s needed",
    }
    assert outcome.lines[4]["message"] == "No such file or directory"


def test_standard_input_is_a_file_too(run: Run, recordings: Path) -> None:
    assert recordings
    outcome = run("recognise", "-", "--json", stdin=b"happy")
    assert (outcome.code, outcome.lines[0]["file"]) == (0, "-")


def test_a_file_is_read_no_further_than_it_takes_to_refuse_it(
    run: Run, recordings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recognise, "LIMITS", SimpleNamespace(max_bytes=3))
    monkeypatch.setattr(
        recognise,
        "recognise",
        lambda data, *_: ANSWERS[b"happy"] if data == b"happ" else None,
    )
    assert run("recognise", recordings / "happy", "--json").code == 0
    assert run("recognise", "-", "--json", stdin=b"happy").code == 0


def test_a_person_sees_the_answer_and_its_runners_up(run: Run, recordings: Path) -> None:
    outcome = run("recognise", recordings / "happy")
    first, second, *_ = outcome.out.splitlines()
    assert outcome.code == 0
    assert first == (f"{recordings / 'happy'}: happy 65% · female 98% · 15.5 s of speech in 20.0 s")
    assert second.split()[:2] == ["happy", "65%"]
    assert all(emotion in outcome.out for emotion in EMOTIONS)
    assert "from" not in outcome.out


def test_a_vague_answer_says_so(run: Run, recordings: Path) -> None:
    assert ": not sure, perhaps happy 30%" in run("recognise", recordings / "vague").out


def test_the_timeline_shows_the_segments(run: Run, recordings: Path) -> None:
    shown = run("recognise", recordings / "happy", "--timeline").out
    assert "0.5 s" in shown
    assert "18.2 s" in shown


def test_a_person_is_told_of_failures_on_standard_error(run: Run, recordings: Path) -> None:
    outcome = run("recognise", recordings / "noise", recordings / "missing")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.splitlines() == [
        f"{recordings / 'noise'}: no audio can be read from these bytes: no stream",
        f"{recordings / 'missing'}: No such file or directory",
    ]


def test_an_error_without_words_of_the_system_is_told_in_its_own(
    run: Run, recordings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ANSWERS, b"happy", OSError("the cable fell out"))
    assert run("recognise", recordings / "happy").err.endswith(": the cable fell out\n")


def test_a_model_that_cannot_be_used_is_one_line_on_standard_error(
    run: Run, recordings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(place: str) -> None:
        raise ModelMissing(place)

    monkeypatch.setattr(recognise, "load_model", fail)
    outcome = run("recognise", recordings / "happy", "--json", "--model", "nowhere")
    assert outcome == (1, "", "ser: there is no model bundle at nowhere\n")
