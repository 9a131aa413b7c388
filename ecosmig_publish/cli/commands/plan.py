"""`ecosmig plan`: what would be issued and published now; changes nothing."""

from typing import Annotated

import typer

from ecosmig_publish.cli.commanding import command
from ecosmig_publish.cli.ending import CHANGED_NOTHING
from ecosmig_publish.cli.invocation import Invocation

AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="INSTANT", help="Act as though it were this instant: ISO 8601, UTC."),
]
Reports = Annotated[
    list[str] | None,
    typer.Option("--report", metavar="ECOSMIG-00N", help="Only this report; may be repeated."),
]
Suppliers = Annotated[
    list[str] | None,
    typer.Option("--supplier", metavar="SIGNIFIER", help="Publish only this recipient's files now; may be repeated."),
]


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    command(
        app,
        "plan",
        examples=("ecosmig plan", "ecosmig plan --as-of 2026-03-02T06:00:00Z --json"),
        interrupted=CHANGED_NOTHING,
    )(plan)


def plan(invocation: Invocation, as_of: AsOf = None, report: Reports = None, supplier: Suppliers = None) -> int:
    """Show which slots are due and which files wait; changes nothing.

    A plan reads the ledger, not the source: whether a slot has rows shows when it is issued. A plan is no check; its
    exit status is 0 whatever is due.
    """
    from ecosmig_publish.cli.views.plan import show_plan  # noqa: PLC0415 - --help stays quick
    from ecosmig_publish.cli.words import parse_instant, parse_reports, parse_suppliers  # noqa: PLC0415

    return show_plan(invocation, parse_instant(as_of), parse_reports(report or ()), parse_suppliers(supplier or ()))
