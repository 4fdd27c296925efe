"""The speech gate's network in PyTorch, and how it learns; `ser_core.speech.gate` evaluates it.

A recording's score is the mean of its best scores, so the network itself finds out where in a
recording of speech it has to listen, and none of the scores of other sound may be high.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import torch
from gate_instruments import happens
from torch import nn
from torch.nn import functional

from ser_core.speech.gate import N_BEST, REACH, SILENCE, STRIDE, STRIDES, TAPS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Random = np.random.Generator
    Columns = NDArray[np.float32]

ACCEPTED: Final = 0.9975
"""Share of the speech fitted on that scores above 0, disturbed and whispered copies included."""

_WIDTH: Final = 64
_BATCH: Final = 64
_N_MELS: Final = int(np.count_nonzero(SILENCE))


class Example(NamedTuple):
    """Hold a recording as the network hears it, ``(n_frames, 29)``, and what kind of sound it is.

    Kinds count by the root of their number of examples.
    """

    kind: str
    columns: Columns
    is_speech: bool


class Gate(nn.Module):
    """The network, with batch normalisation while it learns."""

    def __init__(self) -> None:
        """Start at random."""
        super().__init__()
        widths = (SILENCE.size, _WIDTH, _WIDTH)
        self.layers = nn.ModuleList(
            nn.Sequential(nn.Conv1d(width, _WIDTH, taps, stride), nn.BatchNorm1d(_WIDTH), nn.ReLU())
            for width, taps, stride in zip(widths, TAPS, STRIDES, strict=True)
        )
        self.dropout = nn.Dropout(0.2)
        self.last = nn.Conv1d(_WIDTH, 1, 1)

    def forward(self, columns: torch.Tensor) -> torch.Tensor:
        """Give the score of each recording of a batch ``(n, 29, n_frames)``."""
        hidden = columns
        for layer in self.layers:
            hidden = self.dropout(layer(hidden))
        return self.last(hidden)[:, 0].topk(N_BEST, dim=1).values.mean(dim=1)


def train(examples: Sequence[Example], epochs: int, random: Random) -> Gate:
    """Train on batches that are half speech."""
    network = Gate()
    optimiser = torch.optim.AdamW(network.parameters(), weight_decay=0.02)
    n_steps = epochs * len(examples) // _BATCH
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 6e-3, total_steps=n_steps)
    chances = weigh(examples)
    for step in range(n_steps):
        batch = [
            examples[number]
            for side in chances
            for number in random.choice(len(examples), _BATCH // 2, p=side)
        ]
        scores = network(stack([vary(example, random) for example in batch]))
        # Not quite 0 and 1: a label may be wrong, and nobody should be surer than that.
        truths = torch.tensor([0.99 if example.is_speech else 0.01 for example in batch])
        loss = functional.binary_cross_entropy_with_logits(scores, truths)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        if step % 200 == 0:
            print(f"step {step} of {n_steps}, loss {loss.item():.3f}", flush=True)
    return network.eval()


def weigh(examples: Sequence[Example]) -> NDArray[np.float64]:
    """Give each example's chance to be drawn as speech, and as other sound: shape ``(2, n)``."""
    kinds, n_of_kind = np.unique([example.kind for example in examples], return_counts=True)
    count = dict(zip(kinds, n_of_kind, strict=True))
    weights = np.array([count[example.kind] ** -0.5 for example in examples])
    is_speech = np.array([example.is_speech for example in examples])
    sides = np.stack([is_speech * weights, ~is_speech * weights])
    return sides / sides.sum(axis=1, keepdims=True)


def vary(example: Example, random: Random) -> Columns:
    """Colour the spectrum, leave a few bands out, and, of what is no speech, keep a piece."""
    varied = example.columns.copy()
    if happens(random, 0.5):
        tilt = random.normal(0, 0.25) * np.linspace(-1, 1, _N_MELS)
        colour = tilt + 0.3 * np.cumsum(random.normal(0, 0.15, _N_MELS))
        varied[:, :_N_MELS] = np.maximum(varied[:, :_N_MELS] + colour, SILENCE[:_N_MELS])
    if happens(random, 0.3):
        first = random.integers(_N_MELS)
        varied[:, first : min(first + random.integers(1, 4), _N_MELS)] = SILENCE[0]
    if not example.is_speech and happens(random, 0.3):
        start = random.integers(max(len(varied) - 40, 1))
        varied = varied[start : start + random.integers(25, 200)]
    return varied


def stack(recordings: Sequence[Columns]) -> torch.Tensor:
    """Give recordings the same number of frames: silence before and after, as in the gate."""
    longest = max(len(columns) for columns in recordings)
    n_frames = max(longest, (N_BEST - 1) * STRIDE + 1) + REACH
    padded = np.tile(SILENCE, (len(recordings), REACH + n_frames, 1))
    for row, columns in zip(padded, recordings, strict=True):
        row[REACH : REACH + len(columns)] = columns
    return torch.from_numpy(padded).transpose(1, 2)


@torch.no_grad()
def place_threshold(network: Gate, examples: Sequence[Example]) -> None:
    """Shift the scores so that the share `ACCEPTED` of all speech lies above 0."""
    speech = [example.columns for example in examples if example.is_speech]
    batches = [speech[first : first + _BATCH] for first in range(0, len(speech), _BATCH)]
    scores = torch.cat([network(stack(batch)) for batch in batches])
    network.last.bias -= torch.quantile(scores, 1 - ACCEPTED)


def export(network: Gate) -> dict[str, NDArray[np.float16]]:
    """Fold the normalisation into the weights; give them as float16, taps laid side by side."""
    arrays = {}
    for number, (convolution, normalisation, _) in enumerate(network.layers):
        gain = normalisation.weight / torch.sqrt(normalisation.running_var + normalisation.eps)
        weights = convolution.weight * gain[:, None, None]  # (out, in, tap)
        bias = (convolution.bias - normalisation.running_mean) * gain + normalisation.bias
        arrays[f"weights_{number}"] = weights.permute(2, 1, 0).flatten(0, 1)
        arrays[f"bias_{number}"] = bias
    arrays["weights_3"] = network.last.weight[0, :, 0]
    arrays["bias_3"] = network.last.bias[0]
    return {name: array.detach().numpy().astype(np.float16) for name, array in arrays.items()}
