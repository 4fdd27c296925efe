"""A random forest on functionals: no scaler and nothing to tune, a floor for other ideas."""

from __future__ import annotations

from sklearn.ensemble import RandomForestClassifier

from ser_core.systems.system import System


def build(seed: int) -> RandomForestClassifier:
    """Give a forest of 300 trees."""
    return RandomForestClassifier(n_estimators=300, random_state=seed)


SYSTEM = System(
    name="random-forest",
    title="random forest of 300 trees on functionals",
    feature_set="functionals",
    build=build,
)
