"""The encoder as a PyTorch module: log-mel spectrogram to embedding, and the heads that teach it.

::

    log-mel ──> z-score of the recording ──> residual convolutions ──> GRU ──> mean and deviation
    (n_frames, 64)                           time / 16                both ways, weighted by
                                                                      attention: the embedding

Sources: He et al. (2016), "Deep residual learning for image recognition", CVPR; Cho et al. (2014),
"Learning phrase representations using RNN encoder-decoder", EMNLP, for the GRU; Okabe, Koshinaka &
Shinoda (2018), "Attentive statistics pooling for deep speaker embedding", Interspeech.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

import torch
from torch import nn
from torch.nn import functional

from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.features.contours import N_MELS

if TYPE_CHECKING:
    from torch import Tensor

STRIDE: Final = 2
"""Of the stem and of each block, in bands and in time alike."""

_DEVIATION_FLOOR: Final = 1e-3
_VARIANCE_FLOOR: Final = 1e-5


class Heard(NamedTuple):
    """Hold embeddings of a batch, ``(n, n_columns)``, and the logits that the heads make of them.

    ``by_corpus`` has shape ``(n, n_corpora, 8)``: what each corpus would call it;
    ``general`` ``(n, 8)`` has learnt from all of them; ``genders`` is ``(n, 2)``.
    """

    embeddings: Tensor
    by_corpus: Tensor
    general: Tensor
    genders: Tensor


class Encoder(nn.Module):
    """Turn log-mel spectrograms, ``(n, n_frames, 64)``, into embeddings, ``(n, n_columns)``."""

    def __init__(self, widths: tuple[int, ...], n_recurrent: int) -> None:
        """Build it; the first of ``widths`` is the stem's, each other one that of a block."""
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(1, widths[0], 5, STRIDE, 2, bias=False),
            nn.BatchNorm2d(widths[0]),
            nn.ReLU(),
        )
        self.blocks = nn.Sequential(*(_Block(before, after) for before, after in pairwise(widths)))
        n_bands = N_MELS // STRIDE ** len(widths)
        self.join_bands = nn.Sequential(
            nn.Conv1d(widths[-1] * n_bands, widths[-1], 1, bias=False),
            nn.BatchNorm1d(widths[-1]),
            nn.ReLU(),
        )
        self.recurrent = nn.GRU(widths[-1], n_recurrent, batch_first=True, bidirectional=True)
        self.attention = nn.Conv1d(2 * n_recurrent, 1, 1)
        self.n_columns = 4 * n_recurrent

    def forward(self, log_mels: Tensor) -> Tensor:
        """Give the embeddings."""
        mean = log_mels.mean((1, 2), keepdim=True)
        deviation = log_mels.std((1, 2), keepdim=True) + _DEVIATION_FLOOR
        image = ((log_mels - mean) / deviation).transpose(1, 2)[:, None]
        steps = self.join_bands(self.blocks(self.stem(image)).flatten(1, 2))
        states = self.recurrent(steps.transpose(1, 2))[0].transpose(1, 2)
        weights = torch.softmax(self.attention(states), -1)
        centre = (states * weights).sum(-1)
        spread = ((states - centre[..., None]) ** 2 * weights).sum(-1)
        return torch.cat([centre, spread.clamp(_VARIANCE_FLOOR).sqrt()], 1)


class HeadedEncoder(nn.Module):
    """Hold an encoder and the heads under which it learns."""

    def __init__(self, encoder: Encoder, n_corpora: int, dropout: float) -> None:
        """Build the heads: emotion for each corpus and for all, and gender."""
        super().__init__()
        self.encoder = encoder
        self.dropout = nn.Dropout(dropout)
        self.by_corpus = nn.Linear(encoder.n_columns, n_corpora * len(EMOTIONS))
        self.general = nn.Linear(encoder.n_columns, len(EMOTIONS))
        self.genders = nn.Linear(encoder.n_columns, len(GENDERS))

    def forward(self, log_mels: Tensor) -> Heard:
        """Give what is heard in log-mel spectrograms, ``(n, n_frames, 64)``."""
        embeddings = self.encoder(log_mels)
        kept = self.dropout(embeddings)
        by_corpus = self.by_corpus(kept).unflatten(1, (-1, len(EMOTIONS)))
        return Heard(embeddings, by_corpus, self.general(kept), self.genders(kept))


class _Block(nn.Module):
    """Halve bands and time; what two convolutions add to a view that goes past them."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(before, after, 3, STRIDE, 1, bias=False)
        self.first_norm = nn.BatchNorm2d(after)
        self.second = nn.Conv2d(after, after, 3, 1, 1, bias=False)
        self.second_norm = nn.BatchNorm2d(after)
        self.past = nn.Sequential(
            nn.AvgPool2d(STRIDE, STRIDE, ceil_mode=True, count_include_pad=False),
            nn.Conv2d(before, after, 1, bias=False),
            nn.BatchNorm2d(after),
        )

    def forward(self, image: Tensor) -> Tensor:
        """Give the image at half its size."""
        inner = functional.relu(self.first_norm(self.first(image)))
        return functional.relu(self.second_norm(self.second(inner)) + self.past(image))
