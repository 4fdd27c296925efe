"""I/O  From a corpus folder to clips: one small reader a corpus.

::

    folder ──> read_corpus ──> Reading
                               ├── clips     path, emotion, gender, speaker, language, corpus
                               └── skipped   path, reason
"""

from ser_core.corpora.catalogue import CORPORA, Corpus
from ser_core.corpora.clip import Clip, Reading, Skipped
from ser_core.corpora.noises import find_noises
from ser_core.corpora.reading import find_own, read_corpus, tell_lack

__all__ = [
    "CORPORA",
    "Clip",
    "Corpus",
    "Reading",
    "Skipped",
    "find_noises",
    "find_own",
    "read_corpus",
    "tell_lack",
]
