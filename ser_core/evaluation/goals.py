"""VALUE  What the figures are compared with: goals set beforehand, and what others reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Results = Mapping[str, Mapping[str, Any]]
    """The figures of each section that was measured, by its name."""


class Goal(NamedTuple):
    """Hold a share to be reached (``must``) and one to be wished for (``aim``).

    ``measure`` gives the figure that counts, and what it is of where that is not plain; it raises
    KeyError where nothing was measured. Where ``is_limit``, less is better. ``unit`` is what a
    hundredth is called.
    """

    what: str
    must: float
    aim: float
    measure: Callable[[Results], tuple[float, str]]
    is_limit: bool = False
    unit: str = "%"

    def is_reached(self, share: float, wanted: float) -> bool:
        """Tell whether a share is as good as wanted."""
        return share <= wanted if self.is_limit else share >= wanted


class Anchor(NamedTuple):
    """Hold what others reached on unseen speakers, and who says so."""

    what: str
    share: float
    source: str


ANCHORS: Final[Mapping[str, tuple[Anchor, ...]]] = {
    "ravdess": (
        Anchor("the tutorials' recipe", 0.395, "measured with a published script's settings"),
        Anchor("hand-made features, SVM", 0.567, "best published"),
        Anchor("openSMILE ComParE, network", 0.583, "measured, six folds"),
        Anchor("human listeners", 0.635, "60 to 67 %, audio only"),
        Anchor("frozen WavLM", 0.793, "published"),
        Anchor("fine-tuned xlsr", 0.818, "published"),
    ),
    "crema-d": (
        Anchor("human listeners", 0.409, "audio only"),
        Anchor("hand-made features", 0.551, "published"),
        Anchor("frozen WavLM", 0.753, "published"),
    ),
}
"""Accuracy on RAVDESS, 8 emotions; UAR on CREMA-D, 6 emotions."""

ANCHORED_FIGURES: Final = {"ravdess": "accuracy", "crema-d": "uar"}
"""By which figure a corpus is compared."""


def _of(section: str, corpus: str, figure: str) -> Callable[[Results], tuple[float, str]]:
    """Measure a figure of a corpus."""
    return lambda results: (results[section]["corpora"][corpus][figure], "")


def _after_16_clips(results: Results) -> tuple[float, str]:
    curve = results["earlier-clips"]["corpora"]["ravdess"]
    return {point["earlier_clips"]: point["accuracy"] for point in curve}[16], ""


def _random_split(results: Results) -> tuple[float, str]:
    return results["random-split"]["accuracy"], "functionals alone"


def _gender(results: Results) -> tuple[float, str]:
    """Give the accuracy of gender where it is lowest, unseen corpora included."""
    sections = (results["unseen-speakers"], results["unseen-corpora"])
    shares = [
        (figures["gender"]["accuracy"], corpus)
        for section in sections
        for corpus, figures in section["corpora"].items()
        if figures["gender"]
    ]
    return min(shares)


def _ece_of_speakers(results: Results) -> tuple[float, str]:
    return results["unseen-speakers"]["ece_of_all"], ""


def _ece_of_corpora(results: Results) -> tuple[float, str]:
    """Give the calibration error of the unseen corpus where it is highest."""
    corpora = results["unseen-corpora"]["corpora"]
    return max((figures["ece"], corpus) for corpus, figures in corpora.items())


def _gap(results: Results) -> tuple[float, str]:
    """Give the difference between the sexes of the corpus where it is highest."""
    corpora = results["unseen-speakers"]["corpora"]
    gaps = ((figures["by_gender"]["gap"], corpus) for corpus, figures in corpora.items())
    return max((gap, corpus) for gap, corpus in gaps if gap is not None)


def _lost(condition: str) -> Callable[[Results], tuple[float, str]]:
    """Measure what a condition costs where it costs most."""

    def measure(results: Results) -> tuple[float, str]:
        conditions = results["robustness"]["conditions"]
        clean, spoiled = conditions["clean"], conditions[condition]
        return max((clean[corpus]["uar"] - spoiled[corpus]["uar"], corpus) for corpus in clean)

    return measure


GOALS: Final = (
    Goal(
        "RAVDESS, 8 emotions, accuracy", 0.70, 0.82, _of("unseen-speakers", "ravdess", "accuracy")
    ),
    Goal("the same after 16 earlier clips", 0.75, 0.85, _after_16_clips),
    Goal("RAVDESS, random split, accuracy", 0.85, 0.95, _random_split),
    Goal("CREMA-D, 6 emotions, UAR", 0.64, 0.76, _of("unseen-speakers", "crema-d", "uar")),
    Goal("EMOVO, never learnt from, UAR", 0.40, 0.60, _of("unseen-corpora", "emovo", "uar")),
    Goal("Emo-DB, left out, UAR", 0.60, 0.80, _of("unseen-corpora", "emodb", "uar")),
    Goal("CREMA-D, left out, UAR", 0.42, 0.60, _of("unseen-corpora", "crema-d", "uar")),
    Goal("RAVDESS, left out, UAR", 0.42, 0.65, _of("unseen-corpora", "ravdess", "uar")),
    Goal("gender, worst corpus", 0.985, 0.995, _gender),
    Goal("ECE, unseen speakers, all clips", 0.03, 0.015, _ece_of_speakers, is_limit=True),
    Goal("ECE, worst unseen corpus", 0.15, 0.10, _ece_of_corpora, is_limit=True),
    Goal(
        "UAR lost at 10 dB noise", 0.06, 0.03, _lost("noise, 10 dB"), is_limit=True, unit="points"
    ),
    Goal(
        "UAR lost through 16 kbit/s Opus",
        0.02,
        0.005,
        _lost("Opus, 16 kbit/s"),
        is_limit=True,
        unit="points",
    ),
    Goal("UAR between the sexes, worst corpus", 0.075, 0.03, _gap, is_limit=True, unit="points"),
)
"""What was asked of the recogniser before it was made."""
