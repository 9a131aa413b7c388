"""`python -m tests.sharepoint [--kind reset] [--at 7] [--crashes] [--amendments]`: disturb runs against the stand-in.

A fault of each kind at each request of a run, one after the other; then a run killed before and after each request;
then what amends an issue, killed so.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from ecosmig_publish.sandbox import Clock, Sandbox
from tests.destinations.sharepoint.driven import DrivenTime
from tests.sharepoint.crashes import AMENDMENTS, MOMENTS, amended, try_amending, try_crash
from tests.sharepoint.faults import kinds, requests_of_a_run, try_fault
from tests.sharepoint.issued import Issued

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.sharepoint.faults import Tried


def _tell(name: str, trials: Iterable[tuple[int, Tried]]) -> int:
    """Try, print counts and whatever was wrong; return how many trials were."""
    ended: Counter[str] = Counter()
    runs: Counter[int] = Counter()
    failed = 0
    for at, tried in trials:
        ended[tried.status.name] += 1
        runs[tried.runs] += 1
        failed += bool(tried.wrong)
        for wrong in tried.wrong:
            sys.stdout.write(f"WRONG {name} at request {at}: {wrong}\n")
    shown = ", ".join(f"{count} ended with {status}" for status, count in sorted(ended.items()))
    again = ", ".join(f"{count} took {number}" for number, count in sorted(runs.items()))
    sys.stdout.write(f"{name:28} {ended.total():3} trials: {shown}; runs: {again}; wrong: {failed}\n")
    sys.stdout.flush()
    return failed


def main() -> int:
    """Run the matrix; return 1 where anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kind", action="append", help="a fault; repeatable, all by default")
    parser.add_argument("--at", action="append", type=int, help="a request; repeatable, all by default")
    parser.add_argument("--crashes", action="store_true", help="only kill")
    parser.add_argument("--amendments", action="store_true", help="only kill what amends an issue")
    asked = parser.parse_args()
    driven, failed, began = DrivenTime(), 0, time.monotonic()
    with tempfile.TemporaryDirectory(prefix="ecosmig-sharepoint-") as directory:
        home = Path(directory)
        with Sandbox(home / "sandbox", clock=Clock(driven.now)) as sandbox:
            issued = Issued(home / "issued", sandbox, driven)
            last = requests_of_a_run(issued, home)
            # What a fault adds to a run is disturbed as well where it comes before the end.
            places = asked.at or range(1, last + 3)
            sys.stdout.write(f"an undisturbed run sends {last} requests\n")
            for name in [] if asked.crashes or asked.amendments else asked.kind or kinds(driven):
                failed += _tell(name, ((at, try_fault(issued, home, name, at)) for at in places))
            for moment in () if asked.kind or asked.amendments else MOMENTS:
                crashes = asked.at or range(1, last + 1)
                failed += _tell(f"killed {moment}", ((at, try_crash(issued, home, moment, at)) for at in crashes))
            for act in () if asked.kind or asked.crashes else AMENDMENTS:
                undisturbed, last = amended(issued, home, act)
                expected = undisturbed.published()
                for moment in MOMENTS:
                    trials = (
                        (at, try_amending(issued, home, act, moment, at, expected))
                        for at in asked.at or range(1, last + 1)
                    )
                    failed += _tell(f"{act}, killed {moment}", trials)
    sys.stdout.write(f"{failed} trials went wrong; {time.monotonic() - began:.0f} s\n")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
