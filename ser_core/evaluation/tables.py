"""PURE  The figures of the results as tables in Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.evaluation.conditions import CLEAN
from ser_core.evaluation.goals import ANCHORED_FIGURES, ANCHORS, GOALS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from ser_core.evaluation.goals import Goal, Results

_NOTHING: Final = "-"
_EVERYDAY_COUNTS: Final = ("recognised", "sure", "sure_and_emotional")


def _goals(results: Results) -> str:
    return _table(" | measured | must | aim | ", (_goal_row(goal, results) for goal in GOALS))


def _goal_row(goal: Goal, results: Results) -> tuple[str, ...]:
    """Give what was measured beside what was asked for."""
    sign = "≤ " if goal.is_limit else ""
    wanted = tuple(f"{sign}{_points(share)} {goal.unit}" for share in (goal.must, goal.aim))
    try:
        share, where = goal.measure(results)
    except KeyError:
        return goal.what, _NOTHING, *wanted, "not measured"
    verdict = "**missed**"
    if goal.is_reached(share, goal.must):
        verdict = "aim reached" if goal.is_reached(share, goal.aim) else "reached"
    measured = f"{_points(share)} {goal.unit}" + (f" ({where})" if where else "")
    return goal.what, measured, *wanted, verdict


def _speakers(results: Results) -> str:
    return _table(
        "corpus | clips | speakers | emotions | accuracy | UAR | F1 | ECE | ECE, all 8 | gender",
        (
            (
                name,
                f"{each['clips']:,}",
                str(each["speakers"]),
                str(len(each["emotions"])),
                *map(_percent, (each["accuracy"], each["uar"], each["macro_f1"], each["ece"])),
                _percent(each["with_all_emotions"]["ece"]),
                _gender(each),
            )
            for name, each in results["unseen-speakers"]["corpora"].items()
        ),
    )


def _anchors(results: Results) -> str:
    """Give ours among others' figures, from the lowest to the highest."""
    rows = []
    for corpus, anchors in ANCHORS.items():
        figure = ANCHORED_FIGURES[corpus]
        ours = results["unseen-speakers"]["corpora"][corpus][figure]
        found = [(ours, "**this project**", "")]
        found += [(anchor.share, anchor.what, anchor.source) for anchor in anchors]
        name = f"{corpus}, {figure if figure == 'accuracy' else 'UAR'}"
        rows += [(name, what, _percent(share), source) for share, what, source in sorted(found)]
    return _table("on unseen speakers | | | ", rows)


def _fairness(results: Results) -> str:
    return _table(
        "corpus | UAR female | UAR male | difference | worst speaker | median | best",
        (
            (
                name,
                *(_percent(each["by_gender"]["uar"].get(sex)) for sex in GENDERS),
                _points(each["by_gender"]["gap"]),
                *(_percent(share) for share in each["speaker_spread"].values()),
            )
            for name, each in results["unseen-speakers"]["corpora"].items()
        ),
    )


def _recalls(results: Results) -> str:
    corpora = results["unseen-speakers"]["corpora"]
    return _table(
        " | ".join(("emotion", *corpora)),
        (
            (emotion, *(_percent(each["recall"].get(emotion)) for each in corpora.values()))
            for emotion in EMOTIONS
        ),
    )


def _halves(results: Results) -> str:
    halves = results["unseen-speakers"]["halves"]
    return _table(
        " | ".join(("UAR", *halves["both"])),
        (
            (half, *(_percent(each["uar"]) for each in figures.values()))
            for half, figures in halves.items()
        ),
    )


def _earlier_clips(results: Results) -> str:
    curves = results["earlier-clips"]["corpora"]
    steps = [str(point["earlier_clips"]) for point in next(iter(curves.values()))]
    return _table(
        " | ".join(("accuracy after … clips", *steps)),
        (
            (name, *(_percent(point["accuracy"]) for point in curve))
            for name, curve in curves.items()
        ),
    )


def _learning(results: Results) -> str:
    ways = results["learning"]["ways"]
    return _table(
        " | ".join(("users", "notes before", *ways)),
        (
            (name, str(point["earlier_notes"]), *(_percent(point.get(way)) for way in ways))
            for name, curve in results["learning"]["corpora"].items()
            for point in curve
        ),
    )


