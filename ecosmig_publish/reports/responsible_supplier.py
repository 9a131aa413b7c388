"""Who was responsible for a Device at an instant (reports.md, Terms; the contract's `responsibilities`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecosmig_publish.reports.question import FAR_FUTURE, instant

if TYPE_CHECKING:
    from datetime import datetime

    from ecosmig_publish.reports.question import Question

OVERLAPPING = "overlapping-responsibilities"


def spans(question: Question) -> Any:
    """Return the spans that make somebody responsible: `span_device_id`, `supplier`, `since`, `until`.

    One that names nobody makes a gap, like no span at all.
    """
    table = question.tables.responsibilities
    table = table.filter(table.sec_party_id.notnull())
    return table.select(
        span_device_id=table.device_id,
        supplier=table.sec_party_id,
        since=table.effective_from,
        until=table.effective_to.fill_null(FAR_FUTURE),
    )


def with_supplier_at(rows: Any, column: str, question: Question) -> Any:
    """Add `supplier` to each row: the Responsible Supplier of `device_id` at the instant in `column`, or null.

    A row whose instant lies in two spans comes out twice.
    """
    known = spans(question)
    joined = rows.left_join(
        known,
        [
            rows.device_id == known.span_device_id,
            rows[column] >= known.since,
            rows[column] < known.until,
        ],
    )
    return joined.drop("span_device_id", "since", "until")


def suppliers_just_before(end: datetime, question: Question) -> Any:
    """Return `span_device_id`, `supplier`, `since` of the spans in force in the last instant before `end`."""
    known = spans(question)
    return known.filter(known.since < instant(end), known.until >= instant(end)).drop("until")


def with_recipient(rows: Any, question: Question) -> Any:
    """Add `recipient` (the supplier, null where the party register doesn't know it)."""
    known = question.known_parties.select(recipient=question.known_parties.sec_party_id)
    return rows.left_join(known, rows.supplier == known.recipient)


def supplier_reasons(rows: Any) -> list[tuple[Any, str]]:
    """Return what keeps a row from having a recipient, as conditions with their reasons."""
    return [
        (rows.supplier.isnull(), "no-responsible-supplier"),
        (rows.supplier.notnull() & rows.recipient.isnull(), "unknown-party"),
    ]


def with_claims(rows: Any, key: str) -> Any:
    """Add `claims`: how many rows share the row's `key`; more than one where spans overlap."""
    return rows.mutate(claims=rows.count().over(group_by=rows[key]))


def overlap_reason(rows: Any) -> tuple[Any, str]:
    """Return what keeps a row from having one recipient, where `with_claims` counted its spans."""
    return (rows.claims > 1, OVERLAPPING)


def overlapping(rows: Any, key: str, column: str, question: Question) -> Any:
    """Return `key` of the rows whose instant in `column` lies in more than one span."""
    located = rows.select(key=rows[key], device_id=rows.device_id, at=rows[column])
    located = with_supplier_at(located, "at", question)
    return located.group_by("key").having(located.count() > 1).agg()
