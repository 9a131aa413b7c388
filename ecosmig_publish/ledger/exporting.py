"""What exports are made of: all that is known of files, slots and held rows, as of one moment.

Rows are mappings whose instants are texts as the ledger keeps them, `2024-02-26T06:00:00.000000Z`: of one width, they
order as instants do, and whoever compares them with an act needs no other form.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, or_, select

from ecosmig_publish.ledger.checking.plain import plain, stream
from ecosmig_publish.ledger.tables import (
    acts,
    brakes,
    conflicts,
    corrections,
    files,
    folders,
    holds,
    issues,
    problems,
    publications,
    receipts,
    resends,
    seeds,
    slot_brakes,
    slots,
    streams,
    withdrawals,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import Connection, Select

    from ecosmig_publish.emrr.terms import Report

_later, _superseded = corrections.alias("later"), files.alias("superseded")
_successor = files.alias("successor")
_first, _last, _closing = slots.alias("first_slot"), slots.alias("last_slot"), slots.alias("closing_slot")


@dataclass(frozen=True, slots=True)
class DueSpan:
    """Slots due at `since` or later, and before `until`."""

    since: datetime
    until: datetime


def known_recipients(connection: Connection) -> set[str]:
    """Return everybody who has a folder or a stream, or had one before this ledger."""
    found: set[str] = set()
    for column in (folders.c.signifier, streams.c.recipient, seeds.c.recipient):
        found.update(connection.execute(select(column).distinct()).scalars())
    return found


def count_acts(connection: Connection) -> int:
    """Return how many acts there are."""
    return int(connection.execute(select(func.count()).select_from(acts)).scalar_one())


def first_due_at(connection: Connection) -> datetime | None:
    """Return when the earliest slot on record fell due, None where there is none."""
    return connection.execute(select(func.min(slots.c.due_at, type_=slots.c.due_at.type))).scalar()


def files_of_stream(connection: Connection, report: Report, recipient: str, span: DueSpan) -> Iterator[dict[str, Any]]:
    """Yield all that is known of the files of a stream whose slots fell due in a span, by number."""
    asked = {"of_report": report.value, "of_recipient": recipient, "since": span.since, "until": span.until}
    # Stream by stream, each by the index of numbers: nothing is sorted, nothing but a page of rows is held.
    for row in connection.execute(_files(), asked, execution_options={"yield_per": 1000}):
        yield dict(row._mapping)  # noqa: SLF001 - its name


def numbers_elsewhere(
    connection: Connection, report: Report, recipient: str, span: DueSpan, *, first: int, last: int
) -> list[int]:
    """Return the numbers between two of a stream that belong to slots due outside a span."""
    outside = or_(slots.c.due_at < span.since, slots.c.due_at >= span.until)
    wanted = (
        select(files.c.sequence)
        .join(issues, issues.c.id == files.c.issue_id)
        .join(slots, slots.c.id == issues.c.slot_id)
        .where(files.c.report == report, files.c.recipient == recipient)
        .where(files.c.sequence.between(first, last), outside)
        .order_by(files.c.sequence)
    )
    return list(connection.execute(wanted).scalars())


def streams_of(connection: Connection) -> dict[tuple[str, str], dict[str, int]]:
    """Return by report and recipient the last number of a stream, and up to which an older system issued it."""
    seeded = (seeds.c.report == streams.c.report) & (seeds.c.recipient == streams.c.recipient)
    wanted = select(streams, seeds.c.last_sequence.label("seeded_up_to")).outerjoin_from(streams, seeds, seeded)
    return {
        (row.report, row.recipient): {"last_of_all": row.last_sequence, "seeded_up_to": row.seeded_up_to or 0}
        for row in connection.execute(wanted)
    }


def slots_in(connection: Connection, span: DueSpan) -> dict[tuple[str, str], dict[str, Any]]:
    """Return by report and due instant the slots of a span as they were recorded, with what the brake held of them."""
    columns = (slots.c.report, slots.c.due_at, slots.c.cut_off, slots.c.generated_at, slots.c.outcome, slots.c.reason)
    wanted = select(*map(plain, columns)).where(slots.c.due_at >= span.since, slots.c.due_at < span.until)
    return {(row.report, row.due_at): dict(row._mapping) for row in stream(connection, wanted)}  # noqa: SLF001 - its name


def last_due(connection: Connection) -> dict[str, str]:
    """Return when the latest recorded slot of each report fell due: nothing before it falls due any more."""
    wanted = select(slots.c.report, plain(func.max(slots.c.due_at, type_=slots.c.due_at.type).label("due_at")))
    return {report: due_at for report, due_at in connection.execute(wanted.group_by(slots.c.report))}  # noqa: C416 - rows are no pairs


def slot_brakes_in(connection: Connection, span: DueSpan) -> dict[tuple[str, str], dict[str, Any]]:
    """Return by report and due instant what the brake recorded of slots of a span."""
    wanted = select(*(plain(column) for column in slot_brakes.c))
    wanted = wanted.where(slot_brakes.c.due_at >= span.since, slot_brakes.c.due_at < span.until)
    return {(row.report, row.due_at): dict(row._mapping) for row in connection.execute(wanted)}  # noqa: SLF001 - its name


def recipients_of_slots(connection: Connection, span: DueSpan) -> Iterator[tuple[tuple[str, str], set[str]]]:
    """Yield by report and due instant who has an issue of a slot, for the slots of a span that have any."""
    wanted = (
        select(slots.c.report, plain(slots.c.due_at), issues.c.recipient)
        .join_from(slots, issues, issues.c.slot_id == slots.c.id)
        .where(slots.c.due_at >= span.since, slots.c.due_at < span.until)
        .order_by(slots.c.due_at, slots.c.report)
    )
    for key, rows in groupby(stream(connection, wanted), key=lambda row: (row.report, row.due_at)):
        yield key, {row.recipient for row in rows}


def holds_in(connection: Connection, span: DueSpan) -> Iterator[dict[str, Any]]:
    """Yield the rows that were held at any slot of a span, by report and since when."""
    wanted = (
        select(
            holds.c.id,
            holds.c.report,
            holds.c.key,
            holds.c.reasons,
            holds.c.recipient,
            plain(_first.c.due_at).label("held_since"),
            plain(_last.c.due_at).label("last_tried"),
            holds.c.closed,
            plain(_closing.c.due_at).label("closed_by"),
        )
        .join_from(holds, _first, holds.c.first_slot_id == _first.c.id)
        .join(_last, holds.c.last_slot_id == _last.c.id)
        .outerjoin(_closing, holds.c.closed_slot_id == _closing.c.id)
        .where(_first.c.due_at < span.until, or_(_closing.c.due_at.is_(None), _closing.c.due_at >= span.since))
        .order_by(holds.c.report, _first.c.due_at, holds.c.id)
    )
    for row in stream(connection, wanted):
        yield dict(row._mapping)  # noqa: SLF001 - its name


def problems_in(connection: Connection, span: DueSpan) -> Iterator[dict[str, Any]]:
    """Yield what slots of a span could not report and don't try again, by slot."""
    wanted = (
        select(
            slots.c.report,
            plain(slots.c.due_at),
            problems.c.reason,
            problems.c.key,
            problems.c.recipient,
            problems.c.count,
        )
        .join_from(problems, slots, problems.c.slot_id == slots.c.id)
        .where(slots.c.due_at >= span.since, slots.c.due_at < span.until)
        .order_by(slots.c.due_at, slots.c.report, problems.c.id)
    )
    for row in stream(connection, wanted):
        yield dict(row._mapping)  # noqa: SLF001 - its name


