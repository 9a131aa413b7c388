"""`python -m tests.guards FIRST LAST [--broken]`: move rows into rivals' files on many random sources."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.guards.moving import play


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("first", type=int)
    parser.add_argument("last", type=int)
    parser.add_argument("--broken", action="store_true", help="let the source break its contract")
    options = parser.parse_args()
    moved, foreign, differing = 0, 0, []
    for seed in range(options.first, options.last + 1):
        with tempfile.TemporaryDirectory() as home:
            try:
                played = play(seed, Path(home), breaks_contract=options.broken)
            except AssertionError as error:
                differing.append(seed)
                print(f"seed {seed}: {str(error)[:400]}", flush=True)  # noqa: T201 - a command
            else:
                moved, foreign = moved + played.moved, foreign + played.foreign
    print(f"{moved:,} rows moved, {foreign:,} foreign and stopped; differing seeds: {differing or 'none'}")  # noqa: T201 - as above
    return bool(differing)


if __name__ == "__main__":
    sys.exit(main())
