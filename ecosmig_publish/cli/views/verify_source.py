"""What `verify --source` shows."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ecosmig_publish.cli.progress import counting
from ecosmig_publish.cli.strangers import refuse_strangers
from ecosmig_publish.cli.wired import wired
from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.errors import ExitStatus, UsageError
from ecosmig_publish.workflows.comparing_source import COMPARED, Compared, Kind, TurnedUp, Wanted, compare_with_source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from ecosmig_publish.cli.invocation import Invocation
    from ecosmig_publish.emrr.terms import Signifier

_SHOWN = 40
_LATE = "the source's owner records such rows anew, with the instant at which that is done: the next slot carries them"


def show_comparison(
    invocation: Invocation,
    *,
    reports: Sequence[Report],
    suppliers: Sequence[Signifier],
    since: datetime | None,
    until: datetime | None,
) -> int:
    """Compare issued files with the source and show what differs; returns 20 where something does."""
    for report in reports:
        if report not in COMPARED:
            raise UsageError(
                f"--source compares rows about one Device each; {report} counts Devices or attempts",
                hint=f"It compares {', '.join(COMPARED)}.",
            )
    wiring = wired(invocation)
    ledger = wiring.existing_ledger()
    compared = Compared(0, 0, 0, (), ())
    if ledger is None:
        refuse_strangers(suppliers, None)
    else:
        with ledger, wiring.data() as data:
            refuse_strangers(suppliers, ledger)
            total = sum(slot.files for slot in ledger.slots() if Wanted(reports, suppliers, since, until).covers(slot))
            with counting(invocation, "comparing", total) as one_more:
                compared = compare_with_source(
                    Wanted(reports, suppliers, since, until),
                    ledger=ledger,
                    outbox=wiring.outbox(),
                    data=data,
                    on_file=one_more,
                )
    status = ExitStatus.OK if compared.is_borne_out else ExitStatus.FINDING
    invocation.result(_document(compared, status), lambda: _render(compared))
    return status


def _document(compared: Compared, status: ExitStatus) -> dict[str, object]:
    return {
        "exit_status": int(status),
        "slots": compared.slots,
        "files": compared.files,
        "rows": compared.rows,
        "changed": [
            {
                "name": file.name,
                "report": file.report,
                "recipient": file.recipient,
                "due_at": file.slot.due_at,
                "rows": file.rows,
                **{kind.value: file.counts.get(kind, 0) for kind in Kind},
                "records": {kind.value: file.records[kind] for kind in Kind if kind in file.records},
                "correct": f"ecosmig issue correct {file.name}",
            }
            for file in compared.changed
        ],
        "turned_up": [
            {
                "report": it.slot.report,
                "due_at": it.slot.due_at,
                "recipient": it.recipient,
                "rows": it.rows,
                "days": {f"{day}": count for day, count in it.days.items()},
            }
            for it in compared.turned_up
        ],
    }


def _render(compared: Compared) -> None:
    from ecosmig_publish.cli.screen import is_narrow, show_line, show_table, shown_instant  # noqa: PLC0415 - rich

    if compared.changed:
        shown = compared.changed[:_SHOWN]
        if is_narrow():
            columns: tuple[str, ...] = ("file", "rows that differ")
            rows: list[tuple[object, ...]] = [(file.name, _counted(file.counts)) for file in shown]
        else:
            columns = ("file", "slot", "rows", *(kind.value for kind in Kind))
            rows = [
                (file.name, shown_instant(file.slot.due_at), file.rows, *(file.counts.get(kind, 0) for kind in Kind))
                for file in shown
            ]
        title = "Issued files that the source no longer bears out"
        show_table(title, columns, rows, numbers=columns[2:], whole=("file", "slot"))
        if len(compared.changed) > _SHOWN:
            show_line(
                f"The first {_SHOWN:,} of {len(compared.changed):,}; all, with the numbers of the records: --json"
            )
        totals: Counter[Kind] = Counter()
        for file in compared.changed:
            totals.update(file.counts)
        show_line(f"{sum(totals.values()):,} rows in {len(compared.changed):,} files: {_counted(totals)}")
        show_line(f"  next: a new issue in place of one: ecosmig issue correct {compared.changed[0].name}")
    for it in compared.turned_up[:_SHOWN]:
        show_line(_late(it))
    if len(compared.turned_up) > _SHOWN:
        show_line(
            f"… and {len(compared.turned_up) - _SHOWN:,} more slots with such rows: ecosmig verify --source --json"
        )
    if any(it.slot.report is not Report.ECOSMIG_003 for it in compared.turned_up):
        show_line(f"  next: {_LATE}")
    looked = f"{compared.rows:,} rows of {compared.files:,} files in {compared.slots:,} slots compared with the source"
    show_line(f"{looked}: {'all agree' if compared.is_borne_out else 'not all agree'}.")


def _counted(counts: Mapping[Kind, int]) -> str:
    return ", ".join(f"{counts[kind]:,} {kind}" for kind in Kind if counts.get(kind))


def _late(it: TurnedUp) -> str:
    slot = f"{it.slot.report}, slot {it.slot.due_at:%Y-%m-%dT%H:%M:%SZ}"
    if it.recipient is None:
        days = ", ".join(f"{count:,} of {day}" for day, count in it.days.items())
        return f"{slot}: {it.rows:,} attempts turned up too late and are in no file: {days}"
    return (
        f"{slot}: {it.rows:,} Devices came to {it.recipient} by the source and are in none of its files\n"
        f"  next: ecosmig issue correct --report {it.slot.report} --supplier {it.recipient} "
        f"--slot {it.slot.due_at:%Y-%m-%dT%H:%M:%SZ}"
    )
