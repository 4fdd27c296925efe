from __future__ import annotations

import importlib.util
import sys

import numpy as np
import pytest
from sounds import make_waveform, silence

from ser_core.errors import ExtraMissing
from ser_core.features import opensmile
from ser_core.features.opensmile import extract_compare, extract_egemaps
from ser_core.synthesis import speak

SETS = [(extract_compare, 6373), (extract_egemaps, 88)]


@pytest.mark.parametrize(("extract", "n_columns"), SETS)
def test_a_set_gives_what_opensmile_gives(extract, n_columns: int) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001
    package = pytest.importorskip("opensmile")
    voice = speak(seconds=0.6)
    found = extract(voice)
    name = {88: "eGeMAPSv02", 6373: "ComParE_2016"}[n_columns]
    expected = package.Smile(package.FeatureSet[name]).process_signal(voice.samples, 16_000)
    assert (found.shape, found.dtype) == ((n_columns,), np.float32)
    assert np.array_equal(found, expected.to_numpy()[0])


@pytest.mark.parametrize("sound", [[], [0.5], silence(0.2)], ids=["nothing", "a sample", "silence"])
def test_any_sound_has_a_finite_vector(sound: np.ndarray) -> None:
    pytest.importorskip("opensmile")
    assert np.isfinite(extract_egemaps(make_waveform(sound))).all()


def test_what_opensmile_cannot_measure_is_0(monkeypatch: pytest.MonkeyPatch) -> None:
    class Table:
        def to_numpy(self) -> np.ndarray:
            return np.array([[np.nan, np.inf, -np.inf, 2]])

    class Smile:
        def process_signal(self, *_: object) -> Table:
            return Table()

    monkeypatch.setattr(opensmile, "_load", lambda _: Smile())
    assert extract_egemaps(make_waveform([0.5])).tolist() == [0, 0, 0, 2]


@pytest.mark.parametrize("extract", [extract_compare, extract_egemaps])
def test_without_opensmile_the_extra_is_named(extract, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001
    opensmile._load.cache_clear()
    monkeypatch.setitem(sys.modules, "opensmile", None)
    with pytest.raises(ExtraMissing, match=r"opensmile is not installed.*\[opensmile\]"):
        extract(make_waveform([0.5]))


def test_the_package_is_not_loaded_before_it_measures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opensmile", None)
    spec = importlib.util.spec_from_file_location("fresh", str(opensmile.__file__))
    assert spec is not None
    assert spec.loader is not None
    fresh = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(fresh)  # would raise, were the package imported with it
    assert fresh.MIN_SECONDS == opensmile.MIN_SECONDS
