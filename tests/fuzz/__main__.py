"""`python -m tests.fuzz [--examples N] [NAME …]`: the fuzz tests with N random examples each, other ones every time."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from tests.fuzz.examples import VARIABLE


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--examples", type=int, default=10_000, help="for each test")
    parser.add_argument("names", nargs="*", help="only tests whose names hold one of these")
    options = parser.parse_args()
    chosen = ["-k", " or ".join(options.names)] if options.names else []
    command = [sys.executable, "-m", "pytest", str(Path(__file__).parent), "--durations=5", *chosen]
    return subprocess.run(command, env={**os.environ, VARIABLE: str(options.examples)}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
