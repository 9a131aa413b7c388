"""`ecosmig publish --all`: the product's main job."""

from typing import Annotated

import typer

from ecosmig_publish.cli.commanding import command
from ecosmig_publish.cli.commands.plan import AsOf, Reports, Suppliers
from ecosmig_publish.cli.invocation import Invocation


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "publish")(publish)


def publish(
    invocation: Invocation,
    everything: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--all", help="Issue every due slot and publish everything that waits.")
    ] = False,
    report: Reports = None,
    supplier: Suppliers = None,
    as_of: AsOf = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the plan only.")] = False,  # noqa: FBT002
) -> int:
    """Issue every due slot, publish everything that waits, verify it, say what was done.

    A slot is issued for all recipients at one cut-off, or not at all; --supplier narrows what is published now, never
    what is issued. Running again goes on from wherever a run stopped.

    Exit statuses: 0 everything due is proved · 10 something is not yet · 11 another run holds the lock · 21 a folder
    is not the recipient's alone · 22 ledger and folder disagree · 30 the source data can't be used.

    Example: ecosmig publish --all --report ECOSMIG-002
    """
    from ecosmig_publish.cli.views.plan import show_plan  # noqa: PLC0415 - --help stays quick
    from ecosmig_publish.cli.views.publish import run_and_show  # noqa: PLC0415
    from ecosmig_publish.cli.words import parse_instant, parse_reports, parse_suppliers  # noqa: PLC0415
    from ecosmig_publish.errors import UsageError  # noqa: PLC0415

    reports, suppliers, instant = (
        parse_reports(report or ()),
        parse_suppliers(supplier or ()),
        parse_instant(as_of),
    )
    if dry_run:
        return show_plan(invocation, instant, reports, suppliers)
    if not (everything or reports or suppliers):
        raise UsageError(
            "publish what? Neither --all nor --report nor --supplier was given", hint="ecosmig publish --all"
        )
    return run_and_show(invocation, instant, reports, suppliers)
