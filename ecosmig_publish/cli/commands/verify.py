"""`ecosmig verify`: the folders against the ledger, both ways."""

from typing import Annotated

import typer

from ecosmig_publish.cli.commanding import command
from ecosmig_publish.cli.ending import CHANGED_NOTHING
from ecosmig_publish.cli.invocation import Invocation
from ecosmig_publish.errors import ExitStatus, UsageError


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    command(
        app,
        "verify",
        examples=("ecosmig verify", "ecosmig verify --supplier PXX999 --deep", "ecosmig verify --changes"),
        statuses=(ExitStatus.UNPROVED, ExitStatus.FINDING, ExitStatus.FOLDER_ACCESS),
        interrupted=CHANGED_NOTHING,
    )(verify)


def verify(
    invocation: Invocation,
    supplier: Annotated[
        list[str] | None,
        typer.Option("--supplier", metavar="SIGNIFIER", help="Only this folder; may be repeated."),
    ] = None,
    deep: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--deep", help="Read every file and compare its SHA-256.")
    ] = False,
    changes: Annotated[  # noqa: FBT002 - a flag
        bool,
        typer.Option("--changes", help="Look only at what changed in the SharePoint library since the last run."),
    ] = False,
) -> int:
    """List the folders and compare them with the ledger: missing, unexpected, altered, renamed, moved, unproved.

    Changes nothing: what is missing stays missing until a person has decided.
    """
    from ecosmig_publish.cli.views.verify import show_verification  # noqa: PLC0415 - --help stays quick
    from ecosmig_publish.cli.words import parse_suppliers  # noqa: PLC0415

    if changes and (deep or supplier):
        raise UsageError(
            "--changes looks at the whole library, not at folders or bytes", hint="ecosmig verify --changes"
        )
    return show_verification(invocation, parse_suppliers(supplier or ()), deep=deep, only_changes=changes)
