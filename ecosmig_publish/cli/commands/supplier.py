"""`ecosmig supplier onboard | list | access | offboard`: recipients' folders and who can read them."""

from typing import Annotated

import typer

from ecosmig_publish.cli.commanding import command, group
from ecosmig_publish.cli.ending import CHANGED_NOTHING
from ecosmig_publish.cli.invocation import Invocation
from ecosmig_publish.errors import ExitStatus

YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")]


def add_to(app: typer.Typer) -> None:
    """Add the group."""
    suppliers = group(app, "supplier", "Recipients' folders: onboard them, list them, prove who can read them.")
    command(
        suppliers,
        "onboard",
        examples=(
            "ecosmig supplier onboard --all --dry-run",
            "ecosmig supplier onboard --all",
            "ecosmig supplier onboard PXX999 --invite",
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
    command(
        suppliers,
        "access",
        examples=("ecosmig supplier access", "ecosmig supplier access PXX999 --json"),
        statuses=(ExitStatus.UNPROVED, ExitStatus.FOLDER_ACCESS),
    )(access)
    command(
        suppliers,
        "offboard",
        examples=("ecosmig supplier offboard PXX999", "ecosmig supplier offboard PXX999 --yes"),
        statuses=(ExitStatus.UNPROVED, ExitStatus.LOCKED, ExitStatus.FOLDER_ACCESS),
    )(offboard)


def onboard(
    invocation: Invocation,
    signifiers: Annotated[list[str] | None, typer.Argument(metavar="SIGNIFIER", help="Whom to onboard.")] = None,
    everyone: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--all", help="Every party in the register.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be done.")] = False,  # noqa: FBT002
    invite: Annotated[  # noqa: FBT002
        bool, typer.Option("--invite", help="Invite users whom the directory doesn't have as guests.")
    ] = False,
    yes: YesOption = False,  # noqa: FBT002
) -> int:
    """Make each recipient's folder, `<signifier> <party name>`, grant its users or group, prove it and pin it.

    May be repeated, stopped and resumed: what is right already stays. Whoever else could read the folder, and isn't
    configured as one of the owner's own, loses that. A changed party name neither moves nor doubles a pinned folder.
    """
    from ecosmig_publish.cli.views.supplier_onboarding import onboard_and_show  # noqa: PLC0415 - --help stays quick
    from ecosmig_publish.cli.words import parse_suppliers  # noqa: PLC0415
    from ecosmig_publish.errors import UsageError  # noqa: PLC0415

    if everyone == bool(signifiers):
        raise UsageError("onboard whom? Name signifiers, or give --all", hint="ecosmig supplier onboard --all")
    wanted = parse_suppliers(signifiers or ())
    return onboard_and_show(invocation, wanted, dry_run=dry_run, invite=invite, yes=yes)


def list_suppliers(invocation: Invocation) -> int:
    """List the register's parties with their folders and when it was last proved who can read them.

    Folders whose party has left the register are listed too.
    """
    from ecosmig_publish.cli.views.supplier import show_suppliers  # noqa: PLC0415 - --help stays quick

    return show_suppliers(invocation)


def access(
    invocation: Invocation,
    signifiers: Annotated[
        list[str] | None, typer.Argument(metavar="SIGNIFIER", help="Whose folders; all, where left out.")
    ] = None,
) -> int:
    """Show who can read each recipient's folder now against who should, and record it in the ledger.

    Where the publisher can't see that itself, this record is what lets it publish. Changes nothing in the folders.
    """
    from ecosmig_publish.cli.views.supplier_access import show_access  # noqa: PLC0415 - --help stays quick
    from ecosmig_publish.cli.words import parse_suppliers  # noqa: PLC0415

    return show_access(invocation, parse_suppliers(signifiers or ()))


def offboard(
    invocation: Invocation,
    signifier: Annotated[str, typer.Argument(metavar="SIGNIFIER", help="Whose access to withdraw.")],
    yes: YesOption = False,  # noqa: FBT002 - a flag
) -> int:
    """Withdraw a recipient's access to its folder; files and pin stay, and onboarding again gives access back.

    Asks first on a terminal; elsewhere it needs --yes.
    """
    from ecosmig_publish.cli.views.supplier_access import offboard_and_show  # noqa: PLC0415 - --help stays quick
    from ecosmig_publish.cli.words import parse_suppliers  # noqa: PLC0415

    return offboard_and_show(invocation, parse_suppliers((signifier,))[0], yes=yes)
