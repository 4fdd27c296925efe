from __future__ import annotations

import base64
import contextlib
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from learning import make_impression, make_lesson

from ser_core.errors import LessonsUnreadable
from ser_core.lessons import read_lessons, write_lessons

if TYPE_CHECKING:
    from pathlib import Path

IMPRESSION = make_impression(np.arange(3.0), np.ones((2, 8)), source="größer")
LESSONS = [
    make_lesson(IMPRESSION),
    make_lesson(IMPRESSION, None, "male"),
    make_lesson(make_impression(np.ones(2)), "sad", "female", sureness=0.1),
]
SAME_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give the place of a file of lessons."""
    file = tmp_path / "lessons.jsonl"
    write_lessons(file, [7, 7, 12], LESSONS)
    return file


def change(path: Path, **values: object) -> None:
    """Change values of the second line."""
    lines: list[Any] = path.read_text().splitlines()
    lines[1] = json.dumps(json.loads(lines[1]) | values)
    path.write_text("\n".join(lines))


def test_lessons_come_back_as_they_were(path: Path) -> None:
    found = read_lessons(path)
    assert [person for person, _ in found] == [7, 7, 12]
    for (_, after), before in zip(found, LESSONS, strict=True):
        for name in ("emotion", "gender", "told_emotions", "told_genders"):
            assert getattr(after, name) == getattr(before, name)
        assert after.impression.source == before.impression.source
        for name in ("vector", "views", "genders"):
            one, other = (getattr(each.impression, name) for each in (after, before))
            np.testing.assert_array_equal(one, other)


def test_no_lessons_are_a_file_too(path: Path) -> None:
    write_lessons(path, [], [])
    assert read_lessons(path) == ()


def test_each_lesson_needs_a_person(path: Path) -> None:
    with pytest.raises(ValueError, match="longer"):
        write_lessons(path, [1], LESSONS)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(LessonsUnreadable, match="No such file") as caught:
        read_lessons(tmp_path / "nowhere")
    assert (caught.value.path, caught.value.line) == (str(tmp_path / "nowhere"), 0)


def test_what_is_no_text_is_told(path: Path) -> None:
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(LessonsUnreadable, match=r"lessons\.jsonl holds no lesson: 'ascii'"):
        read_lessons(path)


@pytest.mark.parametrize(
    "values",
    [
        {"emotion": "bored"},
        {"gender": "robot"},
        {"emotion": ["happy"]},
        {"emotion": None, "gender": None},
        {"told_emotions": [0.5, 0.5]},
        {"told_genders": []},
        {"told_genders": None},
        {"told_genders": ["a", "b"]},
        {"person": None},
        {"person": "somebody"},
        {"person": float("inf")},
        {"impression": "§"},
        {"impression": 3},
        {"impression": base64.b64encode(b"something else").decode()},
    ],
    ids=str,
)
def test_a_line_that_is_no_lesson_is_told_by_its_number(
    path: Path, values: dict[str, object]
) -> None:
    change(path, **values)
    with pytest.raises(LessonsUnreadable, match=r"lessons\.jsonl, line 2 holds no") as caught:
        read_lessons(path)
    assert caught.value.line == 2


@pytest.mark.parametrize("line", ["", "{", "[]", "3", "{}", "[" * 100_000], ids=lambda x: x[:9])
def test_a_line_that_is_no_object_is_told(path: Path, line: str) -> None:
    path.write_text(path.read_text() + line + "\n")
    with pytest.raises(LessonsUnreadable) as caught:
        read_lessons(path)
    assert caught.value.line == 4


@SAME_FOLDER
@given(st.integers(1, 10_000))
def test_a_truncated_file_is_told(path: Path, n_bytes: int) -> None:
    write_lessons(path, [7, 7, 12], LESSONS)
    data = path.read_bytes().rstrip()
    path.write_bytes(data[: -1 - n_bytes % (len(data) // 4)])
    with pytest.raises(LessonsUnreadable) as caught:
        read_lessons(path)
    assert caught.value.line in (2, 3)


@SAME_FOLDER
@given(st.binary(min_size=1, max_size=200))
def test_random_bytes_are_no_lessons(path: Path, data: bytes) -> None:
    path.write_bytes(b"{" + data)
    with pytest.raises(LessonsUnreadable):
        read_lessons(path)


@SAME_FOLDER
@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 127)), min_size=1, max_size=4))
def test_a_damaged_file_is_told_or_says_something_else(
    path: Path, changes: list[tuple[int, int]]
) -> None:
    write_lessons(path, [7, 7, 12], LESSONS)
    data = bytearray(path.read_bytes())
    for place, byte in changes:
        data[place % len(data)] = byte
    path.write_bytes(data)
    with contextlib.suppress(LessonsUnreadable):
        assert len(read_lessons(path)) >= 1
