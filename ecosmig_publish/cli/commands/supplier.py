"""`ecosmig supplier onboard | list`: recipients' folders."""

from typing import Annotated

import typer

from ecosmig_publish.cli.commanding import command, group
from ecosmig_publish.cli.ending import CHANGED_NOTHING
from ecosmig_publish.cli.invocation import Invocation
from ecosmig_publish.errors import ExitStatus


def add_to(app: typer.Typer) -> None:
    """Add the group."""
    suppliers = group(app, "supplier", "Recipients' folders: onboard them, list them.")
    command(
        suppliers,
        "onboard",
        examples=(
            "ecosmig supplier onboard --all --dry-run",
            "ecosmig supplier onboard --all",
            "ecosmig supplier onboard PXX999",
        ),
        statuses=(ExitStatus.UNPROVED, ExitStatus.LOCKED, ExitStatus.FOLDER_ACCESS, ExitStatus.SOURCE),
    )(onboard)
    command(
        suppliers,
        "list",
        examples=("ecosmig supplier list", "ecosmig supplier list --json"),
        statuses=(ExitStatus.SOURCE,),
        interrupted=CHANGED_NOTHING,
    )(list_suppliers)


def onboard(
    invocation: Invocation,
    signifiers: Annotated[list[str] | None, typer.Argument(metavar="SIGNIFIER…", help="Whom to onboard.")] = None,
    everyone: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--all", help="Every party in the register.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be done.")] = False,  # noqa: FBT002
) -> int:
    """Make each recipient's folder, `<signifier> <party name>`, and pin it.

    May be repeated, stopped and resumed. A changed party name neither moves nor doubles a pinned folder.
    """
    from ecosmig_publish.cli.views.supplier import onboard_and_show  # noqa: PLC0415 - --help stays quick
    from ecosmig_publish.cli.words import parse_suppliers  # noqa: PLC0415
    from ecosmig_publish.errors import UsageError  # noqa: PLC0415

    if everyone == bool(signifiers):
        raise UsageError("onboard whom? Name signifiers, or give --all", hint="ecosmig supplier onboard --all")
    return onboard_and_show(invocation, parse_suppliers(signifiers or ()), dry_run=dry_run)


def list_suppliers(invocation: Invocation) -> int:
    """List the register's parties with their folders, and folders whose party has left the register."""
    from ecosmig_publish.cli.views.supplier import show_suppliers  # noqa: PLC0415 - --help stays quick

    return show_suppliers(invocation)
