"""What `issue release` does and shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecosmig_publish.cli.asking import confirm, is_at_terminal
from ecosmig_publish.cli.counted import counted
from ecosmig_publish.cli.ending import CHANGED_NOTHING
from ecosmig_publish.cli.views.brake import brake_document, show_braked
from ecosmig_publish.cli.wired import wired
from ecosmig_publish.errors import ExitStatus, UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from ecosmig_publish.cli.invocation import Invocation
    from ecosmig_publish.emrr.terms import Report, Signifier
    from ecosmig_publish.ledger import BrakedIssue, BrakedSlot, Ledger

_NEXT = "ecosmig publish --all"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was asked for: file names, or everything that fits; nothing at all is only looked at."""

    names: frozenset[str] = frozenset()
    reports: Collection[Report] = ()
    due_at: datetime | None = None
    suppliers: Collection[Signifier] = ()
    everything: bool = False

    @property
    def is_nothing(self) -> bool:
        """Whether nothing was asked for."""
        return not (self.names or self.reports or self.due_at or self.suppliers or self.everything)


def release_and_show(invocation: Invocation, chosen: Chosen, *, yes: bool) -> int:
    """Show what the brake holds of what was chosen, ask, and let it go. Raises `UsageError` where it holds nothing."""
    wiring = wired(invocation)
    ledger = wiring.existing_ledger()
    issues: list[BrakedIssue] = []
    slots: list[BrakedSlot] = []
    if ledger is not None:
        with ledger:
            issues, slots = _held(ledger, chosen)
    if chosen.is_nothing:
        document = {"released": False, **brake_document(issues, slots), "next": None}
        invocation.result(document, lambda: _list(issues, slots))
        return ExitStatus.OK
    _refuse_nothing(chosen, issues, slots)
    _ask(invocation, issues, slots, yes=yes)
    # Nobody is asked while the lock is held: a person may take an hour.
    with wiring.locked_ledger() as ledger:
        ledger.release([issue.issue_id for issue in issues], [slot.slot for slot in slots])
    document = {"released": True, **brake_document(issues, slots), "next": _NEXT}
    invocation.result(document, lambda: _tell(issues, slots))
    return ExitStatus.OK


def _held(ledger: Ledger, chosen: Chosen) -> tuple[list[BrakedIssue], list[BrakedSlot]]:
    issues = [issue for issue in ledger.braked_issues() if _fits_issue(issue, chosen)]
    slots = [slot for slot in ledger.braked_slots() if _fits_slot(slot, chosen)]
    return issues, slots


def _fits_issue(issue: BrakedIssue, chosen: Chosen) -> bool:
    if chosen.names:
        return not chosen.names.isdisjoint(issue.names)
    return (
        (not chosen.reports or issue.slot.report in chosen.reports)
        and (chosen.due_at is None or issue.slot.due_at == chosen.due_at)
        and (not chosen.suppliers or issue.recipient in chosen.suppliers)
    )


def _fits_slot(slot: BrakedSlot, chosen: Chosen) -> bool:
    if chosen.names or chosen.suppliers:
        return False
    return (not chosen.reports or slot.slot.report in chosen.reports) and (
        chosen.due_at is None or slot.slot.due_at == chosen.due_at
    )


def _refuse_nothing(chosen: Chosen, issues: Sequence[BrakedIssue], slots: Sequence[BrakedSlot]) -> None:
    hint = "ecosmig issue release, without anything after it, lists what the brake holds."
    known = {name for issue in issues for name in issue.names}
    for name in chosen.names:
        if name not in known:
            raise UsageError(f"{name}: the brake holds no such file; {CHANGED_NOTHING}", hint=hint)
    if not issues and not slots:
        raise UsageError(f"the brake holds nothing of that; {CHANGED_NOTHING}", hint=hint)


def _ask(invocation: Invocation, issues: Sequence[BrakedIssue], slots: Sequence[BrakedSlot], *, yes: bool) -> None:
    if yes:
        return
    many = _counted(issues, slots)
    if not is_at_terminal():
        raise UsageError(
            f"release {many}? Nobody is there to be asked; {CHANGED_NOTHING}", hint="Look at it, then add --yes."
        )
    for slot in slots:
        invocation.say(f"{slot.slot.report} {slot.slot.due_at:%Y-%m-%d %H:%MZ}: {slot.reason}")
    for issue in issues:
        invocation.say(f"{issue.names[0]}: {issue.reason}")
    confirm(f"Release {many}?", otherwise=CHANGED_NOTHING)


def _list(issues: Sequence[BrakedIssue], slots: Sequence[BrakedSlot]) -> None:
    from ecosmig_publish.cli.screen import show_line  # noqa: PLC0415 - rich is slow to import

    show_braked(issues, slots)
    if issues or slots:
        show_line(f"The brake holds {_counted(issues, slots)}; all of it goes by: ecosmig issue release --all")
        show_line("An issue that is wrong is taken back instead: ecosmig issue withdraw --help")
    else:
        show_line("The brake holds nothing.")


def _tell(issues: Sequence[BrakedIssue], slots: Sequence[BrakedSlot]) -> None:
    from ecosmig_publish.cli.screen import show_line  # noqa: PLC0415 - rich is slow to import

    for slot in slots:
        show_line(
            f"released: {slot.slot.report}, slot {slot.slot.due_at:%Y-%m-%d %H:%MZ}: issued as it is by the next run"
        )
    for issue in issues:
        show_line(f"released: {', '.join(issue.names)} ({issue.rows:,} rows)")
    show_line(f"The next run publishes what was released: {_NEXT}")


def _counted(issues: Sequence[BrakedIssue], slots: Sequence[BrakedSlot]) -> str:
    return " and ".join(counted(len(held), word) for held, word in ((issues, "issue"), (slots, "slot")) if held)
