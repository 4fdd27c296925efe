"""VALUE  A system of the laboratory: what it measures in a recording, and what learns from that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Published:
    """Hold the accuracy, from 0 to 1, that people publish for a recipe on a corpus.

    ``what`` says how they measured it, in a few words.
    """

    corpus: str
    accuracy: float
    what: str


@dataclass(frozen=True, slots=True)
class System:
    """Describe a system, and hold the function that makes its estimator.

    ``build`` takes a seed and gives a scikit-learn classifier that is not fitted yet. It learns
    from float32 vectors ``(n_clips, n_columns)`` of the feature set, and from emotions as words;
    with ``tells_gender`` the words are ``female happy``, where the gender is known. One without a
    feature set learns from `Clip` itself, shape ``(n_clips,)``.

    ``noisy_copies`` is how many copies with white noise each clip is learnt from besides.
    ``title`` says in a few words what it is. ``extra`` is the one that brings what it needs
    beyond the installation, if anything. Whoever changes what a system does raises its version.
    """

    name: str
    title: str
    feature_set: str | None
    build: Callable[[int], Any]
    noisy_copies: int = 0
    tells_gender: bool = False
    published: tuple[Published, ...] = ()
    extra: str = ""
    version: int = 1
