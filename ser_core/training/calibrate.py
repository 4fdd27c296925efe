"""Fit what makes probabilities mean what they say, on clips whose speakers nobody had heard.

Each view gets a sharpness, and a share of the encoder's logits; all are chosen so that the true
labels are as likely as they can be.

Source: Guo et al. (2017), "On calibration of modern neural networks", ICML, section 4.2.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax, logsumexp
from sklearn.linear_model import LogisticRegression

from ser_core.classify import Calibration
from ser_core.training.mlp import IMPOSSIBLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ser_core.features.spectrum import Matrix
    from ser_core.training.judgements import Judgements

SHARPNESS_RANGE: Final = (0.1, 10.0)
SHARE_RANGE: Final = (0.0, 3.0)

NEVER_STRANGE: Final = (-1e9, 1.0)
"""The familiarity of a classifier that knows no other corpus to be strange."""

_LEAST_SPREAD: Final = 1e-9
"""Of the evidence: who knows a single corpus has always the same."""

_NO_PENALTY: Final = 1e6
"""The inverse strength of a penalty that logistic regression need not have for one column."""


def fit_calibration(judgements: Judgements, strangers: Sequence[Judgements] = ()) -> Calibration:
    """Give the calibration under which the true labels are most likely.

    ``strangers`` are judgements of whole corpora that those who judged had not learnt from: how
    sure all views may be together, on recordings from anywhere, is calibrated on them.
    """
    labels = judgements.labels
    n_views = len(judgements.views)
    sharpness, shares = np.ones(n_views + 2), np.zeros(n_views + 2)
    for view in range(n_views):
        sharpness[view], shares[view] = _fit_view(judgements.take(labels.corpora == view), view)
    shares[-2] = shares[:-2].mean()  # strangers were heard by encoders that learnt for less long
    sharpness[-1], shares[-1] = _fit_genders(judgements)
    known = Calibration(labels.possible, sharpness, shares, NEVER_STRANGE)
    sharpness[-2] = _fit_together(known, judgements.views, strangers or [judgements])
    if not strangers:
        return known
    return replace(known, familiarity=_fit_familiarity(judgements, strangers))


def refit_calibration(known: Calibration, corpora: Matrix, judgements: Judgements) -> Calibration:
    """Give a calibration fitted anew to networks that were tuned.

    ``corpora`` is the evidence that the networks gave of the same clips before. What only strange
    corpora can tell stays as it was, in proportion: how sure all views may be together to how sure
    each is by itself, and where recordings are strange to the mean and spread of the evidence.
    """
    fresh = fit_calibration(judgements)
    sharpness = fresh.sharpness.copy()
    change = np.exp(np.mean(np.log(sharpness[:-2]) - np.log(known.sharpness[:-2])))
    sharpness[-2] = known.sharpness[-2] * change
    before, after = (logsumexp(each, axis=1) for each in (corpora, judgements.outputs.corpora))
    half, slope = known.familiarity
    stretch = max(_LEAST_SPREAD, float(after.std())) / max(_LEAST_SPREAD, float(before.std()))
    familiarity = float(after.mean()) + (half - float(before.mean())) * stretch, slope / stretch
    return replace(fresh, sharpness=sharpness, familiarity=familiarity)


def without_view(calibration: Calibration, view: int) -> Calibration:
    """Give the calibration of a classifier that has not got one of the views."""
    return replace(
        calibration,
        possible=np.delete(calibration.possible, view, axis=0),
        sharpness=np.delete(calibration.sharpness, view),
        encoder_share=np.delete(calibration.encoder_share, view),
    )


def fit_scales(
    logits: NDArray[np.floating],
    heard: NDArray[np.floating] | None,
    truths: NDArray[np.intp],
    weights: NDArray[np.floating] | None = None,
) -> tuple[float, float]:
    """Give the sharpness and the encoder's share under which the truths are most likely.

    ``logits`` and ``heard`` have shape ``(n, n_classes)``; classes that cannot be are very
    negative in ``logits``. ``weights`` say how much each row counts. Where there is nothing to
    fit on, the logits stay as they are.
    """
    if not truths.size:
        return 1.0, 0.0

    def surprise(scales: NDArray[np.float64]) -> float:
        joint = logits if heard is None else logits + scales[1] * heard
        scores = log_softmax(np.exp(scales[0]) * joint, axis=1)
        return -float(np.average(scores[np.arange(truths.size), truths], weights=weights))

    n_scales = 1 if heard is None else 2
    low, high = np.log(SHARPNESS_RANGE)
    start, bounds = (0.0, 0.5)[:n_scales], ((low, high), SHARE_RANGE)[:n_scales]
    found = minimize(surprise, start, method="Nelder-Mead", bounds=bounds)
    return float(np.exp(found.x[0])), 0.0 if heard is None else float(found.x[1])


def _fit_view(judgements: Judgements, view: int) -> tuple[float, float]:
    """Fit the scales of one view, among the emotions that each clip's corpus has."""
    heard = None if judgements.heard is None else judgements.heard.views[:, view]
    logits = _among_possible(judgements, judgements.outputs.views[:, view])
    return fit_scales(logits, heard, judgements.labels.emotions)


def _fit_together(
    calibration: Calibration, views: tuple[str, ...], sets: Sequence[Judgements]
) -> float:
    """Fit the sharpness of all views together; each of the sets counts alike."""
    logits, weights = [], []
    for each in sets:
        own = calibration
        for missing in sorted(set(views).difference(each.views), key=views.index, reverse=True):
            own = without_view(own, views.index(missing))
        joined = own.join_views(each.outputs, each.heard)
        logits.append(_among_possible(each, own.pool_views(joined)))
        weights.append(np.full(each.folds.size, 1 / max(1, each.folds.size)))
    truths = np.concatenate([each.labels.emotions for each in sets])
    sharpness, _ = fit_scales(np.concatenate(logits), None, truths, np.concatenate(weights))
    return sharpness


def _among_possible(judgements: Judgements, logits: NDArray[np.floating]) -> Matrix:
    """Give logits in which the emotions that a clip's corpus lacks cannot be."""
    possible = judgements.labels.possible[judgements.labels.corpora]
    return np.where(possible, logits, IMPOSSIBLE)


def _fit_genders(judgements: Judgements) -> tuple[float, float]:
    """Fit the scales of gender, where it is given."""
    known = judgements.take(judgements.labels.genders >= 0)
    heard = None if known.heard is None else known.heard.genders
    return fit_scales(known.outputs.genders, heard, known.labels.genders)


def _fit_familiarity(
    judgements: Judgements, strangers: Sequence[Judgements]
) -> tuple[float, float]:
    """Give where recordings are half strange, and how steeply strangeness falls there.

    It is fitted to tell the strangers from the known, who count half each, and so do the corpora
    among them: a strangeness of .5 says that it may well be one or the other.
    """
    known = judgements.labels.corpora
    sets = [judgements.take(known == corpus) for corpus in np.unique(known)]
    evidence = [logsumexp(each.outputs.corpora, axis=1) for each in (*sets, *strangers)]
    is_known = np.repeat([True, False], (known.size, sum(each.folds.size for each in strangers)))
    shares = [1 / len(sets)] * len(sets) + [1 / len(strangers)] * len(strangers)
    weights = np.concatenate(
        [
            np.full(each.size, share / each.size)
            for each, share in zip(evidence, shares, strict=True)
        ]
    )
    model = LogisticRegression(C=_NO_PENALTY)
    model.fit(np.concatenate(evidence)[:, None], is_known, weights * weights.size)
    slope = float(model.coef_[0, 0])
    return -float(model.intercept_[0]) / slope, slope
