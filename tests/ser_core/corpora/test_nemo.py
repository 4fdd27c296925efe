from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ser_core.corpora import Clip, nemo

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_the_name_and_the_table_tell_the_labels(add_files: Callable[..., Path]) -> None:
    folder = add_files("samples/WR0_surprised_64.wav")
    (folder / "data.tsv").write_text(
        "file_id\temotion\traw_text\tspeaker_id\tgender\n"
        'WR0_surprised_64.wav\tsurprised\tTo "tak", prawda?\tWR0\tmale\n'
    )
    assert nemo.read(folder).clips == (
        Clip(
            path=folder / "samples/WR0_surprised_64.wav",
            emotion="surprised",
            gender="male",
            speaker="nemo/WR0",
            language="pl",
            corpus="nemo",
        ),
    )


@pytest.mark.parametrize(
    ("word", "emotion"),
    [
        ("anger", "angry"),
        ("fear", "fearful"),
        ("happiness", "happy"),
        ("neutral", "neutral"),
        ("sadness", "sad"),
        ("surprised", "surprised"),
    ],
)
def test_every_emotion_word_is_known(
    add_files: Callable[..., Path], word: str, emotion: str
) -> None:
    (clip,) = nemo.read(add_files(f"EB0_{word}_1.ogg")).clips
    assert (clip.emotion, clip.gender) == (emotion, None)


@pytest.mark.parametrize("name", ["EB0_boredom_1.wav", "anger_1.wav"])
def test_other_names_are_skipped(add_files: Callable[..., Path], name: str) -> None:
    assert [file.reason for file in nemo.read(add_files(name)).skipped] == ["no nEMO name"]
