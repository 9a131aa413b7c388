"""The product's side: first issues with the whole history on the heaviest days, and where the time goes.

Does what `ecosmig publish --all --as-of` does, through the product's own wiring. Without `--publish` it stops at the
outbox: numbers, files, hashes, fsync, the leak guard and the ledger's transaction are in, recipients' folders are not.
`--without-guard` is for measuring only: the product has no way to leave its leak guard out, so this takes it out
from outside.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.settings import load_settings
from ecosmig_publish.wiring import Wiring
from ecosmig_publish.workflows.issuing.register import party_register
from ecosmig_publish.workflows.issuing.run import issue_due_slots
from ecosmig_publish.workflows.onboarding import onboard_suppliers
from ecosmig_publish.workflows.running import Narrowing, Watcher, planned, run_everything
from tests.benchmarks.clock import OPENING, Clocks
from tests.benchmarks.days import MONDAY_THE_FIRST, THE_SECOND

if TYPE_CHECKING:
    from datetime import datetime

    from ecosmig_publish.emrr.terms import Slot
    from ecosmig_publish.ledger import WaitingFile

_BEGAN = time.monotonic()
_DAYS = (
    (MONDAY_THE_FIRST, Narrowing(reports=frozenset(Report) - {Report.ECOSMIG_003})),
    (THE_SECOND, Narrowing(reports={Report.ECOSMIG_003})),
)


def configuration(home: Path, data: Path, memory_limit: str) -> Path:
    """Write a configuration whose first slots are those of the heaviest days."""
    path = home / "ecosmig.toml"
    path.write_text(
        f"start = {MONDAY_THE_FIRST - timedelta(seconds=1):%Y-%m-%dT%H:%M:%SZ}\n"
        f'[source]\nurl = "parquet:{data}"\n'
        + (f'memory_limit = "{memory_limit}"\n' if memory_limit else "")
        + '[ledger]\nurl = "sqlite:state/ecosmig.db"\n[outbox]\npath = "state/outbox"\n'
        '[destination]\nkind = "folder"\n[destination.folder]\npath = "published"\n',
        encoding="utf-8",
    )
    return path


def _publish(wiring: Wiring, day: datetime, narrowing: Narrowing, clocks: Clocks) -> None:
    class Clocked(Watcher):
        def slot_begins(self, slot: Slot) -> None:
            clocks.begin(slot.report.value[-3:])

        def file_placed(self, file: WaitingFile) -> None:  # noqa: ARG002 - when is enough
            clocks.placed.append(time.monotonic() - _BEGAN)

    with wiring.data() as data:
        register = party_register(data)
    with wiring.locked_ledger() as ledger:
        list(onboard_suppliers(register, ledger=ledger, destination=wiring.onboarding(), now=wiring.now))
        parts = wiring.parts(clocks.watch_ledger(ledger))
        parts = replace(parts, open_data=lambda: clocks.watch_data(wiring.data()))
        outcome = run_everything(parts, as_of=day, narrowing=narrowing, watcher=Clocked())
    if outcome.exit_status:
        raise SystemExit(f"publishing ended with {outcome.exit_status!r}")


def _issue(wiring: Wiring, day: datetime, narrowing: Narrowing, clocks: Clocks) -> None:
    with wiring.locked_ledger() as ledger:
        parts = wiring.parts(clocks.watch_ledger(ledger))
        run, due = planned(parts, day, narrowing)
        for issued in issue_due_slots(
            due,
            open_data=lambda: clocks.watch_data(parts.open_data()),
            ledger=parts.ledger,
            outbox=parts.outbox,
            policy=parts.policy,
            run=run,
            on_slot=lambda slot: clocks.begin(slot.report.value[-3:]),
        ):
            if issued.findings:
                raise SystemExit(f"the sample breaks its contract: {issued.findings}")


def main() -> None:
    """Issue, or issue and publish, the six reports."""
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("home", type=Path)
    parser.add_argument("--publish", action="store_true")
    parser.add_argument("--without-guard", action="store_true", help="for measuring what the leak guard costs, only")
    parser.add_argument("--memory-limit", default="")
    options = parser.parse_args()
    options.home.mkdir(parents=True)
    wiring = Wiring(load_settings(configuration(options.home, options.data, options.memory_limit), {}, options.home))
    clocks = Clocks()
    (clocks.leave_out_guard if options.without_guard else clocks.watch_guard)()
    for day, narrowing in _DAYS:
        (_publish if options.publish else _issue)(wiring, day, narrowing, clocks)
        clocks.begin(OPENING)
    (options.home / "seconds.json").write_text(json.dumps(clocks.seconds))
    if clocks.placed:
        (options.home / "placed.json").write_text(json.dumps([clocks.placed[0], clocks.placed[-1]]))


if __name__ == "__main__":
    main()
