"""What a recovery asks of the ledger, and puts into it in one transaction: slots and issues as folders hold them."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select, update

from ecosmig_publish.errors import LedgerError
from ecosmig_publish.ledger import tables
from ecosmig_publish.ledger.acts import read_acts
from ecosmig_publish.ledger.batches import batches
from ecosmig_publish.ledger.births import file_facts, insert_issues
from ecosmig_publish.ledger.chain import Deed, digest
from ecosmig_publish.ledger.columns import instant_text
from ecosmig_publish.ledger.entries import IssueEntry
from ecosmig_publish.ledger.slots import bounds, insert_slot
from ecosmig_publish.ledger.stopped import pass_over_lost, put_lost, put_stopped

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from ecosmig_publish.emrr.terms import Report, Signifier, Slot
    from ecosmig_publish.ledger.entries import FileEntry, HeldEntry, PublishedEntry, SlotEntry

RECOVER = "recover"
"""The kind of the act."""
RECOVERED = "recovered"
"""Why a slot that a recovery found no file of was skipped, and why an issue that it found counts as a correction."""
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class RecoveredIssue:
    """An issue as its files say; `items` are the files' ids in the folder, None for one that waits in the outbox."""

    recipient: Signifier
    created_at: datetime
    cut_off: datetime
    files: tuple[FileEntry, ...]
    items: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class RecoveredSlot:
    """A slot from the first in doubt on, with the issues that were found of it and its keys (006)."""

    entry: SlotEntry
    issues: tuple[RecoveredIssue, ...] = ()
    reported_keys: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class RecoveredReport:
    """What becomes of one report: its slots in their order, those of the ledger that fall due again, its held rows.

    `giving_way` are issues of the ledger that never left the outbox; `reported` are keys of holds that were reported.
    """

    report: Report
    slots: tuple[RecoveredSlot, ...]
    due_again: tuple[Slot, ...] = ()
    giving_way: frozenset[int] = frozenset()
    held: tuple[HeldEntry, ...] = ()
    reported: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Recovery:
    """All that is recorded with one act.

    `published` are files that the ledger knows and only the folder knew to be there. `refused` says of streams why
    they stay as they are, and are stopped from now on; `lost` are numbers that were used and whose files nobody has.
    `lost_head` is the newest act's hash of the ledger that was replaced, where it is known, and `lost_anchors` are
    those of its acts that this ledger doesn't have: name and quickXorHash each.
    """

    at: datetime
    reports: tuple[RecoveredReport, ...]
    published: tuple[PublishedEntry, ...] = ()
    refused: Mapping[tuple[Report, Signifier], Sequence[str]] = field(default_factory=dict)
    lost: Mapping[tuple[Report, Signifier], Sequence[int]] = field(default_factory=dict)
    lost_head: str | None = None
    lost_anchors: tuple[tuple[str, str | None], ...] = ()


def reported_holds(connection: Connection, report: Report, since: datetime) -> set[str]:
    """Return the keys of the holds that ended as reported by a slot due at `since` or later."""
    holds, slots = tables.holds, tables.slots
    wanted = (
        select(holds.c.key)
        .join_from(holds, slots, holds.c.closed_slot_id == slots.c.id)
        .where(holds.c.report == report, holds.c.closed == "reported", slots.c.due_at >= since)
    )
    return set(connection.execute(wanted).scalars())


def reported_keys_before(connection: Connection, report: Report, due_at: datetime) -> list[bytes]:
    """Return what slots due before an instant recorded as reported."""
    keys, slots = tables.reported_keys, tables.slots
    wanted = select(keys.c["keys"]).join_from(keys, slots).where(slots.c.report == report, slots.c.due_at < due_at)
    return list(connection.execute(wanted).scalars())


def gave_way(connection: Connection) -> set[str]:
    """Return the names of all files that gave way to what a recovery found."""
    told = (json.loads(act.content) for act in read_acts(connection, kind=RECOVER))
    return {str(file["name"]) for content in told for report in content["reports"] for file in report["gave_way"]}


