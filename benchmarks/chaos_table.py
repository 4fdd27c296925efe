"""PURE  What the runs found, as a table: what was asked for, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Found = dict[str, Any]
"""What one run found."""

_MIN_SHARE: Final = 0.6
_MAX_GROWTH: Final = 0.05
_MAX_STOP_SECONDS: Final = 10.0


class _Row(NamedTuple):
    """Hold a row of the table: what was done, what is asked for, and how both are read."""

    title: Callable[[Found], str]
    asked: str
    tell: Callable[[Found], str]
    is_reached: Callable[[Found], bool]


def draw_table(results: Mapping[str, Found]) -> str:
    """Give the table as Markdown, with a row for each run that was made."""
    rows = [
        f"| {row.title(results[name])} | {row.asked} | {row.tell(results[name])} |"
        for name, row in _ROWS.items()
        if name in results
    ]
    return "\n".join(["| | asked for | measured |", "|---|---|---|", *rows])


def is_reached(name: str, found: Found) -> bool:
    """Tell whether a run found what is asked for."""
    return _ROWS[name].is_reached(found)


def _form(found: Found) -> str:
    """Name how the bot ran."""
    forms = {"sqlite": "SQLite, one bot", "postgresql": "PostgreSQL, three replicas"}
    with_model = "" if found["model"] == "shipped" else ", a stand-in for the model"
    return forms[found["form"]] + with_model


def _title_kills(found: Found) -> str:
    """Tell what was done where bots were killed."""
    return (
        f"notes lost / answered twice in {found['notes']:,} under load with {found['kills']} "
        f"random SIGKILLs of a bot; {_form(found)}"
    )


def _title_faults(found: Found) -> str:
    """Tell what was done where Telegram was bad."""
    return (
        f"notes lost / answered twice in {found['notes']:,} with {found['share_of_calls']:.0%} of "
        f"{found['calls']:,} Bot API calls going wrong; {_form(found)}"
    )


def _title_stop(found: Found) -> str:
    """Tell what was done where bots were stopped."""
    return f"graceful stop under load, the slowest of {found['stops']}; {_form(found)}"


def _title_soak(found: Found) -> str:
    """Tell how much was answered while memory was watched."""
    with_model = "the shipped model" if found["model"] == "shipped" else "a stand-in for the model"
    return f"growth of the memory over {found['notes']:,} notes of mixed length, {with_model}"


def _tell_losses(found: Found) -> str:
    """Tell what was lost, and how long people waited."""
    strays = f", {found['strays']} stray messages" if found["strays"] else ""
    waits = f"answers after {found['p50_seconds']} s (median), {found['max_seconds']} s at most"
    return f"{_count_lost(found)} / {found['answered_twice']}{strays}; {waits}"


def _tell_stop(found: Found) -> str:
    """Tell how long a stop took, and what was lost."""
    losses = f"{_count_lost(found)} lost, {found['answered_twice']} twice"
    return f"{found['max_stop_seconds']:.1f} s; {losses} of {found['notes']:,}"


def _tell_throughput(found: Found) -> str:
    """Tell how fast both were."""
    return (
        f"{found['share']:.0%}: {found['bot_notes_per_second']:.1f} notes a second of "
        f"{found['bare_notes_per_second']:.1f}"
    )


def _tell_growth(found: Found) -> str:
    """Tell how much memory grew, from the second tenth of the notes to the last one."""
    if found["growth"] is None:
        return "too few notes to tell"
    memory = found["memory_mb"]
    losses = f"{found['lost']} lost, {found['answered_twice']} twice"
    return f"{found['growth']:+.1%}, from {memory[1]:.0f} to {memory[-1]:.0f} MB; {losses}"


def _tell_fuzz(found: Found) -> str:
    """Tell what damaged files have led to."""
    every = found["all"]
    worst = f"{every['most_memory_mb']:.0f} MB and {every['slowest_seconds']:.1f} s at most"
    return f"{len(every['findings'])} escapes in {found['notes']:,}; {worst}"


def _tell_large_note(found: Found) -> str:
    """Tell what was measured."""
    return "; ".join(f"{name.replace('_', ' ')}: {value}" for name, value in found.items())


def _count_lost(found: Found) -> int:
    """Count what was not answered, or could not even be sent."""
    return int(found["lost"]) + int(found["unsent"])


def _loses_nothing(found: Found) -> bool:
    """Tell whether each note was answered by one message."""
    return not (_count_lost(found) or found["answered_twice"] or found["strays"])


def _stops_in_time(found: Found) -> bool:
    """Tell whether a stop was quick and lost nothing."""
    return _loses_nothing(found) and float(found["max_stop_seconds"]) < _MAX_STOP_SECONDS


def _stays_small(found: Found) -> bool:
    """Tell whether memory hardly grew, and nothing was lost."""
    is_small = found["growth"] is not None and float(found["growth"]) < _MAX_GROWTH
    return is_small and not (found["lost"] or found["answered_twice"])


_KILLS: Final = _Row(_title_kills, "0 / 0", _tell_losses, _loses_nothing)
_FAULTS: Final = _Row(_title_faults, "0 / 0", _tell_losses, _loses_nothing)
_STOP: Final = _Row(_title_stop, "< 10 s, 0 lost", _tell_stop, _stops_in_time)
_SOAK: Final = _Row(_title_soak, "< 5 %", _tell_growth, _stays_small)

_ROWS: Final = {
    "kills-sqlite": _KILLS,
    "kills-postgresql": _KILLS,
    "faults": _FAULTS,
    "faults-postgresql": _FAULTS,
    "throughput": _Row(
        lambda found: (
            f"sustained throughput of the whole bot through the sandbox, {found['workers']} cores, "
            f"{found['note_seconds']:g} s notes, as a share of the bare recogniser's"
        ),
        "≥ 60 %",
        _tell_throughput,
        lambda found: float(found["share"]) >= _MIN_SHARE,
    ),
    "soak": _SOAK,
    "soak-model": _SOAK,
    "fuzz": _Row(
        lambda _found: "damaged audio files (ogg, opus, mp3, mp4, amr, wav, flac, …)",
        "≥ 200,000, no escape but `AudioError`",
        _tell_fuzz,
        lambda found: found["exit_code"] == 0,
    ),
    "large-note": _Row(
        lambda _found: "a voice note of 20 MB",
        "within its time limit, < 600 MB",
        _tell_large_note,
        lambda found: found["exit_code"] == 0,
    ),
    "stop": _STOP,
    "stop-postgresql": _STOP,
}
