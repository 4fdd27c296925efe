from __future__ import annotations

import numpy as np
import pytest
from made_up_systems import N_COLUMNS, make_network_file

from ser_core.inference import open_network


def test_a_network_runs_in_one_thread() -> None:
    session = open_network(make_network_file(3))
    options = session.get_session_options()
    assert (options.intra_op_num_threads, options.inter_op_num_threads) == (1, 1)
    (logits,) = session.run(None, {"vectors0": np.ones((2, N_COLUMNS), np.float32)})
    assert logits.shape == (2, 3)


@pytest.mark.parametrize("data", [b"", b"no network", make_network_file()[:-9]])
def test_bytes_that_are_no_network_are_refused(
    data: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        open_network(data)
    assert capfd.readouterr().err == ""
