"""Killed anywhere and run again: the same files, the same numbers as an undisturbed run.

`python -m tests.crashes` tries every point; the tests try an even share of them.
"""
