"""Speech emotion recognition: from the bytes of a recording to probabilities that can be trusted.

::

    bytes ──> decode ──> speech ──> features ──> classify ──> Recognition
              Waveform   parts      vectors      calibrated probabilities
"""
