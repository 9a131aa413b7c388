"""To take over from an older system: streams that go on from its last numbers, reports from what it has reported."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select

from ecosmig_publish.emrr.terms import Report, Signifier
from ecosmig_publish.errors import LedgerError
from ecosmig_publish.ledger import tables
from ecosmig_publish.ledger.chain import Deed, digest
from ecosmig_publish.ledger.columns import instant_text
from ecosmig_publish.ledger.slots import insert_slot

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from ecosmig_publish.ledger.entries import SlotEntry

SEEDED = "seeded"
"""Why a slot was skipped that an older system issued."""

_HINT = "ecosmig status shows the streams and slots that there are; only what nothing was issued of can be seeded."


@dataclass(frozen=True, slots=True)
class StreamSeed:
    """The last number of a stream that an older system issued."""

    report: Report
    recipient: Signifier
    last_sequence: int


@dataclass(frozen=True, slots=True)
class SlotSeed:
    """The last slot of a report that an older system issued, and the keys that count as reported with it (006)."""

    entry: SlotEntry
    reported_keys: tuple[bytes, ...] = ()


def record_seeds(
    connection: Connection, streams: tuple[StreamSeed, ...], slots: tuple[SlotSeed, ...], at: datetime
) -> Deed | None:
    """Record what an older system issued, all of it or nothing; what was seeded before and not used yet is replaced.

    Raises `LedgerError` where something was issued already.
    """
    if not streams and not slots:
        return None
    for stream in streams:
        _put_stream(connection, stream, at)
    for slot in slots:
        _put_slot(connection, slot)
    return Deed(
        "seed",
        f"{len(streams)} streams, {len(slots)} reports",
        {
            "seeded_at": instant_text(at),
            "streams": [[it.report.value, it.recipient, it.last_sequence] for it in streams],
            "slots": [_facts(it) for it in slots],
        },
    )


def stands_in_the_way(connection: Connection, report: Report, recipient: Signifier | None = None) -> str | None:
    """Return why a stream, or a report (without `recipient`), can't be seeded any more, None where it can."""
    files, slots = tables.files.c, tables.slots.c
    if recipient is not None:
        wanted = select(func.max(files.sequence)).where(files.report == report, files.recipient == recipient)
        last = connection.execute(wanted).scalar()
        return None if last is None else f"{report} for {recipient}: number {last:,} was issued already"
    of_report = select(func.max(slots.due_at, type_=slots.due_at.type)).where(
        slots.report == report, (slots.reason != SEEDED) | slots.reason.is_(None)
    )
    due_at = connection.execute(of_report).scalar()
    return None if due_at is None else f"{report}: its slot of {due_at:%Y-%m-%dT%H:%M:%SZ} was issued already"


def seeded_numbers(connection: Connection) -> dict[tuple[Report, Signifier], int]:
    """Return the last number of every stream that was taken over from an older system."""
    seeds = tables.seeds.c
    rows = connection.execute(select(seeds.report, seeds.recipient, seeds.last_sequence))
    return {(Report(report), Signifier(recipient)): last for report, recipient, last in rows}


def _put_stream(connection: Connection, seed: StreamSeed, at: datetime) -> None:
    _refuse(stands_in_the_way(connection, seed.report, seed.recipient))
    for table in (tables.seeds, tables.streams):
        is_it = (table.c.report == seed.report) & (table.c.recipient == seed.recipient)
        connection.execute(delete(table).where(is_it))
    row = {"report": seed.report.value, "recipient": seed.recipient, "last_sequence": seed.last_sequence}
    connection.execute(insert(tables.streams), row)
    connection.execute(insert(tables.seeds), {**row, "seeded_at": at})


def _put_slot(connection: Connection, seed: SlotSeed) -> None:
    entry, slots, keys = seed.entry, tables.slots, tables.reported_keys
    _refuse(stands_in_the_way(connection, entry.slot.report))
    known = connection.execute(select(slots.c.id).where(slots.c.report == entry.slot.report)).scalar()
    if known is not None:
        connection.execute(delete(keys).where(keys.c.slot_id == known))
        connection.execute(delete(slots).where(slots.c.id == known))
    slot_id = insert_slot(connection, entry, SEEDED)
    rows = [{"slot_id": slot_id, "ordinal": place, "keys": blob} for place, blob in enumerate(seed.reported_keys)]
    if rows:
        connection.execute(insert(keys), rows)


def _facts(seed: SlotSeed) -> dict[str, object]:
    entry = seed.entry
    return {
        "report": entry.slot.report.value,
        "due_at": instant_text(entry.slot.due_at),
        "period": [instant_text(entry.period.start), instant_text(entry.period.end)],
        "cut_off": instant_text(entry.cut_off),
        "generated_at": instant_text(entry.generated_at),
        "watermark": [entry.watermark.count, entry.watermark.checksum] if entry.watermark else None,
        "reported_keys": digest([hashlib.sha256(blob).hexdigest() for blob in seed.reported_keys]),
    }


def _refuse(reason: str | None) -> None:
    if reason is not None:
        raise LedgerError(f"{reason}; nothing was seeded", hint=_HINT)
