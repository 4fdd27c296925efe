from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from learning import ANGRY, CALM, HAPPY, SAD, make_clip, make_vectors

torch = pytest.importorskip("torch")

from ser_core.errors import CorpusError  # noqa: E402 - what follows needs torch
from ser_core.training import encoder  # noqa: E402
from ser_core.training.encoder import EncoderRecipe, Run, train_encoder  # noqa: E402
from ser_core.training.labels import label_clips  # noqa: E402

if TYPE_CHECKING:
    from ser_core.training.encoder_network import HeadedEncoder
    from ser_core.training.vectors import Vectors

RECIPE = EncoderRecipe(
    widths=(4, 6, 8), n_recurrent=4, epochs=3, clips_per_epoch=16, batch_size=8, frames=(40, 60)
)


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    """Give two corpora, one of which lacks an emotion of the other."""
    emotions = {"a": ("happy", "sad", "calm"), "b": ("happy", "sad", "angry")}
    clips = [
        make_clip(f"{corpus}/{speaker}", emotion, gender)
        for corpus, names in emotions.items()
        for speaker, gender in enumerate(("male", "female", None))
        for emotion in names
    ]
    clips = [replace(clip, path=Path(f"{number}.wav")) for number, clip in enumerate(clips)]
    return make_vectors(clips, np.zeros((len(clips), 1)))


def numbers(network: HeadedEncoder) -> list[np.ndarray]:
    return [part.detach().numpy() for part in network.state_dict().values()]


def same(one: HeadedEncoder, other: HeadedEncoder) -> bool:
    pairs = zip(numbers(one), numbers(other), strict=True)
    return all(np.array_equal(*pair) for pair in pairs)


def hear(network: HeadedEncoder, vectors: Vectors) -> list[np.ndarray]:
    log_mels = np.stack([versions[0] for versions in vectors.log_mels]).astype(np.float32)
    with torch.no_grad():
        return [part.numpy() for part in network(torch.from_numpy(log_mels))]


def test_an_encoder_learns_what_can_be_heard(vectors: Vectors) -> None:
    recipe = replace(RECIPE, epochs=1, clips_per_epoch=480, mixup=0.05, learning_rate=1e-2)
    network = train_encoder(vectors, recipe, Run())
    labels = label_clips(vectors.clips)
    _, by_corpus, general, _ = hear(network, vectors)
    own = by_corpus[np.arange(len(labels.corpora)), labels.corpora]
    own = np.where(labels.possible[labels.corpora], own, -np.inf)
    assert np.mean(own.argmax(axis=1) == labels.emotions) > 0.9
    assert np.mean(general.argmax(axis=1) == labels.emotions) > 0.7
    assert not network.training


def test_the_seed_decides_all(vectors: Vectors) -> None:
    first, again, other = (train_encoder(vectors, RECIPE, Run(seed=seed)) for seed in (1, 1, 2))
    assert same(first, again)
    assert not same(first, other)


