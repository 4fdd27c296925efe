"""What each command of `ser` does; `ser_core.__main__` holds their options.

A command is imported when it is called, so that `ser --help` waits for none of them.
"""
