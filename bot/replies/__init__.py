"""PURE  All wording of the bot, as the HTML of its messages, in the language that is spoken.

========== ===========================================================================
notes      what a note is answered with: a recognition, or why there is none
moods      the mood of a chat in words, and the labels of its picture
groups     listening in groups, opting out, the daily digest
feedback   was an answer right? the buttons to say so
consent    what people let the bot learn of their voices
data       what is stored, its export and its end; details of a note; languages
retraining how far a retraining is, and what the new model is worth
models     the models that are kept, and which one answers
comparison the labels of the picture of two models
stats      how much the bot is used and how well, and the labels of that picture
pages      /start, /help, /about, and the menu
formats    numbers, durations, names of emotions: the parts of all of these
========== ===========================================================================
"""
