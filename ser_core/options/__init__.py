"""What each command of `ser` takes; what it does is in `ser_core.commands`.

That is imported when a command is called: `ser --help` must not wait for scikit-learn.
"""
