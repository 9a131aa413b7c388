"""`ecosmig issue release`: an operator's word for what the big-change brake holds."""

from typing import Annotated

import typer

from ecosmig_publish.cli.commanding import command
from ecosmig_publish.cli.commands.plan import Reports
from ecosmig_publish.cli.ending import CHANGED_NOTHING
from ecosmig_publish.cli.invocation import Invocation
from ecosmig_publish.errors import ExitStatus


def add_to(issues: typer.Typer) -> None:
    """Add the command to the group."""
    command(
        issues,
        "release",
        examples=(
            "ecosmig issue release",
            "ecosmig issue release ECOSMIG-001_PXX999_10_20211206060000.csv",
            "ecosmig issue release --report ECOSMIG-001 --slot 2026-03-02T06:00:00Z",
            "ecosmig issue release --all --yes",
        ),
        statuses=(ExitStatus.LOCKED,),
        interrupted=CHANGED_NOTHING,
    )(release)


def release(
    invocation: Invocation,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="FILE_NAME", help="Files of issues that are held.")
    ] = None,
    report: Reports = None,
    slot: Annotated[
        str | None, typer.Option("--slot", metavar="INSTANT", help="Only what is held of the slots due then.")
    ] = None,
    supplier: Annotated[
        list[str] | None,
        typer.Option("--supplier", metavar="SIGNIFIER", help="Only this recipient's issues; may be repeated."),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that is held.")] = False,  # noqa: FBT002 - a flag
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")] = False,  # noqa: FBT002
) -> int:
    """Let go what the big-change brake holds: issues far larger than their stream's history, and slots held back.

    Without arguments it lists them. An issue that is let go is published by the next run, a slot is issued then as the
    source has it. Asks first on a terminal; elsewhere it needs --yes. How far is too far: [brake] in the configuration.
    """
    from ecosmig_publish.cli.views.issue_release import Chosen, release_and_show  # noqa: PLC0415 - --help stays quick
    from ecosmig_publish.cli.words import parse_instant, parse_reports, parse_suppliers  # noqa: PLC0415
    from ecosmig_publish.errors import UsageError  # noqa: PLC0415

    chosen = Chosen(
        names=frozenset(names or ()),
        reports=parse_reports(report or ()),
        due_at=parse_instant(slot, "--slot"),
        suppliers=parse_suppliers(supplier or ()),
        everything=everything,
    )
    narrows = bool(chosen.reports or chosen.due_at or chosen.suppliers)
    if bool(chosen.names) + narrows + everything > 1:
        raise UsageError(
            "release what? File names, or --report, --slot and --supplier, or --all: one of the three",
            hint="ecosmig issue release lists what is held.",
        )
    return release_and_show(invocation, chosen, yes=yes)