def record_recovery(connection: Connection, recovery: Recovery) -> Deed:
    """Record it. Raises `LedgerError` where an issue that would give way has left the outbox."""
    gone = {it.report: _give_way(connection, it.giving_way) for it in recovery.reports}
    for it in recovery.reports:
        slot_ids = [_put_slot(connection, slot.entry) for slot in it.slots]
        _put_streams(connection, it)
        for slot_id, slot in zip(slot_ids, it.slots, strict=True):
            _put_issues(connection, slot_id, slot, recovery.at)
        _put_keys(connection, slot_ids, it.slots)
        _let_fall_due(connection, it.due_again, slot_ids[-1])
        _settle(connection, it, slot_ids[-1])
        _say_outcomes(connection, slot_ids)
    put_lost(connection, recovery.lost, recovery.at)
    pass_over_lost(connection)
    put_stopped(connection, recovery.refused, recovery.at)
    for entry in recovery.published:
        _prove(connection, entry.file_id, entry.item_id, recovery.at)
    return _deed(recovery, gone)


def _give_way(connection: Connection, issue_ids: Iterable[int]) -> list[dict[str, Any]]:
    """Remove issues that never left the outbox; return what they were."""
    gone: list[dict[str, Any]] = []
    files, issues, publications = tables.files, tables.issues, tables.publications
    # The latest first: a correction refers to what it superseded.
    for issue_id in sorted(issue_ids, reverse=True):
        rows = connection.execute(
            select(files.c.id, files.c.name, files.c.sha256, publications.c.published_at)
            .join_from(files, publications, publications.c.file_id == files.c.id)
            .where(files.c.issue_id == issue_id)
            .order_by(files.c.sequence)
        ).all()
        left = next((row.name for row in rows if row.published_at is not None), None)
        if left is not None:
            raise LedgerError(f"{left} has been published: it can't give way; nothing was recorded")
        ids = [row.id for row in rows]
        for of_file in (tables.resends, tables.conflicts, tables.receipts, publications):
            connection.execute(delete(of_file).where(of_file.c.file_id.in_(ids)))
        connection.execute(delete(files).where(files.c.issue_id == issue_id))
        for of_issue in (tables.brakes, tables.withdrawals, tables.recalls, tables.corrections):
            connection.execute(delete(of_issue).where(of_issue.c.issue_id == issue_id))
        connection.execute(delete(issues).where(issues.c.id == issue_id))
        gone += [{"name": row.name, "sha256": row.sha256} for row in rows]
    return sorted(gone, key=lambda it: str(it["name"]))


def _put_slot(connection: Connection, entry: SlotEntry) -> int:
    slots = tables.slots
    is_it = (slots.c.report == entry.slot.report) & (slots.c.due_at == entry.slot.due_at)
    known = connection.execute(select(slots.c.id).where(is_it)).scalar()
    if known is not None:
        connection.execute(update(slots).where(slots.c.id == known).values(**bounds(entry)))
        return int(known)
    return insert_slot(connection, entry, RECOVERED)


def _put_streams(connection: Connection, it: RecoveredReport) -> None:
    """Let each stream of the report end with the last of its files, those that are recovered among them."""
    report, files, streams, seeds = it.report.value, tables.files, tables.streams, tables.seeds
    last: Counter[str] = Counter()
    for recipient, number in connection.execute(
        select(seeds.c.recipient, seeds.c.last_sequence).where(seeds.c.report == report)
    ):
        last[recipient] = number
    of_files = select(files.c.recipient, func.max(files.c.sequence)).where(files.c.report == report)
    for recipient, number in connection.execute(of_files.group_by(files.c.recipient)):
        last[recipient] = max(last[recipient], number)
    for slot in it.slots:
        for issue in slot.issues:
            last[issue.recipient] = max(last[issue.recipient], issue.files[-1].sequence)
    of_streams = select(streams.c.recipient, streams.c.last_sequence).where(streams.c.report == report)
    present = {recipient: number for recipient, number in connection.execute(of_streams)}  # noqa: C416 - rows are no pairs
    for recipient in present.keys() | last.keys():
        is_it = (streams.c.report == report) & (streams.c.recipient == recipient)
        if not last[recipient]:
            connection.execute(delete(streams).where(is_it))
        elif recipient not in present:
            row = {"report": report, "recipient": recipient, "last_sequence": last[recipient]}
            connection.execute(insert(streams), row)
        elif present[recipient] != last[recipient]:
            connection.execute(update(streams).where(is_it).values(last_sequence=last[recipient]))


