from __future__ import annotations

import numpy as np
import pytest

from bot.charts.curves import fade, find_room, smooth

AT = np.linspace(0, 1, 101)


def test_a_curve_through_one_moment_is_flat() -> None:
    means = smooth(AT, np.array([0.5]), np.array([2.0]), np.array([[0.3, 0.7]]), width=0.01)
    assert means == pytest.approx(np.tile([0.3, 0.7], (101, 1)))


def test_a_curve_passes_through_moments_that_are_far_apart() -> None:
    places, values = np.array([0.1, 0.9]), np.array([[1.0], [3.0]])
    means = smooth(AT, places, np.ones(2), values, width=0.05)[:, 0]
    assert means[[10, 50, 90]] == pytest.approx([1.0, 2.0, 3.0], abs=1e-6)


def test_moments_close_together_count_by_their_weight() -> None:
    places, values = np.array([0.5, 0.5]), np.array([[1.0], [5.0]])
    means = smooth(AT, places, np.array([3.0, 1.0]), values, width=0.05)
    assert means[:, 0] == pytest.approx(np.full(101, 2.0))


def test_what_sums_to_one_still_does_between_the_moments() -> None:
    values = np.array([[0.2, 0.8], [0.9, 0.1], [0.5, 0.5]])
    means = smooth(AT, np.array([0.1, 0.3, 0.8]), np.array([1.0, 7.0, 2.0]), values, width=0.03)
    assert means.sum(axis=1) == pytest.approx(np.ones(101))


def test_a_curve_fades_with_the_distance_from_its_moments() -> None:
    hidden = fade(AT, np.array([0.2]), begin=0.1, end=0.2)
    assert hidden[[0, 20, 30, 35, 40, 100]] == pytest.approx([1, 0, 0, 0.5, 1, 1])


def test_a_long_gap_is_seen_and_a_short_one_is_not() -> None:
    places = np.array([0.0, 0.3, 1.0])
    hidden = fade(AT, places, begin=0.05, end=0.12)
    assert hidden[:31] == pytest.approx(np.zeros(31))
    assert hidden[65] == 1


def test_a_word_goes_where_two_curves_are_farthest_apart() -> None:
    upper, lower = np.full(101, 10.0), np.full(101, 20.0)
    lower[60:80] = 50.0
    part, height = find_room(upper, lower, 5)
    assert height == 40
    assert 60 <= part.start < part.stop <= 80
    assert part.stop - part.start == 5


def test_there_is_no_room_where_a_curve_dips_into_every_box() -> None:
    upper, lower = np.zeros(9), np.full(9, 30.0)
    upper[::3] = 40.0
    _part, height = find_room(upper, lower, 5)
    assert height == -10
