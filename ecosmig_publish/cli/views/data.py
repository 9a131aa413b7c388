"""What `data` does and shows."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import TYPE_CHECKING

from ecosmig_publish.cli.wired import wired
from ecosmig_publish.cli.words import parse_instant
from ecosmig_publish.errors import ExitStatus, UsageError
from ecosmig_publish.wiring import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from ecosmig_publish.cli.invocation import Invocation
    from ecosmig_publish.migration_data.check import Fault
    from ecosmig_publish.migration_data.sample import SampleSummary

FORMS = ("parquet", "csv", "duckdb")


def check_and_show(invocation: Invocation, examples: int) -> int:
    """Check the configured source; returns 20 where an error was found."""
    from ecosmig_publish.migration_data.check import check_migration_data  # noqa: PLC0415 - the engine is slow

    wiring = wired(invocation)
    with wiring.data() as data:
        faults = check_migration_data(data, examples=examples, on_progress=_progress(invocation))
    errors = [fault for fault in faults if fault.severity == "error"]
    document = {
        "source": wiring.settings.source.url,
        "errors": len(errors),
        "warnings": len(faults) - len(errors),
        "faults": [
            {
                "table": fault.table,
                "columns": fault.columns,
                "rule": fault.rule,
                "severity": fault.severity,
                "count": fault.count,
                "examples": fault.examples,
                "message": fault.message,
                "next": fault.next_step,
            }
            for fault in faults
        ],
    }
    invocation.result(document, lambda: _render_faults(faults))
    return ExitStatus.FINDING if errors else ExitStatus.OK


def sample_and_show(
    invocation: Invocation,
    directory: Path,
    *,
    devices: int,
    seed: int,
    parties: int,
    form: str,
    until: str | None,
    clean: bool,
) -> int:
    """Write a sample and say what is in it."""
    from ecosmig_publish.migration_data.sample import write_sample  # noqa: PLC0415 - the engine is slow to import

    if form not in FORMS:
        raise UsageError(f"--form {form}: no such form", hint=f"One of {', '.join(FORMS)}.")
    if directory.exists() and any(directory.iterdir()):
        raise UsageError(f"{directory} is not empty; nothing was overwritten", hint="Name a new folder.")
    ends_at = parse_instant(until) or utc_now().replace(microsecond=0)
    summary = write_sample(
        directory,
        devices=devices,
        seed=seed,
        parties=parties,
        until=ends_at,
        history=timedelta(days=365),
        form=form,
        clean=clean,
        progress=_progress(invocation),
    )
    document = {"directory": directory, "rows": dict(summary.rows), "situations": dict(summary.situations)}
    invocation.result(document, lambda: _render_sample(directory, form, summary))
    return ExitStatus.OK


def _progress(invocation: Invocation) -> Callable[[str, float], None] | None:
    if invocation.quiet or not sys.stderr.isatty():
        return None

    def show(what: str, share: float) -> None:
        sys.stderr.write(f"\r{what:<40} {share:4.0%} ")
        sys.stderr.flush()

    return show


def _render_faults(faults: Sequence[Fault]) -> None:
    from ecosmig_publish.cli.screen import show_table, stdout_console  # noqa: PLC0415 - rich is slow to import

    console = stdout_console()
    rows = [
        (
            fault.severity,
            fault.table,
            ", ".join(fault.columns),
            fault.count,
            fault.message,
            "; ".join(fault.examples),
        )
        for fault in faults
    ]
    columns = ("", "table", "column", "rows", "fault", "first examples")
    show_table("", columns, rows, numbers=("rows",), empty="The source keeps its contract.")
    for step in dict.fromkeys(fault.next_step for fault in faults if fault.next_step):
        console.print(f"next: {step}", markup=False)


def _render_sample(directory: Path, form: str, summary: SampleSummary) -> None:
    from ecosmig_publish.cli.screen import show_table, stdout_console  # noqa: PLC0415 - rich is slow to import

    show_table(f"Wrote {directory}", ("table", "rows"), list(summary.rows.items()), numbers=("rows",))
    show_table("In it", ("situation", "rows"), list(summary.situations.items()), numbers=("rows",))
    stdout_console().print(f'Use it with [source] url = "{form}:{directory}"', markup=False)
