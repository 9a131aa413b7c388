"""`ecosmig publish --all`: the product's main job."""

from collections.abc import Sequence
from typing import Annotated

import typer

from ecosmig_publish.cli.commanding import command
from ecosmig_publish.cli.commands.plan import AsOf, Reports, Suppliers
from ecosmig_publish.cli.invocation import Invocation
from ecosmig_publish.errors import ExitStatus


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    command(
        app,
        "publish",
        examples=(
            "ecosmig publish --all",
            "ecosmig publish --all --report ECOSMIG-002",
            "ecosmig publish --all --supplier PXX999",
            "ecosmig publish --all --as-of 2026-03-02T06:00:00Z --json",
        ),
        statuses=(
            ExitStatus.UNPROVED,
            ExitStatus.LOCKED,
            ExitStatus.FINDING,
            ExitStatus.FOLDER_ACCESS,
            ExitStatus.STREAM_CONFLICT,
            ExitStatus.FOREIGN_ROW,
            ExitStatus.SOURCE,
        ),
        interrupted="slots that were recorded keep their numbers and files; the next `ecosmig publish --all` clears "
        "the one that was under way, issues it anew, and publishes what waits",
    )(publish)


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

    --report narrows both. Where several exit statuses apply, the largest of 20 to 30 wins, else 10. Held rows alone
    are 0. Without a terminal there is no progress bar; the closing table goes to stdout.
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
    if not everything:
        # Said out loud, because what it does can't be taken back.
        raise UsageError(
            "publish what? --all is missing: every due slot is issued for all recipients; --report and --supplier "
            "narrow it",
            hint=f"ecosmig publish --all{_narrowed(report or (), supplier or ())}, or first: ecosmig plan",
        )
    return run_and_show(invocation, instant, reports, suppliers)


def _narrowed(reports: Sequence[str], suppliers: Sequence[str]) -> str:
    return "".join([*(f" --report {name}" for name in reports), *(f" --supplier {name}" for name in suppliers)])
