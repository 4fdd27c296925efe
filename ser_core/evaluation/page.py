"""PURE  The page of results: a text in Markdown, its tables filled in from the figures.

The text names a table by a line of its own, ``<!-- table: goals -->``, and another text by
``<!-- text: tried.md -->``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ser_core.evaluation.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ser_core.evaluation.goals import Results

_MARK: Final = re.compile(r"^<!-- (table|text): ([\w.-]+) -->$", re.MULTILINE)
_NOT_MEASURED: Final = "*Not measured yet.*"


def fill_page(
    text: str,
    results: Results,
    texts: Mapping[str, str],
    tables: Mapping[str, Callable[[Results], str]] = TABLES,
) -> str:
    """Give the text with every table and every other text in its place.

    A table for which figures are missing, which it says by a KeyError, is told as not measured.

    Raises:
        KeyError: if it names a table or a text that there is not.
    """

    def fill(mark: re.Match[str]) -> str:
        if mark[1] == "text":
            return texts[mark[2]].strip()
        draw = tables[mark[2]]
        try:
            return draw(results)
        except KeyError:
            return _NOT_MEASURED

    return _MARK.sub(fill, text)
