"""When files were last read again, against the acts that recorded it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.ledger.checking.fault import ROW, LedgerFault, row_of
from ecosmig_publish.ledger.checking.plain import select_plain, stream
from ecosmig_publish.ledger.readings import READ
from ecosmig_publish.ledger.spans import Span, Spans
from ecosmig_publish.ledger.tables import readings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ecosmig_publish.ledger.checking.acting import Ground, Told


class OfReadings:
    """Each span of files was read when the latest act about it says."""

    kinds = frozenset({READ})

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._told: Spans[str] = Spans()
        self._acts: dict[str, Told] = {}

    def take(self, acts: Sequence[Told]) -> Iterator[LedgerFault]:
        """Put these acts' ranges over those of the acts before them."""
        for act in acts:
            read_at = str(act.content["read_at"])
            for name in ("agreed", "failed"):
                for first, last in act.content[name]:
                    self._told.put(Span(int(first), int(last), read_at, name == "agreed"))
            self._acts[read_at] = act
        yield from ()

    def finish(self) -> Iterator[LedgerFault]:
        """Yield the rows that are not as the acts left them."""
        told = {(it.first, it.last, it.at, it.agreed) for it in self._told.of}
        for row in stream(self._ground.connection, select_plain(readings).order_by(readings.c.first_file_id)):
            values = (row.first_file_id, row.last_file_id, row.read_at, bool(row.agreed))
            if values in told:
                told.remove(values)
            else:
                where = row_of("readings", row.first_file_id)
                yield LedgerFault(
                    ROW, where, f"no act left the files {row.first_file_id} to {row.last_file_id} like this"
                )
        for first, last, read_at, _ in sorted(told):
            yield self._acts[read_at].fault(f"the table readings doesn't have the files {first} to {last} like this")