def _put_issues(connection: Connection, slot_id: int, slot: RecoveredSlot, at: datetime) -> None:
    """Insert a slot's recovered issues; one that is not the slot's first, or of another instant, as a correction."""
    report, issues, corrections = slot.entry.slot.report.value, tables.issues, tables.corrections
    for issue in slot.issues:
        wanted = select(func.max(issues.c.id)).where(issues.c.slot_id == slot_id, issues.c.recipient == issue.recipient)
        earlier = connection.execute(wanted).scalar()
        (issue_id,) = insert_issues(connection, slot_id, report, (IssueEntry(issue.recipient, issue.files),))
        if earlier is not None or issue.created_at != slot.entry.generated_at:
            row = {
                "issue_id": issue_id,
                "supersedes_id": earlier,
                "cut_off": issue.cut_off,
                "generated_at": issue.created_at,
                "reason": RECOVERED,
            }
            connection.execute(insert(corrections), row)
        names = {file.name: item for file, item in zip(issue.files, issue.items, strict=True)}
        of_issue = select(tables.files.c.id, tables.files.c.name).where(tables.files.c.issue_id == issue_id)
        for file_id, name in connection.execute(of_issue).all():
            item_id = names[name]
            if item_id is not None:
                _prove(connection, file_id, item_id, at)
    _know_directories(connection, slot_id, slot)


def _know_directories(connection: Connection, slot_id: int, slot: RecoveredSlot) -> None:
    known = set(connection.execute(select(tables.outbox_directories.c.name)).scalars())
    names = {file.outbox_path.partition("/")[0] for issue in slot.issues for file in issue.files} - known
    if names:
        connection.execute(
            insert(tables.outbox_directories), [{"name": name, "slot_id": slot_id} for name in sorted(names)]
        )


def _prove(connection: Connection, file_id: int, item_id: str, at: datetime) -> None:
    """Record that a file stands in its folder: it was read there, or listed with its size and hash."""
    publications = tables.publications
    connection.execute(
        update(publications)
        .where(publications.c.file_id == file_id)
        .values(item_id=item_id, adopted=True, published_at=at, proved_at=at)
    )
    connection.execute(delete(tables.conflicts).where(tables.conflicts.c.file_id == file_id))


def _put_keys(connection: Connection, slot_ids: Sequence[int], slots: Sequence[RecoveredSlot]) -> None:
    keys = tables.reported_keys
    for slot_id, slot in zip(slot_ids, slots, strict=True):
        connection.execute(delete(keys).where(keys.c.slot_id == slot_id))
        rows = [
            {"slot_id": slot_id, "ordinal": ordinal, "keys": blob} for ordinal, blob in enumerate(slot.reported_keys)
        ]
        if rows:
            connection.execute(insert(keys), rows)


def _let_fall_due(connection: Connection, due_again: Sequence[Slot], last_id: int) -> None:
    """Remove slots, so that they fall due again; what they held stays held, what they wrote stays known."""
    slots, holds = tables.slots, tables.holds
    for slot in due_again:
        wanted = select(slots.c.id).where(slots.c.report == slot.report, slots.c.due_at == slot.due_at)
        slot_id = connection.execute(wanted).scalar_one()
        for column in ("first_slot_id", "last_slot_id", "closed_slot_id"):
            connection.execute(update(holds).where(holds.c[column] == slot_id).values({column: last_id}))
        connection.execute(
            update(tables.outbox_directories)
            .where(tables.outbox_directories.c.slot_id == slot_id)
            .values(slot_id=last_id)
        )
        for of_slot in (tables.problems, tables.reported_keys):
            connection.execute(delete(of_slot).where(of_slot.c.slot_id == slot_id))
        connection.execute(delete(slots).where(slots.c.id == slot_id))


