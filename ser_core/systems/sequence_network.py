"""Networks that take 40 MFCC frame by frame: a stack of convolutions, and a recurrence.

::

    vectors (n, n_frames * 40) ──> to one scale ──> disturbed, while learning ──> describe ─┐
                                          logits (n, n_classes) <── linear <── dropout <────┘

While learning, no clip is seen twice alike: it begins a little earlier or later, each coefficient
is offset a little, as another microphone would do, and two stretches of time are blotted out.
Source: Park et al. (2019), "SpecAugment", Interspeech (masks of time).
"""

from __future__ import annotations

from typing import Final

import torch
from torch import nn

from ser_core.features.mfcc_sequence import N_MFCC

N_MASKS: Final = 2
LONGEST_MASK: Final = 2 / 15
"""Share of the frames that one stretch blots out at most."""
LONGEST_SHIFT: Final = 2 / 15
"""Share of the frames by which a clip begins earlier or later at most."""


class SequenceNetwork(nn.Module):  # type: ignore[misc]  # types are checked without torch
    """Hold what both networks share: scale, disturbances and the last layer.

    ``offset`` is the deviation of what is added to each coefficient of a clip while learning, in
    deviations of the coefficient.
    """

    def __init__(self, n_classes: int, width: int, *, dropout: float, offset: float) -> None:
        super().__init__()
        self.offset = offset
        self.register_buffer("mean", torch.zeros(N_MFCC))
        self.register_buffer("deviation", torch.ones(N_MFCC))
        self.decide = nn.Sequential(nn.Dropout(dropout), nn.Linear(width, n_classes))

    def learn_scale(self, vectors: torch.Tensor) -> None:
        """Keep mean and deviation of each coefficient over all frames of all clips."""
        frames = vectors.reshape(-1, N_MFCC)
        self.mean.copy_(frames.mean(0))
        self.deviation.copy_(frames.std(0, correction=0) + 1e-6)

    def forward(self, vectors: torch.Tensor) -> torch.Tensor:
        """Give logits ``(n, n_classes)`` for vectors ``(n, n_frames * 40)``."""
        frames = (
            vectors.reshape(-1, vectors.shape[1] // N_MFCC, N_MFCC) - self.mean
        ) / self.deviation
        if self.training:
            frames = self.disturb(frames)
        logits: torch.Tensor = self.decide(self.describe(frames))
        return logits

    def disturb(self, frames: torch.Tensor) -> torch.Tensor:
        """Give each clip another beginning, other coefficients and gaps, all by a little."""
        n_clips, n_frames, _ = frames.shape
        moments = torch.arange(n_frames)
        shift = ((2 * torch.rand(n_clips, 1) - 1) * LONGEST_SHIFT * n_frames).long()
        chosen = (moments + shift).clamp(0, n_frames - 1)
        frames = frames.gather(1, chosen[:, :, None].expand_as(frames))
        frames = frames + self.offset * torch.randn(n_clips, 1, N_MFCC)
        for _ in range(N_MASKS):
            start = n_frames * torch.rand(n_clips, 1)
            end = start + LONGEST_MASK * n_frames * torch.rand(n_clips, 1)
            frames = frames * ((moments < start) | (moments >= end))[:, :, None]
        return frames

    def describe(self, frames: torch.Tensor) -> torch.Tensor:
        """Give a description ``(n, width)`` of frames ``(n, n_frames, 40)``."""
        raise NotImplementedError


class Convolutions(SequenceNetwork):
    """Look at 100 ms, then at longer and longer stretches; then at all of them together."""

    def __init__(
        self,
        n_classes: int,
        channels: tuple[int, ...] = (96, 128, 160),
        dropout: float = 0.3,
        offset: float = 0.3,
    ) -> None:
        super().__init__(n_classes, 2 * channels[-1], dropout=dropout, offset=offset)
        layers: list[nn.Module] = []
        for number, (n_in, n_out) in enumerate(zip((N_MFCC, *channels), channels, strict=False)):
            layers += _convolution(n_in, n_out, stride=1 if number else 2, dropout=dropout)
            if 0 < number < len(channels) - 1:
                layers.append(nn.MaxPool1d(2))
        self.layers = nn.Sequential(*layers)

    def describe(self, frames: torch.Tensor) -> torch.Tensor:
        """Give mean and deviation of each channel over time."""
        heard = self.layers(frames.transpose(1, 2))
        mean = heard.mean(2)
        deviation = ((heard - mean[:, :, None]).square().mean(2) + 1e-6).sqrt()
        return torch.cat([mean, deviation], 1)


class Recurrence(SequenceNetwork):
    """Read steps of 60 ms from both ends; then look at all that was read together."""

    def __init__(
        self,
        n_classes: int,
        channels: int = 96,
        units: int = 96,
        dropout: float = 0.3,
        offset: float = 0.3,
    ) -> None:
        super().__init__(n_classes, 4 * units, dropout=dropout, offset=offset)
        self.steps = nn.Sequential(*_convolution(N_MFCC, channels, stride=3, dropout=dropout))
        self.read = nn.LSTM(channels, units, batch_first=True, bidirectional=True)

    def describe(self, frames: torch.Tensor) -> torch.Tensor:
        """Give mean and largest value of each unit over time."""
        read, _ = self.read(self.steps(frames.transpose(1, 2)).transpose(1, 2))
        return torch.cat([read.mean(1), read.amax(1)], 1)


def _convolution(n_in: int, n_out: int, *, stride: int, dropout: float) -> list[nn.Module]:
    """Give a convolution over five frames with what follows it."""
    return [
        nn.Conv1d(n_in, n_out, 5, stride=stride, padding=2, bias=False),
        nn.BatchNorm1d(n_out),
        nn.ReLU(),
        nn.Dropout(dropout / 2),
    ]
