"""`python -m tests.fuzz [--examples N] [NAME …]`: the fuzz tests with N random examples each, other ones every time."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import pytest

from tests.fuzz.examples import VARIABLE


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--examples", type=int, default=10_000, help="for each test")
    parser.add_argument("names", nargs="*", help="only tests whose names hold one of these")
    options = parser.parse_args()
    # The tests' processes read it, whichever of them comes up.
    os.environ[VARIABLE] = str(options.examples)
    chosen = ["-k", " or ".join(options.names)] if options.names else []
    return int(pytest.main([str(Path(__file__).parent), "--durations=5", *chosen]))


if __name__ == "__main__":
    sys.exit(main())
