"""PURE  Pictures of a mood and of a note: PNG for a telephone, in light and in dark.

======== ==========================================================================
mood     the picture of a mood
note     the picture of one note
parts    what both have: a heading, the time below, a bar for each emotion
curves   many moments become curves, and where between two curves a word has room
paper    shapes and letters on pixels, and the colours of both themes
labels   the words that stand in a picture; whoever wants one brings them
======== ==========================================================================

They are 800 pixels wide and can be read at 320, where the smallest letters are 10 pixels high.
What draws takes a second to load, so whoever needs only labels does not load it.
"""

from bot.charts.labels import MoodLabels, NoteLabels, Theme, Tick

__all__ = ["MoodLabels", "NoteLabels", "Theme", "Tick"]
