"""`ecosmig ledger …`: the ledger against itself, a copy of it, what brings it back."""

from pathlib import Path
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
    command(
        ledgers,
        "seed",
        examples=(
            "ecosmig ledger seed --from-folders --dry-run",
            "ecosmig ledger seed --stream ECOSMIG-001:PXX999=41 --reported-up-to ECOSMIG-001=2026-03-01T06:00:00Z",
            "ecosmig ledger seed --file seed.csv --yes",
        ),
        statuses=(ExitStatus.UNPROVED, ExitStatus.LOCKED, ExitStatus.SOURCE),
        interrupted=CHANGED_NOTHING,
    )(seed)
    command(
        ledgers,
        "recover",
        examples=(
            "ecosmig ledger recover --dry-run",
            "ecosmig ledger recover",
            "ecosmig ledger recover --without ECOSMIG-001:PXX999=41",
            "ecosmig ledger recover --from backups/ecosmig-20260302T060000Z-0a1b2c3d4e5f.db --yes",
        ),
        statuses=(ExitStatus.UNPROVED, ExitStatus.LOCKED, ExitStatus.STREAM_CONFLICT, ExitStatus.SOURCE),
        interrupted=CHANGED_NOTHING,
    )(recover)


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


def seed(
    invocation: Invocation,
    stream: Annotated[
        list[str] | None,
        typer.Option("--stream", metavar="REPORT:SIGNIFIER=N", help="The last number of a stream; may be repeated."),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="CSV", help="Last numbers, in the columns report,recipient,last_sequence."),
    ] = None,
    from_folders: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--from-folders", help="Take the highest number of each stream in the onboarded folders.")
    ] = False,
    reported_up_to: Annotated[
        list[str] | None,
        typer.Option(
            "--reported-up-to",
            metavar="REPORT=INSTANT",
            help="When the last slot that the older system issued fell due; may be repeated.",
        ),
    ] = None,
    cut_off: Annotated[
        str | None,
        typer.Option(
            "--cut-off",
            metavar="INSTANT",
            help="When the older system last read the source; else the instant at which its last slot fell due.",
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be seeded.")] = False,  # noqa: FBT002
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")] = False,  # noqa: FBT002
) -> int:
    """Take over from an older system: go on from its last numbers, and from what it has reported.

    What was recorded in the source by the cut-off, and happened before the end of the last slot's period, counts as
    reported; of ECOSMIG-006 every such installation is noted by its key. The older system's files stay in the folders,
    and verify counts them apart. Only what nothing was issued of can be seeded; all of it is recorded at once, or
    nothing. Asks first on a terminal; elsewhere it needs --yes.
    """
    from ecosmig_publish.cli.views.ledger_seed import seed_and_show  # noqa: PLC0415 - --help stays quick

    return seed_and_show(
        invocation,
        stream or (),
        file,
        reported_up_to or (),
        cut_off,
        from_folders=from_folders,
        dry_run=dry_run,
        yes=yes,
    )


def recover(
    invocation: Invocation,
    backup: Annotated[
        Path | None,
        typer.Option(
            "--from", metavar="BACKUP", help="Begin with what `ledger backup` wrote; the ledger must be empty."
        ),
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(
            "--without",
            metavar="REPORT:SIGNIFIER=N",
            help="A number that was used, and whose file nobody has any more: it is passed over; may be repeated.",
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be recorded.")] = False,  # noqa: FBT002
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")] = False,  # noqa: FBT002
) -> int:
    """Rebuild an old or lost ledger from the recipients' folders and what is left of the outbox.

    Files that the ledger doesn't know are read, validated and recorded as issued; slots, last numbers and what was
    reported follow from them. A source row that stands in none of the files is held, so that the next slot tries it.
    What was issued on the old ledger meanwhile and never left the outbox gives way. A stream whose numbers have a hole,
    stand twice, or whose files aren't right is refused, and stays stopped (22) until it agrees; no other waits for it.
    Put back what was taken away (recycle bin, outbox), or pass over the number of a file that was withdrawn and removed
    with --without: it is never used again, and its rows are reported anew. Without any ledger, onboard first: existing
    folders are taken over. Asks first on a terminal; elsewhere it needs --yes.
    """
    from ecosmig_publish.cli.views.ledger_recover import recover_and_show  # noqa: PLC0415 - --help stays quick

    return recover_and_show(invocation, backup, without or (), dry_run=dry_run, yes=yes)
