"""Whole-process benchmarks: the product against the engine alone and against a plain pandas script.

`python -m tests.benchmarks --devices 3000000` makes the data, runs all sides in turn and prints a table of ratios.
"""
