"""From a fitted deep system to the bytes of an ONNX file, which needs no torch to answer."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING, Final

import torch

if TYPE_CHECKING:
    from ser_core.systems.sequence_classifier import SequenceClassifier

INPUT: Final = "vectors"
OUTPUT: Final = "logits"

_OPSET: Final = 17


def export_network(estimator: SequenceClassifier) -> bytes:
    """Give the network as an ONNX model, from vectors ``(n, n_columns)`` to logits.

    Logits have shape ``(n, n_classes)``, in the order of ``estimator.classes_``; their softmax is
    what ``predict_proba`` gives. The number of vectors is free.
    """
    file = io.BytesIO()
    with warnings.catch_warnings():
        # The newer exporter refuses a recurrence over a number of clips that it does not know.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            estimator.module_.eval(),
            (torch.zeros(2, estimator.n_features_in_),),
            file,
            dynamo=False,
            opset_version=_OPSET,
            input_names=[INPUT],
            output_names=[OUTPUT],
            dynamic_axes={INPUT: {0: "clips"}, OUTPUT: {0: "clips"}},
        )
    return file.getvalue()