def test_a_training_that_was_broken_off_goes_on_as_if_it_had_not_been(
    vectors: Vectors, tmp_path: Path
) -> None:
    run = Run(seed=3, checkpoint=tmp_path / "new" / "run.pt")
    unbroken = train_encoder(vectors, RECIPE, replace(run, checkpoint=None))

    def interrupt(_: str, done: int, __: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_encoder(vectors, RECIPE, run, interrupt)
    told: list[tuple[str, int, int]] = []
    resumed = train_encoder(vectors, RECIPE, run, lambda *report: told.append(report))
    assert told == [("training the encoder", 3, 3)]
    assert same(unbroken, resumed)
    assert [path.name for path in run.checkpoint.parent.iterdir()] == ["run.pt"]


def test_a_finished_training_is_not_done_again(vectors: Vectors, tmp_path: Path) -> None:
    run = Run(checkpoint=tmp_path / "run.pt")
    finished = train_encoder(vectors, RECIPE, run)
    told: list[object] = []
    assert same(finished, train_encoder(vectors, RECIPE, run, lambda *each: told.append(each)))
    assert told == []


@pytest.fixture(scope="module")
def checkpoint(vectors: Vectors, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("checkpoints") / "run.pt"
    train_encoder(vectors, replace(RECIPE, epochs=1), Run(checkpoint=path))
    return path


def test_the_checkpoint_of_another_training_is_refused(vectors: Vectors, checkpoint: Path) -> None:
    recipe, run = replace(RECIPE, epochs=1), Run(checkpoint=checkpoint)
    others = (
        (vectors, RECIPE, run),
        (vectors, recipe, replace(run, seed=1)),
        (vectors.take(np.arange(9)), recipe, run),
    )
    for other in others:
        with pytest.raises(CorpusError, match="of another training"):
            train_encoder(*other)
    train_encoder(vectors, recipe, run)


def test_something_else_in_the_form_of_a_checkpoint_is_refused(
    vectors: Vectors, tmp_path: Path
) -> None:
    path = tmp_path / "run.pt"
    for other in ([1, 2], {"epoch": 1}):
        torch.save(other, path)
        with pytest.raises(CorpusError, match="of another training"):
            train_encoder(vectors, RECIPE, Run(checkpoint=path))


class Bomb:
    """Leave a mark wherever it is loaded as code."""

    def __init__(self, path: Path) -> None:
        """Take the place of the mark."""
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        """Say that loading means making a file."""
        return Path.touch, (self.path,)


def test_a_checkpoint_is_never_run_as_code(vectors: Vectors, tmp_path: Path) -> None:
    path, mark = tmp_path / "run.pt", tmp_path / "mark"
    torch.save(Bomb(mark), path)
    with pytest.raises(CorpusError, match="cannot be read"):
        train_encoder(vectors, RECIPE, Run(checkpoint=path))
    assert not mark.exists()


def test_a_checkpoint_that_is_garbage_is_refused(
    vectors: Vectors, checkpoint: Path, tmp_path: Path
) -> None:
    whole = checkpoint.read_bytes()
    path = tmp_path / "run.pt"
    for data in (b"", b"no checkpoint", b"\x80\x02}q\x00", whole[:1000], whole[: len(whole) // 2]):
        path.write_bytes(data)
        with pytest.raises(CorpusError, match=r"run\.pt cannot be read"):
            train_encoder(vectors, RECIPE, Run(checkpoint=path))


def test_a_checkpoint_is_whole_or_not_there(
    vectors: Vectors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object, path: Path) -> None:
        path.write_bytes(b"half")
        message = "no space left on device"
        raise OSError(message)

    monkeypatch.setattr(torch, "save", fail)
    run = Run(checkpoint=tmp_path / "run.pt")
    with pytest.raises(OSError, match="no space"):
        train_encoder(vectors, RECIPE, run)
    assert not (tmp_path / "run.pt").exists()


def test_copies_are_heard_as_often_as_the_recipe_says() -> None:
    clips = [make_clip("a/1", "happy")]
    vectors = make_vectors(clips, np.zeros((1, 1)))
    three = replace(vectors, log_mels=((np.zeros((1, 64)), np.ones((1, 64)), np.full((1, 64), 2)),))
    random = np.random.default_rng(0)
    drawn = [encoder._draw_version(three, 0, RECIPE, random)[0, 0] for _ in range(2000)]
    shares = np.bincount(np.array(drawn, int)) / 2000
    np.testing.assert_allclose(shares, (0.4, 0.3, 0.3), atol=0.04)
    assert encoder._draw_version(vectors, 0, RECIPE, random) is vectors.log_mels[0][0]


def test_an_epoch_draws_clips_by_their_weights_and_batches_of_like_length() -> None:
    clips = [make_clip("a/1", "happy")] * 30 + [make_clip("a/1", "sad")] * 10
    vectors = make_vectors(clips, np.zeros((40, 1)))
    lengths = np.resize([50, 400], 40)
    log_mels = tuple((np.zeros((length, 64), np.float16),) for length in lengths)
    vectors = replace(vectors, log_mels=log_mels)
    recipe = replace(RECIPE, clips_per_epoch=960)
    random = np.random.default_rng(0)
    batches = encoder._choose_clips(vectors, label_clips(clips), recipe, random)
    assert len(batches) <= 120
    drawn = np.concatenate(batches)
    assert np.mean(drawn < 30) == pytest.approx(0.5, abs=0.05)
    alike = [np.ptp(lengths[batch]) == 0 for batch in batches]
    assert np.mean(alike) > 0.8


def test_an_unknown_gender_teaches_nothing_about_genders(vectors: Vectors) -> None:
    loss_of = make_losses(vectors)
    unknown = np.array([clip.gender is None for clip in vectors.clips])
    gradient = loss_of("genders")
    assert not gradient[unknown].any()
    assert gradient[~unknown].any(axis=1).all()


def test_an_emotion_that_a_corpus_lacks_is_masked_in_its_head_and_held_back_in_the_general(
    vectors: Vectors,
) -> None:
    loss_of = make_losses(vectors)
    corpora = label_clips(vectors.clips).corpora
    own = loss_of("by_corpus")
    assert not own[corpora == 0, 1].any()
    assert not own[corpora == 0, 0, ANGRY].any()
    assert own[corpora == 0, 0, HAPPY].all()
    general = np.abs(loss_of("general"))
    assert (general[corpora == 0, ANGRY] > 0).all()
    known = general[corpora == 0][:, [HAPPY, SAD, CALM]].min(axis=1)
    assert (general[corpora == 0, ANGRY] < 0.5 * known).all()


def make_losses(vectors: Vectors) -> object:
    """Give a function that gives the gradient of the loss with respect to a head's logits."""
    labels = label_clips(vectors.clips)
    n_clips = len(vectors.clips)
    truths = encoder._number_truths(labels).to(torch.device("cpu"))
    sizes = {
        "embeddings": (n_clips, 4),
        "by_corpus": (n_clips, 2, 8),
        "general": (n_clips, 8),
        "genders": (n_clips, 2),
    }
    heads = {name: torch.zeros(size, requires_grad=True) for name, size in sizes.items()}
    heard = encoder_heard(**heads)
    encoder._loss(heard, truths, torch.arange(n_clips), RECIPE).backward()
    return lambda name: heads[name].grad.numpy()


def encoder_heard(**heads: object) -> object:
    from ser_core.training.encoder_network import Heard  # noqa: PLC0415 - needs torch

    return Heard(**heads)
