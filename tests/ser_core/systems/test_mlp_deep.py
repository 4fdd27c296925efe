from __future__ import annotations

from ser_core.systems import mlp_300
from ser_core.systems.mlp_deep import SYSTEM


def test_it_is_the_tutorials_network_with_four_layers_and_a_smaller_batch() -> None:
    (_, deep), (_, shallow) = SYSTEM.build(1), mlp_300.SYSTEM.build(1)
    theirs, ours = shallow.get_params(), deep.get_params()
    other = {name for name in ours if ours[name] != theirs[name]}
    assert other == {"hidden_layer_sizes", "batch_size"}
    assert len(ours["hidden_layer_sizes"]) == 4
    assert ours["batch_size"] < theirs["batch_size"]
