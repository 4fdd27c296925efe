"""Systems of the laboratory that learnt for a moment, and networks that nobody trained."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import soundfile
from onnx import TensorProto, helper, numpy_helper

from ser_core.corpora import Clip
from ser_core.synthesis import speak
from ser_core.systems.table import find_system
from ser_core.systems.train import train_system
from ser_core.training.vectors import Extraction

if TYPE_CHECKING:
    from pathlib import Path

N_COLUMNS = 180
WORDS = ("angry", "happy", "sad")
SPEAKERS = {"ada": "female", "bo": "male", "cleo": "female", "dov": "male"}


def make_network_file(
    n_words: int = len(WORDS), *, n_inputs: int = 1, n_columns: int = N_COLUMNS
) -> bytes:
    """Give the bytes of an ONNX model that multiplies vectors by a matrix."""
    weights = np.random.default_rng(0).normal(size=(n_columns, n_words)).astype(np.float32)
    inputs = [f"vectors{number}" for number in range(n_inputs)]
    graph = helper.make_graph(
        [helper.make_node("MatMul", [inputs[0], "weights"], ["logits"])],
        "tiny",
        [_declare(name, n_columns) for name in inputs],
        [_declare("logits", n_words)],
        [numpy_helper.from_array(weights, "weights")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return bytes(model.SerializeToString())


def write_voices(folder: Path) -> tuple[Clip, ...]:
    """Write two emotions of four speakers to a folder, and give the clips."""
    clips = []
    for seed, (speaker, gender) in enumerate(SPEAKERS.items()):
        for emotion in ("happy", "sad"):
            waveform = speak(emotion, gender, seconds=1.0, seed=seed)
            path = folder / f"{speaker}-{emotion}.wav"
            soundfile.write(path, waveform.samples, waveform.sampling_rate)
            clips.append(Clip(path, emotion, gender, f"voices/{speaker}", "", "voices"))
    return tuple(clips)


def write_system(folder: Path, clips: tuple[Clip, ...], name: str, **settings: object) -> Path:
    """Write the bundle of a system that learnt from the clips, and give its folder."""
    out = folder / name
    how = Extraction("as the system says")
    train_system(clips, find_system(name), out=out, how=how, settings=settings)
    return out


def _declare(name: str, n_columns: int) -> object:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["clips", n_columns])
