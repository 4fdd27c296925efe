"""What is in a recording, and what is in a corpus, as pictures.

::

    waveform ──> columns: levels, spectra, MFCC, chroma, pitch ──> panels ──┐
    recognition ──> stretches: where which emotion is heard ────────────────┴──> recording
    readings ──> counts

All share a sheet: `lettering` and the look of `ser_core.evaluation.canvas`.
"""

from ser_core.plots.counts import draw_counts
from ser_core.plots.recording import draw_recording

__all__ = ["draw_counts", "draw_recording"]
