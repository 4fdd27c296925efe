"""The door to torch: a deep system's estimator, where its extra is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ser_core.errors import ExtraMissing

if TYPE_CHECKING:
    from ser_core.systems.sequence_classifier import SequenceClassifier


def build_network(kind: str, seed: int, **settings: Any) -> SequenceClassifier:  # noqa: ANN401 - of any type
    """Give an estimator around the class of that name in ``sequence_network``.

    Raises:
        ExtraMissing: if torch or skorch is not installed.
    """
    try:
        # Loaded only here: the other systems do without torch.
        from ser_core.systems import sequence_network  # noqa: PLC0415
        from ser_core.systems.sequence_classifier import SequenceClassifier  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise ExtraMissing(str(error.name), "training") from error
    return SequenceClassifier(getattr(sequence_network, kind), seed=seed, **settings)
