"""What a worker sends, unpacked without trust: values and errors of ours, and nothing else.

A pickle can name any function to be called. Who takes over a worker, through a hole in a decoder,
must not take over the bot's process by what the worker answers.
"""

from __future__ import annotations

import io
import pickle
from typing import Any, Final

MAX_BYTES: Final = 16 * 2**20
"""More than any answer has; that of an hour has a tenth of a megabyte."""

_OUR_MODULES: Final = frozenset(
    {"bot.errors", "ser_core.errors", "ser_core.recognition", "ser_core.speaker"}
)
"""Where the classes are defined of which answers are made."""

_FUNCTIONS: Final = frozenset(
    {
        ("ser_core.errors", "_rebuild"),
        ("numpy", "dtype"),
        ("numpy", "ndarray"),
        ("numpy._core.multiarray", "_reconstruct"),
        ("numpy._core.multiarray", "scalar"),
        ("numpy._core.numeric", "_frombuffer"),
    }
)
"""What else it takes to build errors and arrays; none of these calls anything that it is given."""


class _Unpickler(pickle.Unpickler):
    """Build nothing but what answers are made of."""

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401  as typeshed has it
        """Give a class of ours, or one of a few functions.

        Raises:
            UnpicklingError: if anything else is named.
        """
        if (module, name) in _FUNCTIONS or (module in _OUR_MODULES and name.isidentifier()):
            found = super().find_class(module, name)
            # A module also has the names of what it imports; those are defined elsewhere.
            if (module, name) in _FUNCTIONS or (
                isinstance(found, type) and found.__module__ == module
            ):
                return found
        message = f"an answer names {module}.{name}"
        raise pickle.UnpicklingError(message)


def unpack(data: bytes) -> object:
    """Give what was packed by pickle, if it is made of what answers are made of.

    Raises:
        ValueError: if it is not, or damaged.
    """
    try:
        return _Unpickler(io.BytesIO(data)).load()
    except Exception as error:  # a pickle can raise anything
        raise ValueError(repr(error)) from error
