"""PURE  Pictures of a mood, a note, two models and the bot's days: PNG for a telephone.

========== ========================================================================
mood       the picture of a mood
note       the picture of one note
comparison the picture of a challenger beside the champion
stats      the picture of how much the bot is used, and how well
parts      what they have in common: a heading, the time below, bars, dots
curves     many moments become curves, and where between two curves a word has room
paper      shapes and letters on pixels, and the colours of both themes
labels     the words that stand in a picture; whoever wants one brings them
========== ========================================================================

They are light or dark and 800 pixels wide, and can be read at 320, where the smallest letters are
10 pixels high; only the numbers in the cells of a comparison are smaller.
What draws takes a second to load, so whoever needs only labels does not load it.
"""

from bot.charts.labels import (
    ComparisonLabels,
    MoodLabels,
    NoteLabels,
    StatsLabels,
    Theme,
    Tick,
)

__all__ = ["ComparisonLabels", "MoodLabels", "NoteLabels", "StatsLabels", "Theme", "Tick"]
