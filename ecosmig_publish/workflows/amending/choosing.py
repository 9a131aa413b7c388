"""Which issues are meant: by the names of their files, or by report, recipient and slot or number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.catalogue import SUMMARIES
from ecosmig_publish.emrr.filename import parse_file_name
from ecosmig_publish.emrr.terms import Slot
from ecosmig_publish.errors import InvalidFileError, UsageError
from ecosmig_publish.ledger import IssueName
from ecosmig_publish.workflows.amending.target import Target

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ecosmig_publish.emrr.terms import Report, Signifier
    from ecosmig_publish.ledger import Ledger, RecordedIssue

_LIST = "ecosmig audit list shows every file that was issued."


@dataclass(frozen=True, slots=True)
class Meant:
    """What was said of the issues: file names alone, or a report and a recipient with a slot or a number."""

    names: Sequence[str] = ()
    report: Report | None = None
    recipient: Signifier | None = None
    due_at: datetime | None = None
    sequence: int | None = None

    def check(self) -> None:
        """Raise `UsageError` where what was said is too little, or too much."""
        others = (self.report, self.recipient, self.due_at, self.sequence)
        by_stream = self.report is not None and self.recipient is not None
        if self.names and any(it is not None for it in others):
            raise UsageError("an issue is named by its file, or by --report, --supplier and --slot or --sequence")
        if not self.names and not (by_stream and (self.due_at is None) != (self.sequence is None)):
            raise UsageError(
                "which issue? Name its file, or give --report and --supplier with either --slot or --sequence",
                hint=_LIST,
            )


def chosen_issues(meant: Meant, ledger: Ledger | None) -> list[RecordedIssue]:
    """Return the issues that are meant, each once, in the order of their streams.

    A slot that was corrected means its newest issue. Raises `UsageError` for what nobody issued.
    """
    meant.check()
    found: dict[int, RecordedIssue] = {}
    if meant.names:
        for name in meant.names:
            issue = _newest(ledger, _of_file(name))
            if issue is None:
                raise UsageError(f"{name}: no file of this name was issued here", hint=_LIST)
            found[issue.issue_id] = issue
    else:
        issue = _newest(ledger, _of_stream(meant))
        if issue is None:
            raise UsageError(f"{_words(meant)}: nothing was issued", hint=_LIST)
        found[issue.issue_id] = issue
    return sorted(found.values(), key=lambda it: (it.recipient, it.slot.report, it.files[0].sequence))


def chosen_targets(meant: Meant, ledger: Ledger | None) -> list[Target]:
    """Return what is to be corrected: the issues that are meant, or a summary that a slot has not for a recipient.

    Raises `UsageError` where an issue isn't the newest of its slot and recipient, or can't be corrected any more.
    """
    meant.check()
    if ledger is not None and meant.report is not None and meant.recipient is not None and meant.due_at is not None:
        slot = ledger.slot_entry(Slot(meant.due_at, meant.report))
        if slot is None:
            raise UsageError(
                f"{_words(meant)}: this slot was not issued", hint="ecosmig status --json lists the slots."
            )
        if _newest(ledger, _of_stream(meant)) is None:
            if meant.report not in SUMMARIES:
                raise UsageError(
                    f"{_words(meant)}: nothing was issued that could be corrected",
                    hint="Rows of this report that were not reported yet go out with its next slot.",
                )
            return [Target(slot, meant.recipient, None)]
    return [_target(issue, ledger) for issue in chosen_issues(meant, ledger)]


def _target(issue: RecordedIssue, ledger: Ledger | None) -> Target:
    slot = ledger.slot_entry(issue.slot) if ledger is not None else None
    assert slot is not None  # noqa: S101 - an issue has a slot
    successor = issue.files[0].superseded_by
    if successor is not None:
        raise UsageError(
            f"{issue.name} is superseded already, by {successor}; nothing was changed",
            hint=f"Correct the newest: ecosmig issue correct {successor}",
        )
    if issue.withdrawn is not None and issue.withdrawn.released:
        raise UsageError(
            f"{issue.name} was withdrawn and its rows released: the next slots carry them; nothing was changed",
            hint="ecosmig held lists those that still wait.",
        )
    return Target(slot, issue.recipient, issue)


def _of_file(name: str) -> IssueName:
    try:
        parse_file_name(name)
    except InvalidFileError as error:
        raise UsageError(str(error), hint=error.hint) from error
    return IssueName(file=name)


def _of_stream(meant: Meant) -> IssueName:
    return IssueName(report=meant.report, recipient=meant.recipient, due_at=meant.due_at, sequence=meant.sequence)


def _newest(ledger: Ledger | None, named: IssueName) -> RecordedIssue | None:
    found = ledger.issues(named) if ledger is not None else []
    return found[-1] if found else None


def _words(meant: Meant) -> str:
    which = f"slot {meant.due_at:%Y-%m-%dT%H:%M:%SZ}" if meant.due_at else f"number {meant.sequence}"
    return f"{meant.report} for {meant.recipient}, {which}"
