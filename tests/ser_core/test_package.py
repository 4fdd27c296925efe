from __future__ import annotations

import subprocess
import sys

import pytest

import ser_core
from ser_core.pipeline import recognise
from ser_core.recognition import Recognition
from ser_core.store import load_model

HEAVY = ("scipy", "skops", "sklearn", "soundfile", "joblib")


def test_the_package_gives_its_three_names() -> None:
    assert ser_core.__all__ == ["Recognition", "load_model", "recognise"]
    assert ser_core.Recognition is Recognition
    assert ser_core.load_model is load_model
    assert ser_core.recognise is recognise


def test_the_package_has_no_other_name() -> None:
    with pytest.raises(AttributeError, match="module 'ser_core' has no attribute 'recognize'"):
        _ = ser_core.recognize


@pytest.mark.parametrize("name", ["ser_core", "ser_core.errors", "ser_core.recognition"])
def test_errors_and_values_load_without_what_only_recognition_needs(name: str) -> None:
    code = f"import sys, {name}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)  # noqa: S603 - our own line of Python
    assert set(HEAVY).isdisjoint(loaded.stdout.decode().split())
