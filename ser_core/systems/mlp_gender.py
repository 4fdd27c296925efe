"""The tutorials' network that says emotion and gender together: 16 labels such as female happy."""

from __future__ import annotations

from ser_core.systems import mlp_300
from ser_core.systems.system import System

SYSTEM = System(
    name="mlp-gender",
    title="MLP of 300 on 180 means, emotion and gender together",
    feature_set="classic180",
    build=mlp_300.build,
    tells_gender=True,
)
