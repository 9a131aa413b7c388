"""What `data` does and shows."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from ecosmig_publish.cli.folders import make_new_folder
from ecosmig_publish.cli.progress import sharing
from ecosmig_publish.cli.wired import wired
from ecosmig_publish.cli.words import parse_instant
from ecosmig_publish.errors import ExitStatus, UsageError
from ecosmig_publish.wiring import utc_now

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ecosmig_publish.cli.invocation import Invocation
    from ecosmig_publish.migration_data.check import Fault
    from ecosmig_publish.migration_data.sample import SampleSummary

FORMS = ("parquet", "csv", "duckdb")


def check_and_show(invocation: Invocation, examples: int) -> int:
    """Check the configured source; returns 20 where an error was found."""
    from ecosmig_publish.migration_data import shown_address  # noqa: PLC0415 - the engine is slow to import
    from ecosmig_publish.migration_data.check import check_migration_data  # noqa: PLC0415 - as above

    wiring = wired(invocation)
    with sharing(invocation, "checking") as tell, wiring.data() as data:
        faults = check_migration_data(data, examples=examples, on_progress=tell)
    errors = [fault for fault in faults if fault.severity == "error"]
    document = {
        "source": shown_address(wiring.settings.source.url),
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
    make_new_folder(directory)
    ends_at = parse_instant(until, "--until") or utc_now().replace(microsecond=0)
    with sharing(invocation, "generating") as tell:
        summary = write_sample(
            directory,
            devices=devices,
            seed=seed,
            parties=parties,
            until=ends_at,
            history=timedelta(days=365),
            form=form,
            clean=clean,
            progress=tell,
        )
    document = {"directory": directory, "rows": dict(summary.rows), "situations": dict(summary.situations)}
    invocation.result(document, lambda: _render_sample(directory, form, summary))
    return ExitStatus.OK


def _render_faults(faults: Sequence[Fault]) -> None:
    from ecosmig_publish.cli.screen import show_line, show_table  # noqa: PLC0415 - rich is slow to import

    rows = [(fault.severity, _place(fault), fault.count, fault.message) for fault in faults]
    columns = ("", "table.column", "rows", "fault")
    whole = ("", "table.column")
    show_table("", columns, rows, numbers=("rows",), whole=whole, empty="The source keeps its contract.")
    shown = [fault for fault in faults if fault.examples]
    for fault in shown:
        show_line(f"{_place(fault)}, {fault.rule}: {'; '.join(fault.examples)}")
    if shown:
        show_line("These first examples may name Devices: treat them as personal data. More: --examples 20")
    for step in dict.fromkeys(fault.next_step for fault in faults if fault.next_step):
        show_line(f"next: {step}")


def _place(fault: Fault) -> str:
    return f"{fault.table}.{'+'.join(fault.columns)}" if fault.columns else fault.table


def _render_sample(directory: Path, form: str, summary: SampleSummary) -> None:
    from ecosmig_publish.cli.screen import show_line, show_table  # noqa: PLC0415 - rich is slow to import

    show_table(f"Wrote {directory}", ("table", "rows"), list(summary.rows.items()), numbers=("rows",))
    show_table("In it", ("situation", "rows"), list(summary.situations.items()), numbers=("rows",))
    show_line(f'Use it with [source] url = "{form}:{_address(directory.resolve(), form)}"')


def _address(directory: Path, form: str) -> Path:
    """Return what `source.url` names: a DuckDB sample is one file in the folder."""
    if form != "duckdb":
        return directory
    return next(iter(sorted(directory.glob("*.duckdb"))), directory)
