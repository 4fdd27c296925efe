"""An MLP on what openSMILE measures: the 6,373 functionals of ComParE, or the 88 of eGeMAPS."""

from __future__ import annotations

from ser_core.systems import mlp_300
from ser_core.systems.system import Published, System

COMPARE = System(
    name="opensmile",
    title="openSMILE ComParE and an MLP of 300",
    feature_set="opensmile-compare",
    build=mlp_300.build,
    published=(Published("ravdess", 0.583, "unseen speakers, six folds, measured"),),
    extra="opensmile",
)
EGEMAPS = System(
    name="opensmile-egemaps",
    title="openSMILE eGeMAPS and an MLP of 300",
    feature_set="opensmile-egemaps",
    build=mlp_300.build,
    extra="opensmile",
)
