"""The slots of a report from the first in doubt on, with bounds that only grow; pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.calendar import due_slots, period_of
from ecosmig_publish.ledger import RecoveredIssue, RecoveredSlot, SlotEntry

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from ecosmig_publish.emrr.terms import Report, Slot
    from ecosmig_publish.ledger import RecordedFile, RecordedSlot
    from ecosmig_publish.workflows.recovery.recovering_streams import Found

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Doubted:
    """A report's slots from the first that the ledger doesn't tell rightly.

    `trusted` is the last before them, None where there is none; `kept` are the ledger's files of these slots that
    stay, `due_again` its slots after the last that anything is known of.
    """

    report: Report
    trusted: SlotEntry | None
    slots: tuple[RecoveredSlot, ...]
    kept: tuple[RecordedFile, ...]
    due_again: tuple[Slot, ...]

    @property
    def last(self) -> SlotEntry:
        """The report's last slot from now on."""
        return self.slots[-1].entry


def issues_of(found: Iterable[Found], settle: timedelta) -> dict[Slot, list[RecoveredIssue]]:
    """Return what was found as issues: files of one slot, recipient and instant, in the order of their numbers."""
    issues: dict[Slot, list[RecoveredIssue]] = {}
    ordered = sorted(found, key=lambda it: (it.header.recipient, it.header.sequence))
    for (slot, recipient, created_at), files in groupby(
        ordered, key=lambda it: (it.slot, it.header.recipient, it.header.created_at)
    ):
        of_issue = list(files)
        entries = tuple(replace(it.entry, part=part) for part, it in enumerate(of_issue, 1))
        issue = RecoveredIssue(
            recipient, created_at, created_at - settle, entries, tuple(it.item_id for it in of_issue)
        )
        issues.setdefault(slot, []).append(issue)
    return issues


def doubted(
    report: Report,
    issues: Mapping[Slot, Sequence[RecoveredIssue]],
    known: Sequence[RecordedSlot],
    files: Sequence[RecordedFile],
    giving_way: Collection[int],
) -> Doubted:
    """Return the slots in doubt. `known` and `files` are all of the report's in the ledger, `issues` what was found."""
    first = min([*(slot.due_at for slot in issues), *(file.due_at for file in files if file.issue_id in giving_way)])
    earlier = [slot for slot in known if slot.slot.due_at < first]
    kept = [file for file in files if file.due_at >= first and file.issue_id not in giving_way]
    last = max([*(slot.due_at for slot in issues), *(file.due_at for file in kept)])
    trusted = max(earlier, key=lambda it: it.slot.due_at, default=None)
    stays = {file.due_at for file in kept}
    own = {it.slot: (it.cut_off, it.generated_at) for it in known if it.slot.due_at in stays}
    for slot, of_slot in issues.items():
        one = min(of_slot, key=lambda it: it.created_at)
        own.setdefault(slot, (one.cut_off, one.created_at))
    after = trusted.slot.due_at if trusted else first - _INSTANT
    bounds = _growing(list(due_slots(report, after=after, until=last)), own, trusted.cut_off if trusted else None)
    return Doubted(
        report,
        _entry(trusted) if trusted else None,
        tuple(RecoveredSlot(entry, tuple(issues.get(entry.slot, ()))) for entry in bounds),
        tuple(kept),
        tuple(it.slot for it in known if it.slot.due_at > last),
    )


def _growing(
    slots: Sequence[Slot], own: Mapping[Slot, tuple[datetime, datetime]], least: datetime | None
) -> list[SlotEntry]:
    """Return the slots with their bounds: their own, else those of the next that has any; none before an earlier one's.

    Whatever lies under bounds that are later than they were then, and stands in no file, is held.
    """
    entries: list[SlotEntry] = []
    following = None
    for slot in reversed(slots):
        following = own.get(slot, following)
        assert following is not None  # noqa: S101 - the last slot has bounds of its own
        cut_off, generated_at = following
        entries.append(SlotEntry(slot, period_of(slot), cut_off, generated_at, None))
    grown: list[SlotEntry] = []
    for entry in reversed(entries):
        cut_off = entry.cut_off if least is None else max(entry.cut_off, least)
        grown.append(replace(entry, cut_off=cut_off, generated_at=max(entry.generated_at, cut_off)))
        least = cut_off
    return grown


def _entry(slot: RecordedSlot) -> SlotEntry:
    return SlotEntry(slot.slot, slot.period, slot.cut_off, slot.generated_at, None)
