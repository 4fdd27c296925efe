"""PURE  From feature vectors to calibrated probabilities: a scaler and a few small networks.

::

    vector ──> z-scores ──> each network's logits ──> their mean ─┐
    encoder's own logits ─────────────────────────────────────────┴─> views ──> probabilities

A network has a view of emotion for each corpus that it learnt from, since raters and actors
differ, and a general one. It also says which corpus a recording sounds like; each view counts by
that. On recordings that sound like none, all views that know many emotions speak together. The
encoder's heads have the same views; both are calibrated on speakers that neither ever heard.

Where the speaker was heard before, other networks speak, which learnt to see an emotion from what
is usual for a speaker, and so does the encoder. What the speaker said of earlier answers moves
this one a little.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy.special import expit, logsumexp

from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.leaning import lean_emotions, lean_genders

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ser_core.features.spectrum import Matrix
    from ser_core.speaker import Baseline, Speaker

    Layer = tuple[Matrix, Matrix]
    """Weights ``(n_inputs, n_outputs)`` and biases ``(n_outputs,)``."""

    Network = tuple[Layer, ...]
    """Layers with rectifiers between them; `Layout` says what the last one gives."""

CLIP: Final = 5.0
"""Standard deviations beyond which a value is cut: one wild column must not decide alone."""

MANY_EMOTIONS: Final = 6
"""A view that knows fewer would deny too much of what strangers may express."""

_IMPOSSIBLE: Final = -1e9


class Probabilities(NamedTuple):
    """Hold emotions ``(n, 8)`` and genders ``(n, 2)``; each row sums to 1.

    ``strangeness`` ``(n,)``, from 0 to 1, says how unlike the training data a recording sounds.
    """

    emotions: NDArray[np.float64]
    genders: NDArray[np.float64]
    strangeness: NDArray[np.float64]


class Outputs(NamedTuple):
    """Hold logits: ``views`` ``(n, n_corpora + 1, 8)``, of each corpus and, last, in general.

    ``genders`` have shape ``(n, 2)`` and ``corpora`` ``(n, n_corpora)``; an encoder gives none.
    """

    views: Matrix
    genders: Matrix
    corpora: Matrix


class Layout(NamedTuple):
    """Say where a row of outputs holds what: the views, the genders, the corpora."""

    n_corpora: int

    @property
    def n_outputs(self) -> int:
        """Give the length of a row."""
        return (self.n_corpora + 1) * len(EMOTIONS) + len(GENDERS) + self.n_corpora

    def part(self, rows: Matrix) -> Outputs:
        """Give the parts of rows ``(n, n_outputs)``."""
        n_views = (self.n_corpora + 1) * len(EMOTIONS)
        views, genders, corpora = np.split(rows, (n_views, n_views + len(GENDERS)), axis=1)
        return Outputs(views.reshape(len(rows), -1, len(EMOTIONS)), genders, corpora)


@dataclass(frozen=True, eq=False)  # no slots: the model file restores attributes by name
class Calibration:
    """Hold how logits become probabilities.

    ``possible`` marks the emotions of each corpus, shape ``(n_corpora, 8)``. ``sharpness``
    multiplies the logits of each corpus's view, of the views together and, last, of gender, shape
    ``(n_corpora + 2,)``; below 1 they were too sure. ``encoder_share`` of the same shape is what
    the encoder's logits count beside the networks', its last but one entry in the general view.
    ``familiarity`` holds where on the scale of the corpora's evidence a recording is half strange,
    and how steep strangeness is there.

    Sources: Guo et al. (2017), "On calibration of modern neural networks", ICML: their
    temperature is the inverse of the sharpness; Liu et al. (2020), "Energy-based
    out-of-distribution detection", NeurIPS, for the evidence.
    """

    possible: NDArray[np.bool_]
    sharpness: NDArray[np.float64]
    encoder_share: NDArray[np.float64]
    familiarity: tuple[float, float]

    def judge(self, outputs: Outputs, heard: Outputs | None = None) -> Probabilities:
        """Give probabilities from what the networks and, where there is one, the encoder say."""
        views = self.join_views(outputs, heard)
        together = softmax(self.pool_views(views) * self.sharpness[-2])
        views[:, :-1][:, ~self.possible] = _IMPOSSIBLE
        by_view = softmax(views[:, :-1] * self.sharpness[:-2, None])
        strangeness = self.measure_strangeness(outputs.corpora)
        own = np.einsum("nc,nce->ne", softmax(outputs.corpora), by_view)
        emotions = own + strangeness[:, None] * (together - own)
        genders = outputs.genders.astype(np.float64)
        if heard is not None:
            genders += heard.genders * self.encoder_share[-1]
        return Probabilities(emotions, softmax(genders * self.sharpness[-1]), strangeness)

    def join_views(self, outputs: Outputs, heard: Outputs | None) -> NDArray[np.float64]:
        """Give the logits of each view, those of networks and encoder together."""
        views = outputs.views.astype(np.float64)
        if heard is not None:
            views += heard.views * self.encoder_share[:-1, None]
        return views

    def pool_views(self, views: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the logits of joined views together, shape ``(n, 8)``, before they are sharpened.

        They are the mean of the views that know `MANY_EMOTIONS`, each as high on average as the
        general one, which stands in for the emotions that they lack; where no view knows so many,
        the general one speaks alone.
        """
        general = views[:, -1]
        voices = []
        for view in np.flatnonzero(self.possible.sum(axis=1) >= MANY_EMOTIONS):
            known, own = self.possible[view], views[:, view]
            level = (general - own)[:, known].mean(axis=1, keepdims=True)
            voices.append(np.where(known, own + level, general))
        pooled: NDArray[np.float64] = np.mean(voices or [general], axis=0)
        return pooled

    def measure_strangeness(self, corpora: Matrix) -> NDArray[np.float64]:
        """Give how little a recording sounds like any corpus, shape ``(n,)``, from 0 to 1."""
        half, slope = self.familiarity
        evidence = logsumexp(corpora, axis=1).astype(np.float64)
        strangeness: NDArray[np.float64] = expit(slope * (half - evidence))
        return strangeness


