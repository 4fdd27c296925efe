"""Train an encoder on log-mel spectrograms, on a GPU where there is one; resumable, seeded.

Each corpus has a head for emotions of its own, since raters and actors differ; a general head
learns from all, held back where a corpus lacks an emotion. Every epoch starts its random numbers
anew from the seed and its own number, so a training that was broken off goes on as if it had not
been.

Sources: Zhang et al. (2018), "mixup: Beyond empirical risk minimization", ICLR; Smith & Topin
(2019), "Super-convergence", SPIE, for the one-cycle schedule; Loshchilov & Hutter (2019),
"Decoupled weight decay regularization", ICLR.
"""

from __future__ import annotations

import hashlib
import pickle
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from torch.nn.utils import clip_grad_norm_

from ser_core.emotions import EMOTIONS
from ser_core.errors import CorpusError
from ser_core.training.encoder_network import Encoder, HeadedEncoder
from ser_core.training.labels import label_clips
from ser_core.training.mlp import ABSENT
from ser_core.training.spectrogram import Changes, change

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from ser_core.training.encoder_network import Heard
    from ser_core.training.labels import Labels
    from ser_core.training.vectors import Progress, Vectors

_IMPOSSIBLE: Final = -1e4
_MAX_GRADIENT: Final = 5.0
_N_SORTED_BATCHES: Final = 12
"""Batches are cut from so many at once, sorted by length, so that few frames are repeated."""


@dataclass(frozen=True, slots=True)
class EncoderRecipe:
    """Hold how an encoder is built and trained; the defaults were chosen on one joint fold.

    An epoch is ``clips_per_epoch`` clips drawn by their weights, not all clips once.
    ``clean_share`` is how often a clip is heard as it is, not as a disturbed copy.
    """

    widths: tuple[int, ...] = (32, 64, 128, 192)
    n_recurrent: int = 96
    dropout: float = 0.3
    epochs: int = 26
    clips_per_epoch: int = 10_000
    batch_size: int = 48
    learning_rate: float = 2.5e-3
    warm_up_share: float = 0.15
    weight_decay: float = 0.05
    mixup: float = 0.2
    label_smoothing: float = 0.1
    general_weight: float = 0.3
    gender_weight: float = 0.3
    clean_share: float = 0.4
    frames: tuple[int, int] = (80, 300)
    changes: Changes = field(default_factory=Changes)


@dataclass(frozen=True, slots=True)
class Run:
    """Hold what a training run needs beside data and recipe.

    ``checkpoint`` is a file written after each epoch, from which a broken run goes on;
    ``threads`` are those of the processor where there is no GPU.
    """

    seed: int = 0
    threads: int = 1
    checkpoint: Path | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Batch:
    """Hold spectrograms ``(n, n_frames, 64)`` and the labels of two sets of clips mixed in them.

    The first set counts by ``share``, the second by the rest.
    """

    log_mels: Tensor
    first: Tensor
    second: Tensor
    share: float


@dataclass(frozen=True, slots=True, eq=False)
class _Truths:
    """Hold what is true of all clips, as tensors; ``possible`` marks each corpus's emotions."""

    emotions: Tensor
    genders: Tensor
    corpora: Tensor
    possible: Tensor

    def to(self, device: torch.device) -> _Truths:
        """Give them on a device."""
        return _Truths(
            self.emotions.to(device),
            self.genders.to(device),
            self.corpora.to(device),
            self.possible.to(device),
        )


