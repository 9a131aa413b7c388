"""`ecosmig audit export`: uploads and acts for programs, and the evidence pack for suppliers and auditors."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ecosmig_publish.cli.commanding import command
from ecosmig_publish.cli.commands.plan import Reports
from ecosmig_publish.cli.ending import CHANGED_NOTHING
from ecosmig_publish.cli.invocation import Invocation
from ecosmig_publish.errors import ExitStatus


class Format(StrEnum):
    """What a plain export is written as."""

    CSV = "csv"
    JSON = "json"


def add_to(audits: typer.Typer) -> None:
    """Add the command to the group."""
    command(
        audits,
        "export",
        examples=(
            "ecosmig audit export --format csv --from 2026-03-01 --to 2026-04-01 --out march.csv",
            "ecosmig audit export --evidence --supplier PXX999 --from 2026-03-01 --to 2026-04-01",
            "ecosmig audit export --evidence --all --out audit.zip",
        ),
        statuses=(ExitStatus.FINDING,),
        interrupted=CHANGED_NOTHING,
    )(export)


def export(
    invocation: Invocation,
    evidence: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--evidence", help="Make an evidence pack: signed, with a script that checks it.")
    ] = False,
    supplier: Annotated[
        list[str] | None,
        typer.Option("--supplier", metavar="SIGNIFIER", help="Only this recipient; may be repeated."),
    ] = None,
    everybody: Annotated[  # noqa: FBT002
        bool, typer.Option("--all", help="All recipients, as without --supplier: the auditor's own pack.")
    ] = False,
    report: Reports = None,
    since: Annotated[
        str | None, typer.Option("--from", metavar="INSTANT", help="Slots due from then on; a date: its 00:00 UTC.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--to", metavar="INSTANT", help="Slots due before then; now where it is left out.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Where to write; a pack: a .zip, or else a folder; '-': stdout.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over what is there.")] = False,  # noqa: FBT002
    form: Annotated[
        Format | None, typer.Option("--format", help="csv, the default, or json; without --evidence.")
    ] = None,
    acts: Annotated[  # noqa: FBT002
        bool, typer.Option("--acts", help="Export the chain of acts instead of the uploads; without --evidence.")
    ] = False,
    spreadsheet: Annotated[  # noqa: FBT002
        bool,
        typer.Option("--spreadsheet", help="CSV: an apostrophe before cells that a spreadsheet takes for formulas."),
    ] = False,
    deadline: Annotated[
        str, typer.Option("--deadline", help="Pack: proved longer after its slot than this is late.")
    ] = "1h",
    files: Annotated[  # noqa: FBT002
        bool, typer.Option("--files", help="Pack: put the files themselves in, for the one supplier they are for.")
    ] = False,
    certificate: Annotated[
        Path | None,
        typer.Option("--certificate", metavar="PEM", help="Pack: sign with this key; else with the publisher's own."),
    ] = None,
    unsigned: Annotated[  # noqa: FBT002
        bool, typer.Option("--unsigned", help="Pack: nobody signs it, so nobody vouches for it.")
    ] = False,
    offline: Annotated[  # noqa: FBT002
        bool, typer.Option("--offline", help="Pack: don't ask the library for its own times.")
    ] = False,
) -> int:
    """Export every file with all that is known of it, or the acts, as CSV or JSON; or make an evidence pack.

    A pack shows what was due, issued, published, proved, late, held and corrected, signed with the publisher's
    certificate. `python3 check.py` in it checks it with nothing of ours installed. The pack of some suppliers names no
    other one.
    """
    # --help stays quick.
    from ecosmig_publish.cli.views.audit_asked import Asked, PackOptions, PlainOptions  # noqa: PLC0415
    from ecosmig_publish.cli.words import parse_bound, parse_reports, parse_suppliers  # noqa: PLC0415

    asked = Asked(
        suppliers=parse_suppliers(supplier or ()),
        everybody=everybody,
        reports=parse_reports(report or ()),
        since=parse_bound(since, "--from"),
        until=parse_bound(until, "--to"),
        out=out,
        force=force,
    )
    plain = PlainOptions(form.value if form else None, acts=acts, spreadsheet=spreadsheet)
    pack = PackOptions(deadline, certificate, files=files, unsigned=unsigned, offline=offline)
    if evidence:
        plain.refuse_any()
        from ecosmig_publish.cli.views.audit_evidence import export_evidence  # noqa: PLC0415

        return export_evidence(invocation, asked, pack)
    pack.refuse_any()
    from ecosmig_publish.cli.views.audit_export import export_plain  # noqa: PLC0415

    return export_plain(invocation, asked, plain)
