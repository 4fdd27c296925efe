"""A study of small corpora of synthetic voices, with an encoder that is made up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest
import soundfile
from sounds import noise

from ser_core.classify import Outputs
from ser_core.encoder import Heard
from ser_core.evaluation.study import Study
from ser_core.store import Model
from ser_core.training.encoders import Encoders
from ser_core.training.fit import Plan
from ser_core.training.mlp import Recipe
from ser_core.training.vectors import Extraction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ser_core.corpora import Clip
    from ser_core.encoder import Encoder
    from ser_core.features.spectrum import Matrix

KNOWN = ("crema-d", "emodb", "nemo", "ravdess")


@dataclass(frozen=True)
class LoudnessEncoder:
    """Hear a loud voice as angry and a soft one as sad, whatever the corpus."""

    n_columns: int = 1
    data: bytes = b"loudness"

    def hear(self, log_mel: Matrix) -> Heard:
        """Give logits made of the mean level."""
        level = np.float32(log_mel.mean() / 10)
        logits = np.zeros(8, np.float32)
        logits[3:5] = (-level, level)
        return Heard(level[None], logits[None], logits, np.array((level, -level)))

    def arrange(self, heard: Sequence[Heard], corpora: tuple[str, ...]) -> Outputs:
        """Give the same logits in every view."""
        views = np.stack([np.tile(each.general, (len(corpora) + 1, 1)) for each in heard])
        genders = np.stack([each.genders for each in heard])
        return Outputs(views, genders, np.empty((len(heard), 0), np.float32))


class QuickStudy(Study):
    """Learn for a moment, and take the first fold's classifier for the model that ships."""

    @property
    def plan(self) -> Plan:
        """Give a small network."""
        recipe = Recipe(hidden=(16,), epochs=1, least_steps=20)
        return Plan(recipe, n_networks=1, n_acquainted=1, seed=self.how.seed)

    @property
    def model(self) -> Model:  # type: ignore[override]  # kept or not: it is read alike
        """Give what would else be read from a bundle."""
        manifest: dict[str, Any] = {"trained_on": list(KNOWN)}
        return Model("quick", manifest, self.classifiers[0], "functionals", self.encoders.all)


def make_encoders() -> Encoders:
    """Give encoders that nobody trained."""
    encoder = cast("Encoder", LoudnessEncoder())
    return Encoders(
        encoder, (encoder,) * 5, dict.fromkeys(("crema-d", "emodb", "ravdess"), encoder)
    )


def call(clips: Sequence[Clip], corpus: str) -> tuple[Clip, ...]:
    """Give the same recordings as those of another corpus and other speakers."""
    return tuple(
        replace(clip, corpus=corpus, speaker=clip.speaker.replace("voices", corpus))
        for clip in clips
    )


@pytest.fixture(scope="package")
def study(spoken_clips: tuple[Clip, ...], tmp_path_factory: pytest.TempPathFactory) -> QuickStudy:
    """Give a study of four corpora of the same voices, and of everyday speech."""
    folder = tmp_path_factory.mktemp("corpora")
    (folder / "esc-10" / "007 - Helicopter").mkdir(parents=True)
    soundfile.write(folder / "esc-10" / "007 - Helicopter" / "1.wav", noise(0.5), 16_000)
    (folder / "everyday").mkdir()
    for number, clip in enumerate(spoken_clips[:2]):
        (folder / "everyday" / f"{number}.wav").write_bytes(clip.path.read_bytes())
    soundfile.write(folder / "everyday" / "hiss.wav", noise(), 16_000)
    clips = [clip for corpus in KNOWN for clip in call(spoken_clips, corpus)]
    clips.append(replace(clips[0], emotion=None))
    return QuickStudy(
        folder, tuple(clips), Extraction("functionals"), make_encoders(), n_spoiled_clips=6
    )