def _random_split(results: Results) -> str:
    each = results["random-split"]
    figures = (each["accuracy"], each["uar"], each["ece"])
    return _table(
        "corpus | clips tested | accuracy | UAR | ECE | gender",
        [(each["corpus"], str(each["clips"]), *map(_percent, figures), _gender(each))],
    )


def _corpora(results: Results) -> str:
    return _table(
        "corpus | clips | chance | accuracy | UAR | ECE | ECE, all 8 | gender | heard by",
        (
            (
                name,
                f"{each['clips']:,}",
                *map(_percent, (each["chance"], each["accuracy"], each["uar"], each["ece"])),
                _percent(each["with_all_emotions"]["ece"]),
                _gender(each),
                each["predictor"],
            )
            for name, each in results["unseen-corpora"]["corpora"].items()
        ),
    )


def _robustness(results: Results) -> str:
    conditions = results["robustness"]["conditions"]
    clean = conditions[CLEAN]
    heads = [f"{name}: {figure}" for name in clean for figure in ("UAR", "lost", "ECE")]
    return _table(
        " | ".join(("", *heads)),
        (
            (
                condition,
                *(
                    cell
                    for name, each in figures.items()
                    for cell in (
                        _percent(each["uar"]),
                        _points(clean[name]["uar"] - each["uar"]),
                        _percent(each["ece"]),
                    )
                ),
            )
            for condition, figures in conditions.items()
        ),
    )


def _confidence(results: Results) -> str:
    figures = results["confidence"]
    answered = f"answered, from {figures['sure_from']:.0%}"
    return _table(
        f" | clips | accuracy | ECE | area of risk | {answered} | right among those",
        (
            (
                name,
                f"{each['clips']:,}",
                *map(_percent, (each["accuracy"], each["ece"], each["risk_area"])),
                *map(_percent, each["sure"].values()),
            )
            for name in ("unseen speakers", "unseen corpora")
            if (each := figures.get(name))
        ),
    )


def _strangeness(results: Results) -> str:
    figures = results["confidence"]["strangeness"]
    return _table(
        " | median strangeness | separation from unseen speakers",
        (
            (name, f"{value:.2f}", _share(figures["separation"].get(name)))
            for name, value in figures["median"].items()
        ),
    )


def _everyday(results: Results) -> str:
    return _table(
        " | clips | recognised | sure | sure, neither neutral nor calm | sure of",
        (
            (
                name,
                str(each["clips"]),
                *(_percent(each[key] / each["clips"]) for key in _EVERYDAY_COUNTS),
                ", ".join(f"{emotion} {count}" for emotion, count in each["sure_of"].items()),
            )
            for name, each in results["confidence"]["everyday speech"].items()
        ),
    )


def _table(heads: str, rows: Iterable[Iterable[str]]) -> str:
    """Give a Markdown table."""
    line = " | ".join(["---"] * (heads.count("|") + 1))
    return "\n".join(f"| {cells} |" for cells in (heads, line, *map(" | ".join, rows)))


def _gender(figures: Mapping[str, Any]) -> str:
    return _percent(figures["gender"]["accuracy"]) if figures["gender"] else _NOTHING


def _percent(share: float | None) -> str:
    return _NOTHING if share is None else f"{100 * share:.1f} %"


def _points(share: float | None) -> str:
    return _NOTHING if share is None else f"{100 * share:.1f}"


def _share(share: float | None) -> str:
    return _NOTHING if share is None else f"{share:.2f}"


TABLES: Final[Mapping[str, Callable[[Results], str]]] = {
    "goals": _goals,
    "unseen-speakers": _speakers,
    "anchors": _anchors,
    "fairness": _fairness,
    "recalls": _recalls,
    "halves": _halves,
    "earlier-clips": _earlier_clips,
    "learning": _learning,
    "random-split": _random_split,
    "unseen-corpora": _corpora,
    "robustness": _robustness,
    "confidence": _confidence,
    "strangeness": _strangeness,
    "everyday-speech": _everyday,
}
"""What a text can ask for; each takes the figures, and raises KeyError where they are missing."""
