"""CoS events: a Device's Responsible Supplier becomes a different party (reports.md, 003 and Finer points)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecosmig_publish.reports.question import instant
from ecosmig_publish.reports.responsible_supplier import spans, suppliers_just_before, with_claims

if TYPE_CHECKING:
    from ecosmig_publish.reports.question import Question


def gained(question: Question) -> Any:
    """Return `device_id`, `supplier`, `claims`: who gained which Device inside the period and holds it at the end.

    A span's predecessor is the span before it, whatever gap lies between; a first span has none and is no CoS event.
    `claims` counts the spans in force at the end.
    """
    start, end = instant(question.period.start), instant(question.period.end)
    known = spans(question)
    # A span that ends where it starts makes nobody responsible.
    known = known.filter(known.since < end, known.until > known.since)
    begun = known.filter(known.since >= start).select(begun_device_id="span_device_id").distinct()
    chains = known.semi_join(begun, known.span_device_id == begun.begun_device_id)
    chains = chains.mutate(
        predecessor=chains.supplier.lag().over(
            group_by=chains.span_device_id, order_by=[chains.since, chains.until, chains.supplier]
        )
    )
    events = chains.filter(chains.since >= start, chains.predecessor.notnull(), chains.predecessor != chains.supplier)
    events = events.select(event_device_id="span_device_id", gainer="supplier").distinct()
    holding = suppliers_just_before(question.bounds.end, question)
    holding = with_claims(holding.semi_join(begun, holding.span_device_id == begun.begun_device_id), "span_device_id")
    kept = holding.semi_join(
        events, [holding.span_device_id == events.event_device_id, holding.supplier == events.gainer]
    )
    return kept.select(device_id="span_device_id", supplier="supplier", claims="claims")
