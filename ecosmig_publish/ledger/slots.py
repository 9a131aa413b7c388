"""Slots as they were recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, insert, select, update

from ecosmig_publish.emrr.terms import Period, Report, Slot
from ecosmig_publish.errors import LedgerError
from ecosmig_publish.ledger import tables
from ecosmig_publish.ledger.chain import Deed
from ecosmig_publish.ledger.entries import SlotEntry, Watermark
from ecosmig_publish.ledger.tables import files, issues, slots
from ecosmig_publish.ledger.views import RecordedSlot, SlotProblem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import Connection, FromClause, Row

_LAST = select(slots).where(slots.c.report == bindparam("of_report")).order_by(slots.c.due_at.desc()).limit(1)


def insert_slot(connection: Connection, entry: SlotEntry, skipped: str | None, *, held: int = 0) -> int:
    """Insert a slot, issued unless `skipped` says why not; return its id."""
    inserted = connection.execute(
        insert(slots).returning(slots.c.id),
        {
            "report": entry.slot.report.value,
            "due_at": entry.slot.due_at,
            "period_start": entry.period.start,
            "period_end": entry.period.end,
            **bounds(entry),
            "outcome": "issued" if skipped is None else "skipped",
            "reason": skipped,
            "held": held,
        },
    )
    return int(inserted.scalar_one())


def bounds(entry: SlotEntry) -> dict[str, object]:
    """Return what a slot was issued by, as the table keeps it."""
    return {
        "cut_off": entry.cut_off,
        "generated_at": entry.generated_at,
        "watermark_count": entry.watermark.count if entry.watermark else None,
        "watermark_checksum": str(entry.watermark.checksum) if entry.watermark else None,
    }


def last_slots(connection: Connection) -> dict[Report, SlotEntry]:
    """Return the latest slot of each report that has one."""
    # Report by report: grouped, SQLite goes through every slot there is.
    found = ((report, connection.execute(_LAST, {"of_report": report.value}).first()) for report in Report)
    return {report: _entry(row) for report, row in found if row is not None}


def slot_entry(connection: Connection, slot: Slot) -> SlotEntry | None:
    """Return a slot as it was issued or skipped, None where it is not recorded."""
    wanted = select(slots).where(slots.c.report == slot.report, slots.c.due_at == slot.due_at)
    row = connection.execute(wanted).first()
    return None if row is None else _entry(row)


def slot_before(connection: Connection, slot: Slot) -> SlotEntry | None:
    """Return the slot of the same report before one, None where there is none."""
    earlier = select(slots).where(slots.c.report == slot.report, slots.c.due_at < slot.due_at)
    row = connection.execute(earlier.order_by(slots.c.due_at.desc()).limit(1)).first()
    return None if row is None else _entry(row)


def last_cut_off(connection: Connection) -> datetime | None:
    """Return the latest cut-off that any slot used, None before the first."""
    return connection.execute(select(func.max(slots.c.cut_off, type_=slots.c.cut_off.type))).scalar()


def read_slots(connection: Connection, report: Report | None, limit: int | None) -> list[RecordedSlot]:
    """Return the slots with their counts, latest first; of one report, or at most `limit` of them."""
    wanted = select(slots).order_by(slots.c.due_at.desc(), slots.c.report.desc())
    if report is not None:
        wanted = wanted.where(slots.c.report == report)
    if limit is not None:
        wanted = wanted.limit(limit)
    chosen = connection.execute(wanted).all()
    # Counted for the chosen slots alone: their neighbours' files may be a million.
    ids = wanted.with_only_columns(slots.c.id).subquery() if limit is not None or report is not None else None
    issued, problems = _issued(connection, ids), _problems(connection, ids)
    return [
        RecordedSlot(
            slot=Slot(row.due_at, Report(row.report)),
            period=Period(row.period_start, row.period_end),
            cut_off=row.cut_off,
            generated_at=row.generated_at,
            outcome=row.outcome,
            reason=row.reason,
            issues=issued.get(row.id, (0, 0, 0))[0],
            files=issued.get(row.id, (0, 0, 0))[1],
            rows=issued.get(row.id, (0, 0, 0))[2],
            held=row.held,
            problems=problems.get(row.id, 0),
        )
        for row in chosen
    ]


def _issued(connection: Connection, ids: FromClause | None) -> dict[int, tuple[int, int, int]]:
    """Return how many issues, files and rows each slot has."""
    wanted = (
        select(
            issues.c.slot_id,
            func.count(issues.c.id.distinct()),
            func.count(files.c.id),
            func.coalesce(func.sum(files.c.rows), 0),
        )
        # By the issue alone: with the rest of the foreign key SQLite goes through the recipient's whole stream.
        .select_from(issues.join(files, files.c.issue_id == issues.c.id))
        .group_by(issues.c.slot_id)
    )
    if ids is not None:
        wanted = wanted.where(issues.c.slot_id.in_(select(ids.c.id)))
    return {slot: (count, of_files, int(rows)) for slot, count, of_files, rows in connection.execute(wanted)}


def _problems(connection: Connection, ids: FromClause | None) -> dict[int, int]:
    """Return how many problems each slot has."""
    problems = tables.problems
    wanted = select(problems.c.slot_id, func.sum(problems.c.count)).group_by(problems.c.slot_id)
    if ids is not None:
        wanted = wanted.where(problems.c.slot_id.in_(select(ids.c.id)))
    return {slot: int(count) for slot, count in connection.execute(wanted)}


def read_problems(connection: Connection, slot: Slot | None, report: Report | None) -> list[SlotProblem]:
    """Return problems as they were listed, latest slot first: of one slot, of one report, or all."""
    problems = tables.problems
    wanted = (
        select(
            slots.c.due_at,
            slots.c.report,
            problems.c.reason,
            problems.c.key,
            problems.c.recipient,
            problems.c.count,
        )
        .join_from(problems, slots)
        .order_by(slots.c.due_at.desc(), slots.c.report, problems.c.id)
    )
    if slot is not None:
        wanted = wanted.where(slots.c.report == slot.report, slots.c.due_at == slot.due_at)
    if report is not None:
        wanted = wanted.where(slots.c.report == report)
    return [
        SlotProblem(Slot(due_at, Report(of)), reason, key, recipient, count)
        for due_at, of, reason, key, recipient, count in connection.execute(wanted)
    ]


def reported_keys(connection: Connection, report: Report, after: datetime | None = None) -> Iterator[bytes]:
    """Yield what slots of a report, due `after` an instant, recorded as reported, in the order in which it was."""
    keys = tables.reported_keys
    wanted = (
        select(keys.c["keys"])
        .join_from(keys, slots)
        .where(slots.c.report == report)
        .order_by(slots.c.due_at, keys.c.ordinal)
    )
    if after is not None:
        wanted = wanted.where(slots.c.due_at > after)
    yield from connection.execution_options(yield_per=16).execute(wanted).scalars()


def outbox_directories(connection: Connection) -> set[str]:
    """Return the first path component of every file's place in the outbox."""
    return set(connection.execute(select(tables.outbox_directories.c.name)).scalars())