def _settle(connection: Connection, it: RecoveredReport, last_id: int) -> None:
    """Close the holds whose rows were found in files, and hold what was found in none."""
    holds = tables.holds
    is_open = (holds.c.report == it.report) & holds.c.closed.is_(None)
    for some in batches(sorted(it.reported), _AT_ONCE):
        connection.execute(
            update(holds)
            .where(is_open, holds.c.key.in_(some))
            .values(closed="reported", closed_slot_id=last_id, last_slot_id=last_id)
        )
    held_already = set(connection.execute(select(holds.c.key).where(is_open)).scalars())
    new = [
        {
            "report": it.report.value,
            "key": entry.key,
            "reasons": " ".join(entry.reasons),
            "recipient": entry.recipient,
            "first_slot_id": last_id,
            "last_slot_id": last_id,
        }
        for entry in it.held
        if entry.key not in held_already
    ]
    if new:
        connection.execute(insert(holds), new)
        connection.execute(
            update(tables.slots)
            .where(tables.slots.c.id == last_id)
            .values(held=len(held_already | {row["key"] for row in new}))
        )


def _say_outcomes(connection: Connection, slot_ids: Sequence[int]) -> None:
    """Let each slot be issued where it has an issue of its own, and skipped where it has none."""
    slots, issues, corrections = tables.slots, tables.issues, tables.corrections
    for slot_id in slot_ids:
        own = (
            select(func.count())
            .select_from(issues.outerjoin(corrections, corrections.c.issue_id == issues.c.id))
            .where(issues.c.slot_id == slot_id, corrections.c.issue_id.is_(None))
        )
        is_issued = bool(connection.execute(own).scalar())
        now = connection.execute(select(slots.c.outcome).where(slots.c.id == slot_id)).scalar()
        if is_issued and now != "issued":
            connection.execute(update(slots).where(slots.c.id == slot_id).values(outcome="issued", reason=None))
        elif not is_issued and now != "skipped":
            connection.execute(update(slots).where(slots.c.id == slot_id).values(outcome="skipped", reason=RECOVERED))


def _deed(recovery: Recovery, gave_way: Mapping[Report, list[dict[str, Any]]]) -> Deed:
    found = sum(len(issue.files) for it in recovery.reports for slot in it.slots for issue in slot.issues)
    return Deed(
        RECOVER,
        f"{found} files",
        {
            "lost_head": recovery.lost_head,
            "lost_anchors": [list(anchor) for anchor in recovery.lost_anchors],
            "reports": [_facts(it, gave_way[it.report]) for it in recovery.reports],
            "published": sorted(entry.file_id for entry in recovery.published),
            "refused": {f"{of} {to}": list(reasons) for (of, to), reasons in sorted(recovery.refused.items())},
            "lost": [[of.value, to, number] for (of, to), some in sorted(recovery.lost.items()) for number in some],
        },
    )


def _facts(it: RecoveredReport, gave_way: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "report": it.report.value,
        "slots": [
            {
                "due_at": instant_text(slot.entry.slot.due_at),
                "cut_off": instant_text(slot.entry.cut_off),
                "generated_at": instant_text(slot.entry.generated_at),
                "watermark": [slot.entry.watermark.count, slot.entry.watermark.checksum]
                if slot.entry.watermark
                else None,
                "files": [
                    {**facts, "created_at": instant_text(issue.created_at), "item_id": item}
                    for issue in slot.issues
                    for facts, item in zip(
                        file_facts((IssueEntry(issue.recipient, issue.files),)), issue.items, strict=True
                    )
                ],
                "reported_keys": digest([blob.hex() for blob in slot.reported_keys]),
            }
            for slot in it.slots
        ],
        "due_again": [instant_text(slot.due_at) for slot in it.due_again],
        "gave_way": gave_way,
        # Keys may hold a Device ID: the act binds them by their digest.
        "held": digest(sorted([entry.key, list(entry.reasons)] for entry in it.held)),
        "reported": digest(sorted(it.reported)),
    }
