"""What every system keeps to, whoever adds it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from sklearn.base import clone, is_classifier
from sklearn.model_selection import cross_val_score

from ser_core import systems
from ser_core.errors import ExtraMissing, UnknownSystem
from ser_core.features import FEATURE_SETS
from ser_core.systems.table import SYSTEMS, find_system
from ser_core.systems.trial import apply_settings, find_losses

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ser_core.systems.system import System

MEASURED = [system for system in SYSTEMS.values() if system.feature_set]
NAMES = [system.name for system in MEASURED]
N_COLUMNS = 400  # ten frames of a sequence
FAST = {
    "cnn": {"max_epochs": 12, "batch_size": 2, "module__channels": (8,)},
    "lstm": {"max_epochs": 8, "batch_size": 4, "module__channels": 4, "module__units": 4},
    "svm": {},
    "random-forest": {"n_estimators": 5},
}
FAST_MLP = {"hidden_layer_sizes": (16,), "max_iter": 300, "batch_size": 4, "tol": 0.05}
"""The tolerance ends it, so that it does not warn of having reached the last iteration."""


@pytest.fixture(scope="module")
def lesson() -> tuple[NDArray[np.float32], NDArray[np.str_]]:
    """Give twelve vectors of two emotions that differ in every column."""
    words = np.tile(["happy", "sad"], 6)
    noise = np.random.default_rng(0).normal(size=(12, N_COLUMNS))
    return (noise + 3 * (words == "sad")[:, None]).astype(np.float32), words


def build(system: System, seed: int = 0) -> Any:  # noqa: ANN401 - scikit-learn's
    """Give the system's estimator, so small that it learns in milliseconds."""
    if system.extra == "training":
        pytest.importorskip("skorch")
        pytest.importorskip("torch")
    return apply_settings(system.build(seed), FAST.get(system.name, FAST_MLP))


def test_every_system_is_found_under_its_own_name() -> None:
    assert all(find_system(name) is system for name, system in SYSTEMS.items())
    assert [system.name for system in SYSTEMS.values()] == list(SYSTEMS)


def test_an_unknown_system_is_refused_and_the_known_ones_are_named() -> None:
    with pytest.raises(UnknownSystem, match=r"mlp-300, .*cnn, lstm"):
        find_system("mlp-299")


def test_the_systems_that_people_start_from_are_there() -> None:
    mlps = {"mlp-300", "mlp-deep", "mlp-cremad", "mlp-gender"}
    others = {"cnn", "lstm", "svm", "random-forest", "opensmile", "shipped"}
    assert mlps | others <= set(SYSTEMS)


@pytest.mark.parametrize("system", MEASURED, ids=NAMES)
def test_a_system_measures_what_there_is(system: System) -> None:
    assert system.feature_set in FEATURE_SETS
    assert system.title
    assert all(0 < each.accuracy < 1 and each.what for each in system.published)


@pytest.mark.parametrize("system", MEASURED, ids=NAMES)
def test_a_system_learns_words_and_says_how_likely_each_is(
    system: System, lesson: tuple[NDArray[np.float32], NDArray[np.str_]]
) -> None:
    vectors, words = lesson
    estimator = clone(build(system)).fit(vectors, words)
    found = estimator.predict_proba(vectors)
    assert is_classifier(estimator)
    assert estimator.classes_.tolist() == ["happy", "sad"]
    assert estimator.predict(vectors).tolist() == words.tolist()
    assert found.shape == (12, 2)
    assert (found >= 0).all()
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("system", MEASURED, ids=NAMES)
def test_the_same_seed_learns_the_same(
    system: System, lesson: tuple[NDArray[np.float32], NDArray[np.str_]]
) -> None:
    first, again = (build(system, seed=3).fit(*lesson).predict_proba(lesson[0]) for _ in range(2))
    assert np.array_equal(first, again)


@pytest.mark.parametrize("name", ["mlp-300", "mlp-cremad", "cnn", "lstm"])
def test_another_seed_learns_otherwise(
    name: str, lesson: tuple[NDArray[np.float32], NDArray[np.str_]]
) -> None:
    first, other = (
        build(SYSTEMS[name], seed).fit(*lesson).predict_proba(lesson[0]) for seed in (0, 1)
    )
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("name", ["mlp-300", "mlp-deep", "cnn", "lstm"])
def test_a_network_tells_its_loss_after_each_epoch(
    name: str, lesson: tuple[NDArray[np.float32], NDArray[np.str_]]
) -> None:
    losses = find_losses(build(SYSTEMS[name]).fit(*lesson))
    assert len(losses) > 1
    assert losses[-1] < losses[0]


@pytest.mark.parametrize("name", ["mlp-300", "cnn"])
def test_scikit_learn_scores_a_system_as_any_estimator(
    name: str, lesson: tuple[NDArray[np.float32], NDArray[np.str_]]
) -> None:
    assert cross_val_score(build(SYSTEMS[name]), *lesson, cv=2).tolist() == [1, 1]


@pytest.mark.parametrize("name", ["cnn", "lstm"])
@pytest.mark.parametrize("module", ["torch", "skorch"])
def test_a_deep_system_names_the_extra_that_it_misses(
    name: str, module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for loaded in [each for each in sys.modules if "systems.sequence_" in each]:
        monkeypatch.delitem(sys.modules, loaded)
        monkeypatch.delattr(systems, loaded.rpartition(".")[2], raising=False)
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ExtraMissing, match=r"pip install .*\[training\]") as caught:
        SYSTEMS[name].build(0)
    assert caught.value.module == module


def test_a_system_is_a_file_of_sixty_lines_at_most() -> None:
    files = {
        Path(str(sys.modules[system.build.__module__].__file__))
        for system in SYSTEMS.values()
        if system.name != "shipped"  # it is the whole of the recogniser
    }
    assert len(files) > 5
    assert {file.name: n for file in files if (n := len(file.read_text().splitlines())) > 60} == {}