def rebase_watermark(connection: Connection, report: Report, watermark: Watermark) -> Deed | None:
    """Let a report's latest slot be compared with `watermark` from now on; the act keeps what it was."""
    last = last_slots(connection).get(report)
    if last is None or last.watermark is None:
        raise LedgerError(f"{report}: no slot with a watermark is recorded that could be given another")
    if last.watermark == watermark:
        return None
    connection.execute(
        update(slots)
        .where(slots.c.report == report, slots.c.due_at == last.slot.due_at)
        .values(watermark_count=watermark.count, watermark_checksum=str(watermark.checksum))
    )
    subject = f"{report.value} {last.slot.due_at:%Y-%m-%dT%H:%M:%SZ}"
    was = [last.watermark.count, last.watermark.checksum]
    return Deed("rebase-watermark", subject, {"was": was, "is": [watermark.count, watermark.checksum]})


def _entry(row: Row[tuple[object, ...]]) -> SlotEntry:
    counted = row.watermark_count is not None
    return SlotEntry(
        slot=Slot(row.due_at, Report(row.report)),
        period=Period(row.period_start, row.period_end),
        cut_off=row.cut_off,
        generated_at=row.generated_at,
        watermark=Watermark(row.watermark_count, int(row.watermark_checksum)) if counted else None,
    )
