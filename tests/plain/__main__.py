"""`python -m tests.plain FIRST LAST [--broken]`: compare product and plain implementation on many seeds."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.plain.comparing import compare, policy_of


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("first", type=int)
    parser.add_argument("last", type=int)
    parser.add_argument("--broken", action="store_true", help="let the source break its contract")
    options = parser.parse_args()
    files, differing = 0, []
    for seed in range(options.first, options.last + 1):
        form = "csv" if seed % 3 == 0 else "parquet"
        with tempfile.TemporaryDirectory() as home:
            try:
                files += compare(
                    seed,
                    Path(home),
                    breaks_contract=options.broken,
                    form=form,
                    rows_in_part=seed % 6,
                    **policy_of(seed),
                )
            except AssertionError as error:
                differing.append(seed)
                print(f"seed {seed}: {str(error)[:400]}", flush=True)
    print(f"{options.last + 1 - options.first} sources, {files} files the same; differing seeds: {differing or 'none'}")
    return bool(differing)


if __name__ == "__main__":
    sys.exit(main())
