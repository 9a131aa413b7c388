"""To resend: the same number, name and bytes; the files wait once more, and are placed again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.errors import UsageError
from ecosmig_publish.ledger import ResendEntry
from ecosmig_publish.workflows.amending.printed import intact_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from ecosmig_publish.ledger import Ledger, RecordedIssue
    from ecosmig_publish.outbox import Outbox


def refuse_resending(issue: RecordedIssue, outbox: Outbox) -> None:
    """Raise where an issue can't be sent again: `UsageError`, or `OutboxError` where its files are not as issued."""
    if issue.withdrawn is not None:
        raise UsageError(
            f"{issue.name} was withdrawn; it is not sent again, and nothing was changed",
            hint="ecosmig issue correct makes a new issue of its slot, with the next number.",
        )
    if all(file.published_at is None for file in issue.files):
        raise UsageError(
            f"{issue.name} was not published yet: it waits anyway; nothing was changed",
            hint="ecosmig publish --all publishes it.",
        )
    for file in issue.files:
        intact_file(file, outbox)


def resend(issue: RecordedIssue, *, ledger: Ledger, outbox: Outbox, reason: str, now: Callable[[], datetime]) -> None:
    """Let an issue wait to be published again. Raises as `refuse_resending` does, and `LedgerError`."""
    refuse_resending(issue, outbox)
    ledger.record_resend(ResendEntry(issue.issue_id, now(), reason))
