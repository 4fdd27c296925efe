"""PURE  The model card: what a bundle learnt from, how it was measured, and how good it is.

Source of the sections: Mitchell et al. (2019), "Model cards for model reporting", FAccT.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ser_core.corpora import CORPORA

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ser_core.training.vectors import Extraction

_TEXT: Final = """\
# {id}

Hears one of eight emotions and one of two genders in a few seconds of speech, each with a
probability. It hears how a voice sounds to most listeners; it knows nothing of what somebody
feels, or who they are.

- Licence of this bundle: {licence}, because of the corpora below (the code is under MIT).
- Feature set: `{feature_set}`; small multilayer perceptrons{encoder}, averaged and calibrated.
- Each clip was learnt from as it is and in {copies} disturbed copies (speed, room, noise,
  telephone band, gain, Opus); seed {seed}.

## Learnt from

{corpora}

Almost all of it is acted: sentences spoken by actors or volunteers on request. Real feelings
are weaker, mixed, and spoken in other languages and rooms; expect fewer right answers there.

## Figures on unseen speakers

The speakers were parted into folds, those of RAVDESS as published; each clip was judged by
networks that never heard its speaker{too}, among the emotions that its corpus has, with
probabilities calibrated on the other folds. `ser train` computes these figures whenever it writes
a bundle.

{figures}

### Recall of each emotion

{recalls}

## Figures on corpora that it never met

{abroad}

## Do not use it

to judge people at work or in school (prohibited in the EU), in hiring, insurance, policing or
medicine, or on anybody who was not told of it.
"""

_ENCODER: Final = " and the heads of an encoder trained on the same corpora"
_FIGURES: Final = (
    "corpus",
    "emotions",
    "accuracy",
    "UAR",
    "UAR female",
    "UAR male",
    "ECE",
    "gender",
)
_MISSING: Final = "-"


def write_card(
    fields: Mapping[str, Any],
    figures: Mapping[str, Mapping[str, Any]],
    abroad: Mapping[str, Mapping[str, Any]],
    how: Extraction,
    *,
    has_encoder: bool,
) -> str:
    """Give the card in Markdown, from the manifest's fields and the figures of each corpus.

    ``figures`` are those of unseen speakers, ``abroad`` those of unseen corpora.
    """
    return _TEXT.format(
        id=fields["id"],
        licence=fields["licence"],
        feature_set=fields["feature_set"],
        encoder=_ENCODER if has_encoder else "",
        too=", nor did the encoder" if has_encoder else "",
        copies=how.copies,
        seed=how.seed,
        corpora=list_corpora(figures),
        figures=list_figures(figures),
        abroad=list_figures(abroad) if abroad else "None was at hand when this bundle was made.",
        recalls=list_recalls(figures),
    )


def list_corpora(figures: Mapping[str, Mapping[str, Any]]) -> str:
    """Give a table of what was learnt from."""
    return _table(
        ("corpus", "clips", "speakers", "licence"),
        (
            (_title(name), str(each["clips"]), str(each["speakers"]), find_licence(name))
            for name, each in figures.items()
        ),
    )


def list_figures(figures: Mapping[str, Mapping[str, Any]]) -> str:
    """Give a table of how right and how sure a model is, a row for each corpus."""
    return _table(_FIGURES, (_row(name, each) for name, each in figures.items()))


def _row(name: str, each: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the figures of one corpus as the cells of a row."""
    by_gender, gender = each["by_gender"]["uar"], each["gender"]
    return (
        name,
        str(len(each["emotions"])),
        _percent(each["accuracy"]),
        _percent(each["uar"]),
        _percent(by_gender.get("female")),
        _percent(by_gender.get("male")),
        _percent(each["ece"]),
        _percent(gender["accuracy"] if gender else None),
    )


def _title(name: str) -> str:
    return CORPORA[name].title if name in CORPORA else name


def find_licence(name: str) -> str:
    """Give the licence of a corpus, ``?`` where it is nobody's that is known."""
    return CORPORA[name].licence if name in CORPORA else "?"


def list_recalls(figures: Mapping[str, Mapping[str, Any]]) -> str:
    """Give a table of recalls: emotions down, corpora across."""
    emotions = list(dict.fromkeys(e for each in figures.values() for e in each["emotions"]))
    return _table(
        ("emotion", *figures),
        (
            (emotion, *(_percent(each["recall"].get(emotion)) for each in figures.values()))
            for emotion in emotions
        ),
    )


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Give a Markdown table."""
    heads = tuple(heads)
    lines = (heads, ["---"] * len(heads), *rows)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _percent(share: float | None) -> str:
    return _MISSING if share is None else f"{100 * share:.1f} %"
