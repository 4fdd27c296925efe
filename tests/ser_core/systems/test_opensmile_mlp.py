from __future__ import annotations

from ser_core.systems import mlp_300
from ser_core.systems.opensmile_mlp import COMPARE, EGEMAPS


def test_the_same_network_learns_from_either_set_of_opensmile() -> None:
    assert COMPARE.feature_set == "opensmile-compare"
    assert EGEMAPS.feature_set == "opensmile-egemaps"
    for system in (COMPARE, EGEMAPS):
        assert system.extra == "opensmile"
        assert system.build(1)[-1].get_params() == mlp_300.build(1)[-1].get_params()
