"""A voice that is heard while it speaks.

::

    microphone ─┐
    file ───────┼──> parts of sound ──> listener: the last seconds ──> moments ──> screen or lines
    stream ─────┘    as time passes               every second

A source gives whatever has come since it was last asked. So who is late hears the newest sound
next, and what was passed over is told.
"""