@cache
def _files() -> Select[Any]:
    # Made once: an export asks it of every stream there is.
    generated_at = func.coalesce(corrections.c.generated_at, slots.c.generated_at, type_=slots.c.generated_at.type)
    cut_off = func.coalesce(corrections.c.cut_off, slots.c.cut_off, type_=slots.c.cut_off.type)
    return (
        select(
            files.c.report,
            plain(slots.c.due_at),
            plain(slots.c.period_start),
            plain(slots.c.period_end),
            plain(cut_off.label("cut_off")),
            files.c.recipient,
            files.c.id.label("file_id"),
            files.c.issue_id,
            files.c.sequence,
            files.c.part,
            files.c.name,
            files.c.rows,
            files.c.size,
            files.c.sha256,
            files.c.quick_xor_hash,
            plain(generated_at.label("generated_at")),
            plain(publications.c.published_at),
            publications.c.adopted,
            publications.c.item_id,
            plain(publications.c.proved_at),
            corrections.c.issue_id.is_not(None).label("is_correction"),
            _superseded.c.name.label("supersedes"),
            corrections.c.reason.label("corrected_because"),
            _successor.c.name.label("superseded_by"),
            plain(withdrawals.c.withdrawn_at),
            withdrawals.c.reason.label("withdrawn_because"),
            withdrawals.c.removed,
            withdrawals.c.released,
            plain(resends.c.resent_at),
            brakes.c.reason.label("brake"),
            plain(brakes.c.held_at).label("braked_at"),
            plain(brakes.c.released_at).label("brake_released_at"),
            conflicts.c.detail.label("conflict"),
            plain(conflicts.c.found_at).label("conflict_found_at"),
            receipts.c.seen.label("seen_by_recipient"),
            plain(receipts.c.seen_at),
            receipts.c.opened,
            receipts.c.people.label("opened_by"),
            plain(receipts.c.found_at).label("receipt_found_at"),
            files.c.outbox_path,
        )
        .select_from(files)
        .join(publications, publications.c.file_id == files.c.id)
        .join(issues, issues.c.id == files.c.issue_id)
        .join(slots, slots.c.id == issues.c.slot_id)
        .outerjoin(corrections, corrections.c.issue_id == issues.c.id)
        .outerjoin(_superseded, (_superseded.c.issue_id == corrections.c.supersedes_id) & (_superseded.c.part == 1))
        .outerjoin(_later, _later.c.supersedes_id == issues.c.id)
        .outerjoin(_successor, (_successor.c.issue_id == _later.c.issue_id) & (_successor.c.part == 1))
        .outerjoin(withdrawals, withdrawals.c.issue_id == issues.c.id)
        .outerjoin(resends, resends.c.file_id == files.c.id)
        .outerjoin(brakes, brakes.c.issue_id == issues.c.id)
        .outerjoin(conflicts, conflicts.c.file_id == files.c.id)
        .outerjoin(receipts, receipts.c.file_id == files.c.id)
        .where(files.c.report == bindparam("of_report"), files.c.recipient == bindparam("of_recipient"))
        .where(
            slots.c.due_at >= bindparam("since", type_=slots.c.due_at.type),
            slots.c.due_at < bindparam("until", type_=slots.c.due_at.type),
        )
        .order_by(files.c.sequence)
    )
