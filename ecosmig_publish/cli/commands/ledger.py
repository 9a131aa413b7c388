"""`ecosmig ledger …`: the ledger against itself, a copy of it, what brings it back."""

from typing import Annotated

import typer

from ecosmig_publish.cli.commanding import command, group
from ecosmig_publish.cli.ending import CHANGED_NOTHING
from ecosmig_publish.cli.invocation import Invocation
from ecosmig_publish.errors import ExitStatus


def add_to(app: typer.Typer) -> None:
    """Add the group."""
    ledgers = group(app, "ledger", "The ledger: check it, back it up, recover it, take over an older system's streams.")
    command(
        ledgers,
        "check",
        examples=("ecosmig ledger check", "ecosmig ledger check --outbox", "ecosmig ledger check --head HASH"),
        statuses=(ExitStatus.FINDING,),
        interrupted=CHANGED_NOTHING,
    )(check)
    command(
        ledgers,
        "backup",
        examples=(
            "ecosmig ledger backup",
            "ecosmig ledger backup /mnt/backups/ --keep 30",
            "ecosmig ledger backup --json",
        ),
        interrupted=CHANGED_NOTHING,
    )(backup)


def check(
    invocation: Invocation,
    outbox: Annotated[
        bool | None,
        typer.Option(
            "--outbox/--no-outbox",
            help="Read every file in the outbox, or leave it out; else sizes are compared, and unproved files read.",
        ),
    ] = None,
    head: Annotated[
        str | None,
        typer.Option("--head", metavar="HASH", help="The newest act's hash as it was noted elsewhere."),
    ] = None,
) -> int:
    """Compare the ledger with itself and with the outbox; every row that is wrong is named.

    Looks at the database, its tables, the chain of acts, each act against the rows that it made and each row against
    the acts, numbers without gap, names, the order of publication, and who may read what. Changes nothing, and may be
    done while a run is going on. Without --head a chain that was cut short together with its rows can't be told from
    one that never went on.
    """
    from ecosmig_publish.cli.views.ledger_check import check_and_show  # noqa: PLC0415 - --help stays quick

    return check_and_show(invocation, outbox=outbox, head=head)


def backup(
    invocation: Invocation,
    place: Annotated[
        str | None,
        typer.Argument(metavar="PATH|DIR", help="A new file, or a directory; else `backups` beside the ledger."),
    ] = None,
    keep: Annotated[
        int | None,
        typer.Option("--keep", min=1, metavar="N", help="Remove all but the newest N backups of this ledger there."),
    ] = None,
) -> int:
    """Copy the ledger into one file, as of one moment, checked and durable; a run may be going on meanwhile.

    From PostgreSQL too it is a file of SQLite's. The outbox is not in it, and what waits there can't be made again:
    copy the outbox after each backup, so that it has every file which the backup names. Whoever notes the head that is
    printed can later tell whether acts are missing: ecosmig ledger check --head. A copy that isn't whole is not kept,
    and nothing is overwritten.
    """
    from ecosmig_publish.cli.views.ledger_backup import back_up_and_show  # noqa: PLC0415 - --help stays quick

    return back_up_and_show(invocation, place, keep=keep)