def train_encoder(
    vectors: Vectors, recipe: EncoderRecipe, run: Run, progress: Progress | None = None
) -> HeadedEncoder:
    """Give an encoder, with its heads, that has learnt from the log-mel spectrograms of clips.

    Raises:
        CorpusError: if the checkpoint is of another training, or is none.
    """
    torch.set_num_threads(run.threads)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    labels = label_clips(vectors.clips)
    truths = _number_truths(labels).to(device)
    torch.manual_seed(run.seed)
    encoder = Encoder(recipe.widths, recipe.n_recurrent)
    pupil = HeadedEncoder(encoder, len(truths.possible), recipe.dropout)
    pupil.to(device, memory_format=torch.channels_last)  # convolutions are faster so
    lesson = _Lesson(pupil, recipe, run, _name_training(vectors, recipe, run))
    for epoch in range(lesson.resume(), recipe.epochs):
        torch.manual_seed(hash((run.seed, epoch)))
        random = np.random.default_rng((run.seed, epoch))
        for batch in _draw_batches(vectors, labels, recipe, random):
            lesson.learn(batch, truths)
        lesson.save(epoch)
        if progress:
            progress("training the encoder", epoch + 1, recipe.epochs)
    pupil.cpu().eval()
    return pupil


class _Lesson:
    """Hold what changes during training, and keep it in the checkpoint."""

    def __init__(self, pupil: HeadedEncoder, recipe: EncoderRecipe, run: Run, name: str) -> None:
        self.pupil, self.recipe, self.checkpoint, self.name = pupil, recipe, run.checkpoint, name
        n_steps = recipe.epochs * max(1, recipe.clips_per_epoch // recipe.batch_size)
        self.optimiser = torch.optim.AdamW(
            pupil.parameters(), recipe.learning_rate, weight_decay=recipe.weight_decay
        )
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(
            self.optimiser,
            recipe.learning_rate,
            total_steps=n_steps + 1,
            pct_start=recipe.warm_up_share,
        )

    def learn(self, batch: _Batch, truths: _Truths) -> None:
        """Take one step."""
        self.pupil.train()
        device = truths.emotions.device
        with torch.autocast(device.type, torch.bfloat16, enabled=_is_half_fast(device)):
            heard = self.pupil(batch.log_mels.to(device))
        first = _loss(heard, truths, batch.first.to(device), self.recipe)
        second = _loss(heard, truths, batch.second.to(device), self.recipe)
        self.optimiser.zero_grad()
        (batch.share * first + (1 - batch.share) * second).backward()
        clip_grad_norm_(self.pupil.parameters(), _MAX_GRADIENT)
        self.optimiser.step()
        self.schedule.step()

    def resume(self) -> int:
        """Take up what the checkpoint holds; give the number of the next epoch."""
        if self.checkpoint is None or not self.checkpoint.exists():
            return 0
        state = _read_checkpoint(self.checkpoint)
        if state.get("training") != self.name:
            message = f"the checkpoint {self.checkpoint} is of another training: remove it"
            raise CorpusError(message)
        for name, part in self._parts().items():
            part.load_state_dict(state[name])
        return int(state["epoch"]) + 1

    def save(self, epoch: int) -> None:
        """Write the checkpoint, whole or not at all."""
        if self.checkpoint is None:
            return
        state = {name: part.state_dict() for name, part in self._parts().items()}
        self.checkpoint.parent.mkdir(parents=True, exist_ok=True)
        partial = self.checkpoint.with_suffix(".partial")
        torch.save({"training": self.name, "epoch": epoch, **state}, partial)
        partial.replace(self.checkpoint)

    def _parts(self) -> dict[str, Any]:
        return {"pupil": self.pupil, "optimiser": self.optimiser, "schedule": self.schedule}


def _read_checkpoint(path: Path) -> dict[str, Any]:
    """Give what a checkpoint holds; tensors and plain values only, never code."""
    try:
        state = torch.load(path, weights_only=True)
    except (RuntimeError, OSError, EOFError, pickle.UnpicklingError) as error:
        message = f"the checkpoint {path} cannot be read: {error}"
        raise CorpusError(message) from error
    return state if isinstance(state, dict) else {}


def _name_training(vectors: Vectors, recipe: EncoderRecipe, run: Run) -> str:
    """Give what another training would not have: its clips, recipe and seed."""
    names = "\n".join(f"{clip.corpus}/{clip.path.name}" for clip in vectors.clips)
    return hashlib.sha256(f"{asdict(recipe)}\n{run.seed}\n{names}".encode()).hexdigest()


def _number_truths(labels: Labels) -> _Truths:
    """Give the labels of clips as tensors."""
    return _Truths(
        torch.from_numpy(labels.emotions),
        torch.from_numpy(labels.genders),
        torch.from_numpy(labels.corpora),
        torch.from_numpy(labels.possible),
    )


def _is_half_fast(device: torch.device) -> bool:
    """Say whether the device calculates faster in bfloat16 than in float32."""
    return device.type == "cuda" or bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())  # noqa: SLF001 - there is no public way to ask


