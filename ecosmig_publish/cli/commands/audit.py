"""`ecosmig audit list | check | export | receipts | page`: what was delivered to whom, when, and how we know."""

from pathlib import Path
from typing import Annotated

import typer

from ecosmig_publish.cli.commanding import command, group
from ecosmig_publish.cli.commands import audit_export
from ecosmig_publish.cli.commands.plan import Reports
from ecosmig_publish.cli.ending import CHANGED_NOTHING
from ecosmig_publish.cli.invocation import Invocation
from ecosmig_publish.errors import ExitStatus, UsageError


def add_to(app: typer.Typer) -> None:
    """Add the group."""
    audits = group(app, "audit", "The record: uploads and acts.")
    command(
        audits,
        "list",
        examples=(
            "ecosmig audit list --supplier PXX999 --from 2026-03-01",
            "ecosmig audit list --acts",
            "ecosmig audit list --json",
        ),
        interrupted=CHANGED_NOTHING,
    )(list_uploads)
    audit_export.add_to(audits)
    command(
        audits,
        "check",
        examples=("ecosmig audit check", "ecosmig audit check --head HASH", "ecosmig audit check --no-anchors"),
        statuses=(ExitStatus.UNPROVED, ExitStatus.FINDING),
        interrupted=CHANGED_NOTHING,
    )(check)
    command(
        audits,
        "receipts",
        examples=("ecosmig audit receipts", "ecosmig audit receipts --supplier PXX999 --days 30"),
        statuses=(ExitStatus.UNPROVED,),
    )(receipts)
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
    since: Annotated[
        str | None, typer.Option("--from", metavar="INSTANT", help="Only slots due then or later; a date is its start.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--to", metavar="INSTANT", help="Only slots due before then; a date is its start.")
    ] = None,
    acts: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--acts", help="List the chained record of acts instead of the uploads.")
    ] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Show the latest so many; --json shows all.")] = 50,
) -> int:
    """List every file with when it was issued, published and proved.

    --json has everything known of each: slot, recipient, folder, size, SHA-256, quickXorHash, item id, and
    who read it as far as that was asked (`audit receipts`).
    """
    from ecosmig_publish.cli.views.audit import Chosen, show_acts, show_uploads  # noqa: PLC0415 - --help stays quick
    from ecosmig_publish.cli.words import parse_bound, parse_reports, parse_suppliers  # noqa: PLC0415

    if acts and (since or until):
        raise UsageError("--from and --to narrow uploads, not acts", hint="ecosmig audit list --acts")
    if acts:
        return show_acts(invocation, limit)
    chosen = Chosen(
        parse_suppliers(supplier or ()),
        parse_reports(report or ()),
        parse_bound(since, "--from"),
        parse_bound(until, "--to"),
    )
    return show_uploads(invocation, chosen, limit)


def check(
    invocation: Invocation,
    head: Annotated[
        str | None,
        typer.Option("--head", metavar="HASH", help="An act's hash as it was noted elsewhere: in a log, in a mail."),
    ] = None,
    anchors: Annotated[
        Path | None, typer.Option("--anchors", help="Compare with anchors that were copied into this folder.")
    ] = None,
    no_anchors: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--no-anchors", help="Check the chain and the rows alone; nothing is asked of SharePoint.")
    ] = False,
) -> int:
    """Check the chain of acts link by link, against the ledger's rows and against its anchors.

    Finds an act that was edited, dropped, inserted or moved, rows that no act made, a chain that was cut short, written
    anew or is another ledger's, an old copy put back, anchors that were edited or removed; each is named with its act.
    What a recovery replaced is told, and is no finding. Changes nothing. The outbox is checked by: ecosmig ledger check
    """
    from ecosmig_publish.cli.views.audit_check import check_and_show  # noqa: PLC0415 - --help stays quick

    return check_and_show(invocation, head=head, copied=anchors, with_anchors=not no_anchors)


def receipts(
    invocation: Invocation,
    supplier: Annotated[
        list[str] | None,
        typer.Option("--supplier", metavar="SIGNIFIER", help="Only this recipient; may be repeated."),
    ] = None,
    days: Annotated[
        int, typer.Option("--days", min=1, max=366, help="Ask about what was published in the last so many days.")
    ] = 7,
) -> int:
    """Ask SharePoint who read the published files, and record what it says: seen, opened, not yet or unknown.

    One request for each file that isn't known to be read by its recipient. Where the service doesn't say, it is
    unknown, never no; on a disk always.
    """
    from ecosmig_publish.cli.views.audit_receipts import ask_and_show  # noqa: PLC0415 - --help stays quick
    from ecosmig_publish.cli.words import parse_suppliers  # noqa: PLC0415

    return ask_and_show(invocation, parse_suppliers(supplier or ()), days)


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
