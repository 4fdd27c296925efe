"""PURE  All wording of the bot, as the HTML of its messages, in the language that is spoken.

======== ===========================================================================
notes    what a note is answered with: a recognition, or why there is none
moods    the mood of a chat in words, and the labels of its picture
groups   listening in groups, opting out, the daily digest
data     what is stored, its export and its end; details of a note; languages
pages    /start, /help, /about, and the menu
formats  numbers, durations, names of emotions: the parts of all of these
======== ===========================================================================
"""
