"""I/O  From a corpus folder to clips: one small reader a corpus.

::

    folder ──> read_corpus ──> Reading
                               ├── clips     path, emotion, gender, speaker, language, corpus
                               └── skipped   path, reason
"""

from ser_core.corpora.catalogue import CORPORA, Corpus, read_corpus
from ser_core.corpora.clip import Clip, Reading, Skipped
from ser_core.corpora.noises import find_noises

__all__ = ["CORPORA", "Clip", "Corpus", "Reading", "Skipped", "find_noises", "read_corpus"]
