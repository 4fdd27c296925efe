from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

torch = pytest.importorskip("torch")

from ser_core.systems.sequence_network import (  # noqa: E402 - what follows needs torch
    Convolutions,
    Recurrence,
    SequenceNetwork,
)

if TYPE_CHECKING:
    from collections.abc import Callable

MAKERS: list[Callable[[], SequenceNetwork]] = [
    lambda: Convolutions(3, channels=(4, 6, 8)),
    lambda: Recurrence(3, channels=4, units=6),
]
NAMES = ["convolutions", "recurrence"]


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(0)


@pytest.mark.parametrize("make", MAKERS, ids=NAMES)
@pytest.mark.parametrize("n_frames", [12, 150])
def test_a_network_gives_a_logit_for_each_class(
    make: Callable[[], SequenceNetwork], n_frames: int
) -> None:
    assert make()(torch.randn(5, n_frames * 40)).shape == (5, 3)


@pytest.mark.parametrize("make", MAKERS, ids=NAMES)
def test_a_network_that_answers_answers_the_same_again(
    make: Callable[[], SequenceNetwork],
) -> None:
    network, vectors = make().eval(), torch.randn(4, 800)
    assert torch.equal(network(vectors), network(vectors))
    torch.testing.assert_close(network(vectors[1:2]), network(vectors)[1:2])


@pytest.mark.parametrize("make", MAKERS, ids=NAMES)
def test_the_scale_of_the_coefficients_does_not_matter(
    make: Callable[[], SequenceNetwork],
) -> None:
    network, vectors = make().eval(), torch.randn(50, 800)
    network.learn_scale(vectors)
    expected = network(vectors)
    network.learn_scale(30 * vectors + 500)
    torch.testing.assert_close(network(30 * vectors + 500), expected, atol=1e-3, rtol=1e-3)


def test_a_coefficient_that_never_changes_divides_by_nothing() -> None:
    network = Convolutions(2, channels=(4,)).eval()
    network.learn_scale(torch.ones(5, 400))
    assert torch.isfinite(network(torch.ones(5, 400))).all()


@pytest.mark.parametrize("make", MAKERS, ids=NAMES)
def test_all_of_a_network_learns(make: Callable[[], SequenceNetwork]) -> None:
    network = make()
    network(torch.randn(5, 800)).square().sum().backward()
    assert all(each.grad is not None and each.grad.any() for each in network.parameters())


def test_a_disturbed_clip_has_other_coefficients_and_stretches_blotted_out() -> None:
    found = Convolutions(2, channels=(4,), offset=0.5).disturb(torch.zeros(20, 60, 40))
    is_kept = found.any(2)
    for clip, kept in zip(found, is_kept, strict=True):
        assert torch.equal(clip[kept], clip[kept][:1].expand(int(kept.sum()), 40))
        assert (~kept).sum() <= 16
    assert not is_kept.all()
    assert 0.4 < found[is_kept].std() < 0.6


def test_a_disturbed_clip_begins_earlier_or_later() -> None:
    moments = torch.arange(1.0, 61)[None, :, None].expand(50, 60, 40)
    found = Convolutions(2, channels=(4,), offset=0).disturb(moments)[:, :, 0]
    is_kept = found > 0
    shifts = found - moments[:, :, 0]
    inside = is_kept & (found > 1) & (found < 60)
    for shift, kept in zip(shifts, inside, strict=True):
        assert shift[kept].unique().numel() == 1  # all of the clip by as much
    assert shifts[inside].min() < 0 < shifts[inside].max()
    assert shifts[inside].abs().max() <= 8


def test_a_network_must_say_how_it_describes_frames() -> None:
    network = SequenceNetwork(2, 4, dropout=0, offset=0)
    with pytest.raises(NotImplementedError):
        network(torch.zeros(1, 40))
