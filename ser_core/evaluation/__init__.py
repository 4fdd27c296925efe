"""How good a recogniser is, on voices that it never heard.

::

    clips ──> protocols ──> fit and predict (run) ──> metrics ──> report
              folds         probabilities             figures     tables, JSON
"""
