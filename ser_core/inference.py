"""An ONNX file as something that can be run, in one thread."""

from __future__ import annotations

from typing import Final

import onnxruntime

_ONLY_FATAL: Final = 4
"""The log level of onnxruntime: what goes wrong is raised, and need not be printed as well."""


def open_network(data: bytes) -> onnxruntime.InferenceSession:
    """Give what runs the network in the bytes of an ONNX file.

    Raises:
        ValueError: if the bytes are no such file.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # in so small a network threads wait for each other
    options.inter_op_num_threads = 1
    options.log_severity_level = _ONLY_FATAL
    try:
        return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's errors share no other base
        raise ValueError(str(error)) from error
