from __future__ import annotations

from ser_core.systems.random_forest import SYSTEM


def test_a_forest_grows_on_one_core_from_its_seed() -> None:
    forest = SYSTEM.build(4)
    assert (forest.n_estimators, forest.random_state, forest.n_jobs) == (300, 4, None)
    assert SYSTEM.feature_set == "functionals"
