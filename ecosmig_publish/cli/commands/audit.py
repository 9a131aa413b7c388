"""`ecosmig audit list | export | page`: what was delivered to whom, when, and how we know."""

from pathlib import Path
from typing import Annotated

import typer

from ecosmig_publish.cli.commanding import command, group
from ecosmig_publish.cli.commands import audit_export
from ecosmig_publish.cli.commands.plan import Reports
from ecosmig_publish.cli.ending import CHANGED_NOTHING
from ecosmig_publish.cli.invocation import Invocation


def add_to(app: typer.Typer) -> None:
    """Add the group."""
    audits = group(app, "audit", "The record: uploads and acts.")
    command(
        audits,
        "list",
        examples=("ecosmig audit list --supplier PXX999", "ecosmig audit list --acts", "ecosmig audit list --json"),
        interrupted=CHANGED_NOTHING,
    )(list_uploads)
    audit_export.add_to(audits)
    command(
        audits,
        "page",
        examples=("ecosmig audit page", "ecosmig audit page --out /srv/www/ecosmig.html --force"),
        interrupted=CHANGED_NOTHING,
    )(page)


def list_uploads(
    invocation: Invocation,
    supplier: Annotated[
        list[str] | None,
        typer.Option("--supplier", metavar="SIGNIFIER", help="Only this recipient; may be repeated."),
    ] = None,
    report: Reports = None,
    acts: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--acts", help="List the chained record of acts instead of the uploads.")
    ] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Show the latest so many; --json shows all.")] = 50,
) -> int:
    """List every file with when it was issued, published and proved.

    --json has everything known of each: slot, recipient, folder, size, SHA-256, quickXorHash, item id.
    """
    from ecosmig_publish.cli.views.audit import show_acts, show_uploads  # noqa: PLC0415 - --help stays quick
    from ecosmig_publish.cli.words import parse_reports, parse_suppliers  # noqa: PLC0415

    if acts:
        return show_acts(invocation, limit)
    return show_uploads(invocation, parse_suppliers(supplier or ()), parse_reports(report or ()), limit)


def page(
    invocation: Invocation,
    out: Annotated[Path, typer.Option("--out", help="The file to write.")] = Path("ecosmig.html"),
    deadline: Annotated[
        str, typer.Option("--deadline", help="How long after its slot an issue may be proved: 30m, 2h.")
    ] = "1h",
    force: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--force", help="Write over a page that is there.")
    ] = False,
) -> int:
    """Write one HTML page: what needs attention, recipients by slots, trends.

    It needs no network, can be sent and printed, and holds no MPxN and no Device ID.
    """
    from ecosmig_publish.cli.views.audit_page import write_page  # noqa: PLC0415 - --help stays quick

    return write_page(invocation, out, deadline, force=force)
