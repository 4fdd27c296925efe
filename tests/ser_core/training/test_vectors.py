from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile
from sounds import noise, silence

from ser_core.corpora import Clip, Skipped
from ser_core.decode import decode
from ser_core.errors import CorpusError
from ser_core.features import FEATURE_SETS, measure
from ser_core.pipeline import speech_of
from ser_core.training import augment, vectors
from ser_core.training.vectors import Extraction, extract_vectors

if TYPE_CHECKING:
    from pathlib import Path

HOW = Extraction("classic180")
N_COLUMNS = 180


@pytest.fixture
def clips(spoken_clips: tuple[Clip, ...]) -> tuple[Clip, ...]:
    return spoken_clips[:3]


@pytest.fixture
def rain(tmp_path: Path) -> Path:
    """Give a recording without speech."""
    path = tmp_path / "rain.wav"
    soundfile.write(path, noise(), 16_000)
    return path


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count the recordings that are really read: their sizes in bytes."""
    sizes: list[int] = []

    def count(data: bytes, *limits: object) -> object:
        sizes.append(len(data))
        return decode(data, *limits)

    monkeypatch.setattr(vectors, "decode", count)
    return sizes


def write_clip(path: Path, samples: np.ndarray) -> Clip:
    soundfile.write(path, samples, 16_000)
    return Clip(path, "happy", None, "mine/1", "", "mine")


def test_the_first_version_is_the_speech_of_the_clip_as_it_is(clips: tuple[Clip, ...]) -> None:
    found = extract_vectors(clips, HOW)
    assert (found.values.shape, found.values.dtype) == ((1, 3, N_COLUMNS), np.float32)
    assert (found.clips, found.skipped) == (clips, ())
    for clip, vector in zip(clips, found.values[0], strict=True):
        speech = speech_of(decode(clip.path.read_bytes()))
        assert np.array_equal(vector, FEATURE_SETS["classic180"].extract(speech))


def test_copies_follow_as_further_versions(clips: tuple[Clip, ...], rain: Path) -> None:
    plain = extract_vectors(clips, HOW)
    found = extract_vectors(clips, replace(HOW, copies=2, noises=(rain,)))
    assert found.values.shape == (3, 3, N_COLUMNS)
    assert np.array_equal(found.values[:1], plain.values)
    first, second = found.values[1:]
    assert (first != plain.values[0]).any(axis=1).all()
    assert (first != second).any(axis=1).all()


def test_a_clip_has_the_same_copies_in_any_company_order_and_process(
    clips: tuple[Clip, ...],
) -> None:
    how = replace(HOW, copies=1)
    together = extract_vectors(clips, how).values
    backwards = extract_vectors(clips[::-1], replace(how, jobs=2)).values
    alone = extract_vectors(clips[1:2], how).values
    np.testing.assert_allclose(backwards[:, ::-1], together, rtol=1e-5, atol=1e-5)
    assert np.array_equal(alone[:, 0], together[:, 1])


def test_another_seed_gives_other_copies(clips: tuple[Clip, ...]) -> None:
    one, other = (extract_vectors(clips, replace(HOW, copies=1, seed=seed)) for seed in (0, 1))
    assert np.array_equal(one.values[0], other.values[0])
    assert not np.array_equal(one.values[1], other.values[1])


def test_copies_are_disturbed_with_the_noises(
    clips: tuple[Clip, ...], rain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[int] = []

    def disturb(waveform: object, noises: tuple[object, ...], _: object) -> object:
        heard.append(len(noises))
        return waveform

    monkeypatch.setattr(augment, "disturb", disturb)
    extract_vectors(clips, replace(HOW, copies=1, noises=(rain, rain)))
    assert heard == [2, 2, 2]


def test_a_noise_that_cannot_be_read_is_for_the_trainer_to_mend(
    clips: tuple[Clip, ...], tmp_path: Path
) -> None:
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"RIFF, and then nothing of the kind")
    with pytest.raises(CorpusError, match=r"broken\.wav cannot be used: no audio"):
        extract_vectors(clips, replace(HOW, copies=1, noises=(broken,)))


def test_what_was_measured_is_kept(
    clips: tuple[Clip, ...], decoded: list[int], tmp_path: Path
) -> None:
    how = replace(HOW, copies=1, cache=tmp_path)
    first = extract_vectors(clips, how)
    assert len(decoded) == 3
    again = extract_vectors(clips, how)
    assert len(decoded) == 3
    assert np.array_equal(first.values, again.values)


def test_without_a_cache_everything_is_measured_anew(
    clips: tuple[Clip, ...], decoded: list[int]
) -> None:
    for _ in range(2):
        extract_vectors(clips, HOW)
    assert len(decoded) == 6


@pytest.mark.parametrize(
    "change",
    [{"seed": 1}, {"copies": 2}, {"feature_set": "functionals"}],
    ids=lambda change: next(iter(change)),
)
def test_what_is_asked_differently_is_measured_anew(
    clips: tuple[Clip, ...], decoded: list[int], tmp_path: Path, change: dict[str, object]
) -> None:
    how = replace(HOW, copies=1, cache=tmp_path)
    extract_vectors(clips[:1], how)
    extract_vectors(clips[:1], replace(how, **change))
    assert len(decoded) == 2


def test_a_file_that_changes_is_measured_anew(tmp_path: Path, decoded: list[int]) -> None:
    clip = write_clip(tmp_path / "1.wav", noise(1.0, seed=0))
    how = replace(HOW, cache=tmp_path / "cache")
    before = extract_vectors([clip], how).values
    write_clip(tmp_path / "1.wav", noise(1.0, seed=1))
    after = extract_vectors([clip], how).values
    assert len(decoded) == 2
    assert not np.array_equal(before, after)


def test_recordings_of_the_same_name_size_and_age_are_not_mixed_up(tmp_path: Path) -> None:
    clips = []
    for seed in (0, 1):
        (tmp_path / str(seed)).mkdir()
        clips.append(write_clip(tmp_path / str(seed) / "1.wav", noise(1.0, seed=seed)))
    how = replace(HOW, cache=tmp_path / "cache")
    apart = [extract_vectors([clip], how).values for clip in clips]
    assert not np.array_equal(*apart)


def test_unreadable_and_silent_recordings_are_named_and_left_out(
    clips: tuple[Clip, ...], tmp_path: Path
) -> None:
    empty = write_clip(tmp_path / "empty.wav", silence(1.0))
    broken = Clip(tmp_path / "broken.wav", "happy", None, "mine/1", "", "mine")
    broken.path.write_bytes(b"no sound")
    short = write_clip(tmp_path / "short.wav", noise(0.05))
    found = extract_vectors([empty, clips[0], broken, short, clips[1]], HOW)
    assert found.clips == clips[:2]
    assert np.array_equal(found.values, extract_vectors(clips[:2], HOW).values)
    assert found.skipped[0] == Skipped(empty.path, "silent")
    assert [skipped.path for skipped in found.skipped[1:]] == [broken.path, short.path]
    assert "no audio can be read" in found.skipped[1].reason
    assert "0.05 s" in found.skipped[2].reason


@pytest.mark.parametrize("n_clips", [0, 2])
def test_nothing_to_learn_from_is_an_error(tmp_path: Path, n_clips: int) -> None:
    clips = [write_clip(tmp_path / f"{number}.wav", silence(1.0)) for number in range(n_clips)]
    with pytest.raises(CorpusError, match="no recording could be read"):
        extract_vectors(clips, HOW)


def test_progress_is_told_recording_by_recording(clips: tuple[Clip, ...]) -> None:
    told: list[tuple[str, int, int]] = []
    extract_vectors(clips, HOW, lambda *report: told.append(report))
    assert told == [("measuring recordings", done, 3) for done in (1, 2, 3)]


def test_functionals_come_with_the_spectrograms_of_all_versions(clips: tuple[Clip, ...]) -> None:
    found = extract_vectors(clips[:2], Extraction("functionals", copies=1))
    assert [len(versions) for versions in found.log_mels] == [2, 2]
    for clip, versions in zip(clips, found.log_mels, strict=False):
        expected = measure(speech_of(decode(clip.path.read_bytes())), "functionals").log_mel
        assert versions[0].dtype == np.float16
        assert np.array_equal(versions[0], expected.astype(np.float16))
        assert versions[1].shape[1] == versions[0].shape[1]
        assert not np.array_equal(versions[1], versions[0])


def test_other_sets_have_spectrograms_without_frames(clips: tuple[Clip, ...]) -> None:
    found = extract_vectors(clips, HOW)
    assert [len(versions[0]) for versions in found.log_mels] == [0, 0, 0]


def test_some_clips_can_be_taken(clips: tuple[Clip, ...]) -> None:
    found = extract_vectors(clips, replace(HOW, copies=1))
    taken = found.take(np.array([2, 0]))
    assert taken.clips == (clips[2], clips[0])
    assert np.array_equal(taken.values, found.values[:, [2, 0]])
    assert taken.log_mels[0] is found.log_mels[2]
    assert taken.log_mels[1] is found.log_mels[0]
    assert taken.skipped == ()
