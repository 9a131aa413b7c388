"""`ecosmig verify`: the folders against the ledger, both ways."""

from typing import Annotated

import typer

from ecosmig_publish.cli.commanding import command
from ecosmig_publish.cli.ending import CHANGED_NOTHING
from ecosmig_publish.cli.invocation import Invocation
from ecosmig_publish.errors import ExitStatus, UsageError

_WITHIN_DAYS = 30


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    command(
        app,
        "verify",
        examples=(
            "ecosmig verify",
            "ecosmig verify --supplier PXX999 --deep",
            "ecosmig verify --changes",
            "ecosmig verify --deep --budget 10m --within 30",
            "ecosmig verify --source --report ECOSMIG-001 --from 2026-03-01T00:00:00Z",
        ),
        statuses=(ExitStatus.UNPROVED, ExitStatus.FINDING, ExitStatus.FOLDER_ACCESS, ExitStatus.SOURCE),
        interrupted=f"{CHANGED_NOTHING}; with --budget what was read is on the record",
    )(verify)


def verify(
    invocation: Invocation,
    supplier: Annotated[
        list[str] | None,
        typer.Option("--supplier", metavar="SIGNIFIER", help="Only this folder; may be repeated."),
    ] = None,
    deep: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--deep", help="Read every file and compare its SHA-256.")
    ] = False,
    budget: Annotated[
        str | None,
        typer.Option(
            "--budget",
            metavar="DURATION",
            help="With --deep: read files in turn, the least recently read first, for so long: 10m, 1h.",
        ),
    ] = None,
    within: Annotated[
        int | None,
        typer.Option(
            "--within",
            metavar="DAYS",
            min=1,
            max=366,
            help="With --budget: in how many days each file is to be read again.  [default: 30]",
            show_default=False,
        ),
    ] = None,
    changes: Annotated[  # noqa: FBT002 - a flag
        bool,
        typer.Option("--changes", help="Look only at what changed in the SharePoint library since the last run."),
    ] = False,
    source: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--source", help="Compare what was issued with the source data as they stand.")
    ] = False,
    report: Annotated[
        list[str] | None,
        typer.Option("--report", metavar="ECOSMIG-00N", help="With --source: only this report; may be repeated."),
    ] = None,
    since: Annotated[
        str | None, typer.Option("--from", metavar="INSTANT", help="With --source: only slots due then or later.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--to", metavar="INSTANT", help="With --source: only slots due then or earlier.")
    ] = None,
) -> int:
    """List the folders and compare them with the ledger: missing, unexpected, altered, renamed, moved, unproved.

    Changes nothing: what is missing stays missing until a person has decided.

    With --deep --budget it lists no folder. It reads the files of all recipients in turn, what was never read or was
    read longest ago first, keeps on the record what it read, stops at its budget and goes on from there next time; and
    it says whether each file is so read again within the days. A run of publish may go on meanwhile.

    With --source it asks the source instead: which rows of 001, 002, 003 and 006 that were issued have vanished from
    it, would be printed otherwise now, or belong to another recipient; and which turned up too late to be reported.
    """
    from ecosmig_publish.cli.views.verify import show_verification  # noqa: PLC0415 - --help stays quick
    from ecosmig_publish.cli.words import parse_instant, parse_reports, parse_suppliers  # noqa: PLC0415

    if not source and (report or since or until):
        raise UsageError("--report, --from and --to narrow what --source compares", hint="ecosmig verify --source")
    if source:
        from ecosmig_publish.cli.views.verify_source import show_comparison  # noqa: PLC0415

        if deep or changes or budget or within:
            raise UsageError("--source looks at the source, not at the folders", hint="ecosmig verify --source")
        return show_comparison(
            invocation,
            reports=parse_reports(report or ()),
            suppliers=parse_suppliers(supplier or ()),
            since=parse_instant(since, "--from"),
            until=parse_instant(until, "--to"),
        )
    if budget is not None or within is not None:
        from ecosmig_publish.cli.views.verify_in_turn import read_and_show  # noqa: PLC0415
        from ecosmig_publish.cli.words import parse_span  # noqa: PLC0415

        if budget is None or not deep or changes or supplier:
            raise UsageError(
                "--budget and --within go with --deep, for all recipients' files in turn",
                hint="ecosmig verify --deep --budget 10m",
            )
        return read_and_show(invocation, parse_span("--budget", budget), within or _WITHIN_DAYS)
    if changes and (deep or supplier):
        raise UsageError(
            "--changes looks at the whole library, not at folders or bytes", hint="ecosmig verify --changes"
        )
    return show_verification(invocation, parse_suppliers(supplier or ()), deep=deep, only_changes=changes)
