"""PURE  The card of a reference system: what it is, what it learnt from, how good it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ser_core.systems.settings import write_settings
from ser_core.training.card import find_licence, list_corpora, list_figures, list_recalls

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ser_core.systems.system import System

_TEXT: Final = """\
# {id}

A reference system of the laboratory, `{name}`: {title}.
It is here to be compared with, and to learn on; the recogniser that ships with this project is
right more often.

Hears one of {n_emotions} emotions and one of two genders in a few seconds of speech, each with a
probability. It hears how a voice sounds to most listeners; it knows nothing of what somebody
feels, or who they are. It does not get to know a speaker, and cannot tell what is strange to it.

- Licence of this bundle: {licence}, because of the corpora below (the code is under MIT).
- Feature set: `{feature_set}`; {copies}; seed {seed}.
- Made with `ser train --system {name}{settings}`.{extra}
- {genders}

## Learnt from

{corpora}

## Figures on unseen speakers

The speakers were parted into folds, those of RAVDESS as published; each clip was judged by
the same recipe fitted on the other folds, which never heard its speaker, among the emotions that
its corpus has, with probabilities calibrated on the other folds. `ser train` computes these
figures whenever it writes a bundle.

{figures}

### Recall of each emotion

{recalls}

## Do not use it

to judge people at work or in school (prohibited in the EU), in hiring, insurance, policing or
medicine, or on anybody who was not told of it.
"""

_OPENSMILE: Final = " So does whoever uses it, and openSMILE's licence allows no commercial use."
_TOGETHER: Final = "It tells emotion and gender together."
_APART: Final = "Gender is told by a logistic regression on the same columns."
_UNTOLD: Final = "Genders were not given to it: it holds both for as probable."


def write_system_card(
    system: System,
    fields: Mapping[str, Any],
    figures: Mapping[str, Mapping[str, Any]],
    *,
    seed: int,
    has_gender_teller: bool,
) -> str:
    """Give the card in Markdown, from the manifest's fields and the figures of each corpus."""
    emotions = {emotion for each in figures.values() for emotion in each["emotions"]}
    copies = f"each clip also as {system.noisy_copies} noisy copies"
    extra = f" That needs the extra `{system.extra}`." if system.extra else ""
    extra += _OPENSMILE if system.extra == "opensmile" else ""
    settings = "".join(f" --set {each}" for each in write_settings(fields["settings"]))
    return _TEXT.format(
        id=fields["id"],
        name=system.name,
        title=system.title,
        n_emotions=len(emotions),
        licence=fields["licence"],
        feature_set=system.feature_set,
        copies=copies if system.noisy_copies else "each clip as it is",
        seed=seed,
        settings=settings,
        genders=_TOGETHER if system.tells_gender else _APART if has_gender_teller else _UNTOLD,
        extra=extra,
        corpora=list_corpora(figures),
        figures=list_figures(figures),
        recalls=list_recalls(figures),
    )


def name_licence(corpora: Iterable[str]) -> str:
    """Give the licences of all corpora that a bundle learnt from; each of them binds."""
    names = sorted(corpora)
    known = dict.fromkeys(find_licence(name) for name in names if find_licence(name) != "?")
    unknown = [f"that of {name}" for name in names if find_licence(name) == "?"]
    return " and ".join([*known, *unknown])