def _draw_batches(
    vectors: Vectors, labels: Labels, recipe: EncoderRecipe, random: np.random.Generator
) -> Iterator[_Batch]:
    """Give the batches of one epoch: clips of like length together, changed and mixed."""
    for chosen in _choose_clips(vectors, labels, recipe, random):
        lengths = [len(vectors.log_mels[number][0]) for number in chosen]
        n_frames = int(np.clip(np.percentile(lengths, 75), *recipe.frames))
        images = [
            change(_draw_version(vectors, number, recipe, random), n_frames, recipe.changes, random)
            for number in chosen
        ]
        share = float(random.beta(recipe.mixup, recipe.mixup))
        partners = random.permutation(len(chosen))
        log_mels = torch.from_numpy(np.stack(images))
        yield _Batch(
            log_mels=share * log_mels + (1 - share) * log_mels[partners],
            first=torch.from_numpy(chosen),
            second=torch.from_numpy(chosen[partners]),
            share=share,
        )


def _choose_clips(
    vectors: Vectors, labels: Labels, recipe: EncoderRecipe, random: np.random.Generator
) -> list[NDArray[np.intp]]:
    """Give the numbers of the clips of each batch of an epoch, drawn by their weights."""
    shares = labels.weights.astype(np.float64) / labels.weights.sum()
    places = np.floor(np.cumsum(shares) * recipe.clips_per_epoch + random.random())
    counts = np.diff(places, prepend=0).astype(np.intp)
    drawn = random.permutation(np.repeat(np.arange(shares.size), counts))
    size = recipe.batch_size
    batches: list[NDArray[np.intp]] = []
    for start in range(0, drawn.size, size * _N_SORTED_BATCHES):
        some = drawn[start : start + size * _N_SORTED_BATCHES]
        lengths = np.array([len(vectors.log_mels[number][0]) for number in some])
        order = some[np.argsort(lengths * random.uniform(0.9, 1.1, some.size))]
        batches += [order[place : place + size] for place in range(0, order.size - size + 1, size)]
    random.shuffle(batches)
    return batches[: max(1, recipe.clips_per_epoch // size)]


def _draw_version(
    vectors: Vectors, number: int, recipe: EncoderRecipe, random: np.random.Generator
) -> NDArray[np.floating]:
    """Give the spectrogram of a clip as it is, or of one of its copies."""
    versions = vectors.log_mels[number]
    if len(versions) == 1 or random.random() < recipe.clean_share:
        return versions[0]
    return versions[1 + int(random.integers(len(versions) - 1))]


def _loss(heard: Heard, truths: _Truths, clips: Tensor, recipe: EncoderRecipe) -> Tensor:
    """Give how wrong the heads are about clips, on average."""
    corpora, genders = truths.corpora[clips], truths.genders[clips]
    possible = truths.possible[corpora]
    even = possible / possible.sum(1, keepdim=True)
    exact = functional.one_hot(truths.emotions[clips], len(EMOTIONS))
    targets = (1 - recipe.label_smoothing) * exact + recipe.label_smoothing * even
    own = heard.by_corpus.float()[torch.arange(len(clips)), corpora]
    own = own.masked_fill(~possible, _IMPOSSIBLE)
    general = heard.general.float() + ABSENT * ~possible
    known = genders >= 0
    gender = functional.cross_entropy(
        heard.genders.float()[known], genders[known], reduction="sum"
    ) / len(clips)
    return (
        functional.cross_entropy(own, targets)
        + recipe.general_weight * functional.cross_entropy(general, targets)
        + recipe.gender_weight * gender
    )
