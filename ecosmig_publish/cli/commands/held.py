"""`ecosmig held`: rows that can't be reported yet, with their reasons."""

from typing import Annotated

import typer

from ecosmig_publish.cli.commanding import command
from ecosmig_publish.cli.commands.plan import Reports
from ecosmig_publish.cli.ending import CHANGED_NOTHING
from ecosmig_publish.cli.invocation import Invocation


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    command(
        app,
        "held",
        examples=("ecosmig held", "ecosmig held --report ECOSMIG-001 --limit 500", "ecosmig held --json"),
        interrupted=CHANGED_NOTHING,
    )(held)


def held(
    invocation: Invocation,
    report: Reports = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Show so many at most; --json shows all.")] = 50,
) -> int:
    """List held rows: source key, reasons, recipient where known, since when.

    They are tried again at every slot and go out with the first that can carry them. Rows held back are no failure:
    the exit status is 0. Keys may name Devices: treat the output as personal data.
    """
    from ecosmig_publish.cli.views.held import show_held  # noqa: PLC0415 - --help stays quick
    from ecosmig_publish.cli.words import parse_reports  # noqa: PLC0415

    return show_held(invocation, parse_reports(report or ()), limit)
