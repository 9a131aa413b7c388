"""`python -m tests.crashes [--most 5] [--kind kill] [--scenario 1] [--postgresql]`: disturb runs, say what came."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from tests.crashes.forked import warm_up
from tests.crashes.scenarios import SCENARIOS
from tests.crashes.trying import KINDS, LIMITS, Trial
from tests.postgresql import Server

if TYPE_CHECKING:
    from collections.abc import Sequence

HANDLES = (5, 10, 12)
"""From too few for the ledger to too few for the threads that publish."""
BYTES = (200, 100_000)


def run(kinds: Sequence[str], scenarios: Sequence[int], most: int | None, *, on_server: bool = False) -> int:
    """Disturb each scenario in each way, its ledger in a file or on a server; return 1 where anything was wrong."""
    is_wrong = False
    with (
        tempfile.TemporaryDirectory(prefix="ecosmig-crashes-") as directory,
        Server.started() if on_server else nullcontext() as server,
    ):
        warm_up(Path(directory) / "warm")
        for number in scenarios:
            trial = Trial(SCENARIOS[number], Path(directory) / str(number), server)
            for kind in kinds:
                ended: Counter[int] = Counter()
                amounts = HANDLES if kind == "few-handles" else BYTES
                tries = trial.disturb(kind, most) if kind in KINDS else (trial.limit(kind, it) for it in amounts)
                for tried in tries:
                    ended[tried.status] += 1
                    for wrong in tried.wrong:
                        is_wrong = True
                        sys.stdout.write(f"WRONG {SCENARIOS[number].name}, {tried.what}: {wrong}\n")
                shown = ", ".join(f"{count} ended with {status}" for status, count in sorted(ended.items()))
                sys.stdout.write(f"{SCENARIOS[number].name}; {kind}, {ended.total()} times: {shown}\n")
                sys.stdout.flush()
    return int(is_wrong)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, help="points of each scenario and kind, evenly spread; all by default")
    parser.add_argument("--kind", action="append", choices=[*KINDS, *LIMITS], help="repeatable; all by default")
    parser.add_argument("--scenario", action="append", type=int, choices=range(len(SCENARIOS)), help="all by default")
    parser.add_argument("--postgresql", action="store_true", help="ledgers on a server; in files by default")
    asked = parser.parse_args()
    everything = range(len(SCENARIOS))
    sys.exit(run(asked.kind or [*KINDS, *LIMITS], asked.scenario or everything, asked.most, on_server=asked.postgresql))