@dataclass(frozen=True, eq=False)
class Classifier:
    """Hold what was learnt; ``mean`` and ``deviation`` of each column have shape ``(n_columns,)``.

    A network takes as many columns as it has inputs, from the first on. ``corpora`` names the
    views, in their order. The ``acquainted`` networks judge speakers who have a baseline.
    ``usual_views`` are what the encoder says on average, shape ``(n_corpora + 1, 8)``.
    """

    corpora: tuple[str, ...]
    mean: Matrix
    deviation: Matrix
    networks: tuple[Network, ...]
    calibration: Calibration
    acquainted: tuple[Network, ...]
    acquainted_calibration: Calibration
    usual_views: Matrix

    def classify(
        self, vectors: Matrix, heard: Outputs | None = None, speaker: Speaker | None = None
    ) -> Probabilities:
        """Give the probabilities for each row of ``vectors``, shape ``(n, n_columns)``.

        ``heard`` is what the encoder's own heads say of the same recordings; ``speaker`` is who
        speaks in all of them.
        """
        scores = standardise(vectors, self.mean, self.deviation)
        outputs = run_networks(self.networks, scores, len(self.corpora))
        baseline = speaker.baseline if speaker else None
        if baseline is None:
            found = self.calibration.judge(outputs, heard)
        else:
            scores = self._see_from(scores, baseline)
            # Whose voice it is, and which corpus it sounds like, is what a baseline takes away.
            views = run_networks(self.acquainted, scores, len(self.corpora)).views
            found = self.acquainted_calibration.judge(
                outputs._replace(views=views), heard and self._hear_from(heard, baseline)
            )
        return self._lean(found, scores, speaker) if speaker and speaker.lessons else found

    def _see_from(self, scores: Matrix, baseline: Baseline) -> Matrix:
        """Give scores seen from a baseline, as far as it counts."""
        usual = standardise(baseline.mean, self.mean, self.deviation)
        seen: Matrix = scores - np.float32(baseline.weight) * usual
        return seen

    def _hear_from(self, heard: Outputs, baseline: Baseline) -> Outputs:
        """Give what the encoder says, less what it says more often of this speaker than of all."""
        return heard._replace(
            views=heard.views - baseline.weight * (baseline.views - self.usual_views)
        )

    def _lean(self, found: Probabilities, scores: Matrix, speaker: Speaker) -> Probabilities:
        """Give probabilities moved by what the speaker said of earlier recordings."""
        vectors = np.stack([each.impression.vector for each in speaker.lessons])
        lessons = standardise(vectors, self.mean, self.deviation)
        if speaker.baseline is not None:
            lessons = self._see_from(lessons, speaker.baseline)
        return found._replace(
            emotions=lean_emotions(found.emotions, scores, lessons, speaker.lessons),
            genders=lean_genders(found.genders, speaker.lessons),
        )


def standardise(vectors: Matrix, mean: Matrix, deviation: Matrix) -> Matrix:
    """Give z-scores, cut at `CLIP`, float32."""
    with np.errstate(over="ignore"):  # what is too large for float32 is cut like the rest
        scores: Matrix = np.clip((vectors - mean) / deviation, -CLIP, CLIP).astype(np.float32)
    return scores


def run_networks(networks: tuple[Network, ...], scores: Matrix, n_corpora: int) -> Outputs:
    """Give the mean of what the networks say of each row."""
    rows = np.mean([_run(network, scores) for network in networks], axis=0)
    return Layout(n_corpora).part(rows)


def _run(network: Network, scores: Matrix) -> Matrix:
    """Give the logits of every row, shape ``(n, n_outputs)``."""
    *hidden, (weights, biases) = network
    activations = scores[:, : network[0][0].shape[0]]
    for layer_weights, layer_biases in hidden:
        activations = np.maximum(activations @ layer_weights + layer_biases, 0)
    logits: Matrix = activations @ weights + biases
    return logits


def softmax(logits: NDArray[np.floating]) -> NDArray[np.float64]:
    """Give the probabilities of logits along the last axis, float64."""
    shifted = np.exp(logits.astype(np.float64) - logits.max(axis=-1, keepdims=True))
    probabilities: NDArray[np.float64] = shifted / shifted.sum(axis=-1, keepdims=True)
    return probabilities
