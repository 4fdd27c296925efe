"""The systems that people start from, each a scikit-learn estimator with a name.

A system is one file with a `System`, and one line in ``table``: `ser lab` then tries it beside
the others, and `ser train --system` makes a bundle of it.
"""
