"""Whole-process benchmarks: the product against the engine alone and against a plain pandas script.

`python -m tests.benchmarks.heaviest_days --devices 3000000 --parties 150 --pandas` makes the data, runs each side in
a process of its own, and prints a table of ratios.
"""
