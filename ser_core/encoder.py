"""The learned embedding of a waveform: an ONNX network that this project trained.

It takes the log-mel spectrogram that the functionals are made of, so nothing is measured twice.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from ser_core.classify import Outputs
from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.errors import EncoderUnreadable
from ser_core.features.contours import N_MELS
from ser_core.inference import open_network

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ser_core.features.spectrum import Matrix

INPUT: Final = "log_mels"
OUTPUTS: Final = ("embeddings", "by_corpus", "general", "genders")
"""What `ser_core.training.encoder_network.Heard` holds."""

CORPORA: Final = "corpora"
"""The entry of the file that names the corpora which have heads, parted by commas."""


class Heard(NamedTuple):
    """Hold the embedding of a recording, ``(n_columns,)``, and the logits made of it.

    ``by_corpus`` has shape ``(n_corpora, 8)``, ``general`` ``(8,)``, ``genders`` ``(2,)``.
    """

    embedding: Matrix
    by_corpus: Matrix
    general: Matrix
    genders: Matrix


class Encoder:
    """Turn log-mel spectrograms into embeddings and what the encoder's own heads hear; one thread.

    ``corpora`` are the names of its heads; ``n_columns`` is the width of its embeddings.

    Raises:
        EncoderUnreadable: if the bytes are no such network.
    """

    def __init__(self, data: bytes) -> None:
        """Load the network from the bytes of an ONNX file."""
        try:
            self._session = open_network(data)
        except ValueError as error:
            raise EncoderUnreadable(str(error)) from error
        names = self._session.get_modelmeta().custom_metadata_map.get(CORPORA, "")
        self.corpora = tuple(names.split(","))
        self.n_columns = self._measure_columns()
        self.data = data

    def _measure_columns(self) -> int:
        """Give the width of the embeddings, once it is sure that all shapes are as expected."""
        ends = (*self._session.get_inputs(), *self._session.get_outputs())
        shapes = {end.name: end.shape[1:] for end in ends}
        n_columns = [None, *shapes.get(OUTPUTS[0], ())][-1]
        widths = ([n_columns], [len(self.corpora), len(EMOTIONS)], [len(EMOTIONS)], [len(GENDERS)])
        wanted = {INPUT: ["frames", N_MELS], **dict(zip(OUTPUTS, widths, strict=True))}
        if shapes != wanted or not isinstance(n_columns, int):
            reason = f"its input and outputs are {shapes}"
            raise EncoderUnreadable(reason)
        return n_columns

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel to other processes as bytes."""
        return Encoder, (self.data,)

    @property
    def sha256(self) -> str:
        """Give what another encoder would not have."""
        return hashlib.sha256(self.data).hexdigest()

    def hear(self, log_mel: Matrix) -> Heard:
        """Give what is heard in one spectrogram ``(n_frames, 64)``."""
        batch = log_mel[None].astype(np.float32)
        return Heard(*(made[0] for made in self._session.run(OUTPUTS, {INPUT: batch})))

    def arrange(self, heard: Sequence[Heard], corpora: tuple[str, ...]) -> Outputs:
        """Give what was heard in several recordings in the layout of a classifier.

        Its views are ``corpora``; where the encoder has no head for one, the general one speaks.
        """
        heads = [self.corpora.index(name) if name in self.corpora else -1 for name in corpora]
        views = [np.vstack((each.by_corpus, each.general))[[*heads, -1]] for each in heard]
        genders = [each.genders for each in heard]
        return Outputs(np.stack(views), np.stack(genders), np.empty((len(heard), 0), np.float32))
