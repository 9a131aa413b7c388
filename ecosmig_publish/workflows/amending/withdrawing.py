"""To withdraw: an issue is taken back; its file is left or removed, its rows count as reported or are held again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.catalogue import SUMMARIES
from ecosmig_publish.errors import UsageError
from ecosmig_publish.ledger import HeldEntry, WithdrawalEntry

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from ecosmig_publish.ledger import Ledger, RecordedIssue
    from ecosmig_publish.migration_data import MigrationData
    from ecosmig_publish.outbox import Outbox


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What is to be done with an issue: `released` are its rows by key, None where they count as reported.

    `gone` counts the rows that can't be released, because the source no longer has them. `is_recorded` says that the
    withdrawal itself stands in the ledger already, and only its files are still to be taken out.
    """

    issue: RecordedIssue
    removes: bool
    released: Mapping[str, HeldEntry] | None = None
    gone: int = 0
    is_recorded: bool = False

    @property
    def leaves_a_gap(self) -> bool:
        """Whether the recipient will never see a number of it."""
        return any(file.published_at is None for file in self.issue.files)


def planned_withdrawal(
    issue: RecordedIssue,
    *,
    removes: bool,
    releases: bool,
    ledger: Ledger,
    outbox: Outbox,
    open_data: Callable[[], MigrationData],
    still_stands: Callable[[], bool],
) -> Withdrawal:
    """Return what `withdraw` would do; changes nothing, and opens the source only to release rows.

    `still_stands` is asked of what was to be removed before: whether any of its files stands in the folder yet.

    Raises `UsageError` where nothing is left to do or the rows are not the issue's to release; `OutboxError` where
    its files are needed and are not as they were issued; `SourceError`.
    """
    if releases:
        _refuse_release(issue)
    before = issue.withdrawn
    still_releases = releases and not (before and before.released)
    still_removes = removes and (before is None or not before.removed or still_stands())
    if before is not None and not still_releases and not still_removes:
        raise UsageError(
            f"{issue.name} was withdrawn already, at {before.at:%Y-%m-%dT%H:%M:%SZ}; nothing was changed",
            hint="ecosmig audit list shows what became of it.",
        )
    if not still_releases:
        return Withdrawal(issue, removes, is_recorded=before is not None and before.removed)
    from ecosmig_publish.workflows.amending.carried import carried_rows  # noqa: PLC0415 - needs the engine
    from ecosmig_publish.workflows.issuing.keys import ledger_key  # noqa: PLC0415

    with open_data() as data:
        carried = carried_rows(issue, ledger=ledger, outbox=outbox, data=data)
    keys = [ledger_key(issue.slot.report, key) for key in carried.keys["key"].to_pylist()]
    reasons = (f"withdrawn:{issue.name}",)
    released = {key: HeldEntry(key, reasons, issue.recipient) for key in keys}
    return Withdrawal(issue, removes, released, carried.gone)


def record_withdrawal(planned: Withdrawal, *, ledger: Ledger, reason: str, now: Callable[[], datetime]) -> None:
    """Record what was planned, in one transaction. Raises `LedgerError`."""
    if planned.is_recorded:
        return
    ledger.record_withdrawal(
        WithdrawalEntry(
            issue_id=planned.issue.issue_id,
            withdrawn_at=now(),
            reason=reason,
            removed=planned.removes,
            released=None if planned.released is None else tuple(planned.released.values()),
            gone=planned.gone,
        )
    )


def _refuse_release(issue: RecordedIssue) -> None:
    if issue.slot.report in SUMMARIES:
        raise UsageError(
            f"{issue.name}: --release: nothing of {issue.slot.report} is held, each slot tells it anew; nothing was "
            "changed",
            hint=f"ecosmig issue correct {issue.name} makes the report of this slot anew.",
        )
    if issue.superseded_by_id is not None:
        raise UsageError(
            f"{issue.name}: --release: its rows are in {issue.files[0].superseded_by}, which superseded it; nothing "
            "was changed",
            hint="Withdraw it without --release.",
        )
