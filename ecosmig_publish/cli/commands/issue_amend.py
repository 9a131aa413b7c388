"""`ecosmig issue resend | correct | withdraw`: what was issued is sent again, corrected, taken back."""

from typing import TYPE_CHECKING, Annotated

import typer

from ecosmig_publish.cli.commanding import command
from ecosmig_publish.cli.commands.plan import AsOf
from ecosmig_publish.cli.ending import CHANGED_NOTHING
from ecosmig_publish.cli.invocation import Invocation
from ecosmig_publish.errors import ExitStatus

if TYPE_CHECKING:
    from ecosmig_publish.workflows.amending.choosing import Meant

Names = Annotated[list[str] | None, typer.Argument(metavar="FILE_NAME", help="Any file of each issue that is meant.")]
Report = Annotated[
    str | None, typer.Option("--report", metavar="ECOSMIG-00N", help="Instead of a file's name: the report,")
]
Supplier = Annotated[str | None, typer.Option("--supplier", metavar="SIGNIFIER", help="the recipient,")]
DueAt = Annotated[
    str | None, typer.Option("--slot", metavar="INSTANT", help="and when its slot was due: the newest issue of it,")
]
Sequence = Annotated[int | None, typer.Option("--sequence", min=1, help="or one of its sequence numbers.")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; it goes on the record.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be done.")]
NoPublish = Annotated[bool, typer.Option("--no-publish", help="Leave the publishing to the next publish --all.")]

_NAME = "ECOSMIG-001_PXX999_10_20211206060000.csv"
_NO_REASON = "none given"
_STATUSES = (ExitStatus.UNPROVED, ExitStatus.LOCKED, ExitStatus.FOLDER_ACCESS, ExitStatus.STREAM_CONFLICT)
_INTERRUPTED = "what is on the record stays there, and waits for: ecosmig publish --all"


def add_to(issues: typer.Typer) -> None:
    """Add the commands to the group."""
    command(
        issues,
        "resend",
        examples=(
            f'ecosmig issue resend {_NAME} --reason "the recipient lost it"',
            "ecosmig issue resend --report ECOSMIG-001 --supplier PXX999 --sequence 10 --dry-run",
        ),
        statuses=(*_STATUSES, ExitStatus.FINDING),
        interrupted=_INTERRUPTED,
    )(resend)
    command(
        issues,
        "correct",
        examples=(
            f'ecosmig issue correct {_NAME} --reason "responsibilities were wrong"',
            "ecosmig issue correct --report ECOSMIG-003 --supplier PXX999 --slot 2026-03-02T08:00:00Z --dry-run",
        ),
        statuses=(*_STATUSES, ExitStatus.FINDING, ExitStatus.FOREIGN_ROW, ExitStatus.SOURCE),
        interrupted=_INTERRUPTED,
    )(correct)
    command(
        issues,
        "withdraw",
        examples=(
            f"ecosmig issue withdraw {_NAME} --leave-file",
            f"ecosmig issue withdraw {_NAME} --remove-file --release --yes",
        ),
        statuses=(*_STATUSES, ExitStatus.FINDING, ExitStatus.SOURCE),
        interrupted="a withdrawal that is on the record stays; running the same command again takes out what is left",
    )(withdraw)


def resend(
    invocation: Invocation,
    names: Names = None,
    report: Report = None,
    supplier: Supplier = None,
    slot: DueAt = None,
    sequence: Sequence = None,
    reason: Reason = _NO_REASON,
    yes: Yes = False,  # noqa: FBT002 - a flag
    dry_run: DryRun = False,  # noqa: FBT002
    no_publish: NoPublish = False,  # noqa: FBT002
) -> int:
    """Send an issue again: the same number, name and bytes; no new number is taken.

    Where the file stands in its folder unchanged, that is said; where it is gone it is put there again; where other
    bytes stand, nothing is overwritten. Asks first on a terminal; elsewhere it needs --yes.
    """
    from ecosmig_publish.cli.views.issue_resend import resend_and_show  # noqa: PLC0415 - --help stays quick

    meant = _meant(names, report, supplier, slot, sequence)
    return resend_and_show(invocation, meant, reason or _NO_REASON, yes=yes, dry_run=dry_run, publishes=not no_publish)


def correct(
    invocation: Invocation,
    names: Names = None,
    report: Report = None,
    supplier: Supplier = None,
    slot: DueAt = None,
    sequence: Sequence = None,
    as_of: AsOf = None,
    reason: Reason = _NO_REASON,
    yes: Yes = False,  # noqa: FBT002 - a flag
    dry_run: DryRun = False,  # noqa: FBT002
    no_publish: NoPublish = False,  # noqa: FBT002
) -> int:
    """Issue a slot anew for one recipient, with the next number: the same rows, as the source has them now.

    The earlier issue is superseded and its file stays. Rows that are no longer this recipient's are held, and reach
    their own with the next slot. 003, 004 and 005 are told as a whole, also where the slot had nothing for the
    recipient. Asks first on a terminal; elsewhere it needs --yes.
    """
    from ecosmig_publish.cli.views.issue_correct import correct_and_show  # noqa: PLC0415 - --help stays quick
    from ecosmig_publish.cli.words import parse_instant  # noqa: PLC0415

    meant = _meant(names, report, supplier, slot, sequence)
    at = parse_instant(as_of)
    return correct_and_show(
        invocation, meant, at, reason or _NO_REASON, yes=yes, dry_run=dry_run, publishes=not no_publish
    )


def withdraw(
    invocation: Invocation,
    names: Names = None,
    report: Report = None,
    supplier: Supplier = None,
    slot: DueAt = None,
    sequence: Sequence = None,
    leave_file: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--leave-file", help="The file stays in the recipient's folder.")
    ] = False,
    remove_file: Annotated[  # noqa: FBT002
        bool, typer.Option("--remove-file", help="An administrator's right takes it out of there.")
    ] = False,
    release: Annotated[  # noqa: FBT002
        bool, typer.Option("--release", help="Its rows are held again, and go out with the next slots.")
    ] = False,
    reason: Reason = _NO_REASON,
    yes: Yes = False,  # noqa: FBT002
    dry_run: DryRun = False,  # noqa: FBT002
) -> int:
    """Take an issue back. Its number is never used again, and its rows count as reported unless they are released.

    --leave-file or --remove-file has to be said. What was not published yet never will be: the recipient sees that
    number missing. Asks first on a terminal; elsewhere it needs --yes.
    """
    from ecosmig_publish.cli.views.issue_withdraw import Choice, withdraw_and_show  # noqa: PLC0415 - --help stays quick
    from ecosmig_publish.errors import UsageError  # noqa: PLC0415

    meant = _meant(names, report, supplier, slot, sequence)
    if leave_file == remove_file:
        raise UsageError(
            f"what becomes of the file in its folder? Say --leave-file or --remove-file; {CHANGED_NOTHING}",
            hint="ecosmig issue withdraw --help",
        )
    return withdraw_and_show(
        invocation, meant, Choice(remove_file, release, reason or _NO_REASON), yes=yes, dry_run=dry_run
    )


def _meant(
    names: list[str] | None, report: str | None, supplier: str | None, slot: str | None, sequence: int | None
) -> "Meant":
    from ecosmig_publish.cli.words import parse_instant, parse_reports, parse_suppliers  # noqa: PLC0415 - as above
    from ecosmig_publish.workflows.amending.choosing import Meant  # noqa: PLC0415

    meant = Meant(
        names=tuple(dict.fromkeys(names or ())),
        report=parse_reports((report,))[0] if report else None,
        recipient=parse_suppliers((supplier,))[0] if supplier else None,
        due_at=parse_instant(slot, "--slot"),
        sequence=sequence,
    )
    meant.check()
    return meant
