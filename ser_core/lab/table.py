"""PURE  The table of a corpus: systems beside each other, for Markdown and for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from rich.box import SIMPLE_HEAD
from rich.console import Group
from rich.table import Table
from rich.text import Text

from ser_core.lab.folds import PROTOCOLS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ser_core.lab.figures import Figures

OURS: Final = "shipped"
"""The system that stands out."""

_NOTHING: Final = "-"
_MEGABYTE: Final = 1e6
_FROM_ONE: Final = 10
"""Below this number of milliseconds or seconds a decimal is told."""

_SHARES: Final = {"accuracy": "accuracy", "uar": "UAR", "macro_f1": "F1", "ece": "ECE"}


class _Column(NamedTuple):
    """Hold the head of a column and what it tells of a system."""

    head: str
    tell: Callable[[Figures], str]
    is_share: bool = False


def sort_systems(figures: Figures) -> list[str]:
    """Give the names of the systems, the best on unseen speakers first.

    Where those were not measured, the random split decides.
    """

    def rank(name: str) -> tuple[float, ...]:
        protocols = figures["systems"][name]["protocols"]
        return tuple(protocols[each]["accuracy"] if each in protocols else 0 for each in PROTOCOLS)

    return sorted(figures["systems"], key=rank, reverse=True)


def write_table(figures: Figures) -> str:
    """Give the table in Markdown."""
    heads = ("system", "what it is", *(column.head for column in _COLUMNS))
    lines = [heads, ("---",) * len(heads)]
    for name in sort_systems(figures):
        each = figures["systems"][name]
        cells = (name, each["title"], *(column.tell(each) for column in _COLUMNS))
        lines.append(tuple(map(_stress, cells)) if name == OURS else cells)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def show_tables(figures: Figures) -> Group:
    """Give the same for a terminal, in two tables that fit into 80 columns."""
    title = (
        f"{figures['corpus']}: {figures['clips']:,} clips, {figures['speakers']} speakers, "
        f"chance {_percent(figures['chance'])}"
    )
    shares = (column for column in _COLUMNS if column.is_share)
    others = (column for column in _COLUMNS if not column.is_share)
    tables = (_show_columns(figures, tuple(columns)) for columns in (shares, others))
    return Group(Text(title, style="bold"), *tables)


def _show_columns(figures: Figures, columns: Sequence[_Column]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("system", no_wrap=True)
    for column in columns:
        table.add_column(column.head.replace(": ", "\n"), justify="right", no_wrap=column.is_share)
    for name in sort_systems(figures):
        each = figures["systems"][name]
        cells = (column.tell(each) for column in columns)
        table.add_row(
            *(Text(cell.removesuffix(" %")) for cell in (name, *cells)),
            style="bold" if name == OURS else "",
        )
    return table


def _stress(cell: str) -> str:
    return cell if cell == _NOTHING else f"**{cell}**"


def word_published(published: Mapping[str, Any]) -> str:
    """Give a published figure and how it was measured."""
    return f"{_percent(published['accuracy'])} ({published['what']})"


def _published(system: Figures) -> str:
    return "; ".join(map(word_published, system["published"])) or _NOTHING


def _share(protocol: str, figure: str) -> Callable[[Figures], str]:
    """Give what tells a figure; the accuracy of several splits with its deviation."""

    def tell(system: Figures) -> str:
        found = system["protocols"].get(protocol)
        if found is None:
            return _NOTHING
        deviation = found["deviation"].get(figure)
        if figure != "accuracy" or deviation is None:
            return _percent(found[figure])
        return f"{100 * found[figure]:.1f} ±{100 * deviation:.1f} %"

    return tell


def _gender(system: Figures) -> str:
    """Give how often the gender is right, by the first protocol."""
    return next((_percent(each["gender"]) for each in system["protocols"].values()), _NOTHING)


def _percent(share: float | None) -> str:
    return _NOTHING if share is None else f"{100 * share:.1f} %"


def _size(system: Figures) -> str:
    size_bytes = system["size_bytes"]
    if size_bytes is None:
        return _NOTHING
    if size_bytes < _MEGABYTE:
        return f"{size_bytes / 1e3:.0f} kB"
    return f"{size_bytes / _MEGABYTE:.1f} MB"


def _number(value: float, unit: str) -> str:
    return f"{value:.1f} {unit}" if value < _FROM_ONE else f"{value:.0f} {unit}"


def _head(protocol: str, figure: str) -> str:
    """Give a head; the first figure of a protocol names it."""
    head = _SHARES[figure]
    return f"{protocol.partition('-')[0]}: {head}" if figure == "accuracy" else head


_COLUMNS: Final = (
    _Column("published", _published),
    *(
        _Column(_head(protocol, figure), _share(protocol, figure), is_share=True)
        for protocol in PROTOCOLS
        for figure in _SHARES
    ),
    _Column("gender", _gender),
    _Column("fit", lambda system: _number(system["fit_seconds"], "s")),
    _Column("a clip", lambda system: _number(system["milliseconds"], "ms")),
    _Column("size", _size),
)
