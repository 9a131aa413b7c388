"""Which streams recoveries left stopped, and which numbers they passed over, against their acts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from ecosmig_publish.ledger.checking.acting import RECOVERING
from ecosmig_publish.ledger.checking.fault import ROW, LedgerFault, row_of
from ecosmig_publish.ledger.stopped import reason_of
from ecosmig_publish.ledger.tables import lost_numbers, stopped_streams

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ecosmig_publish.ledger.checking.acting import Ground, Told


class OfStopped:
    """What the latest recovery refused is stopped, and each number that any of them passed over is noted."""

    kinds = frozenset({RECOVERING})

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._latest: Told | None = None
        self._lost: dict[tuple[Any, ...], Told] = {}

    def take(self, acts: Sequence[Told]) -> Iterator[LedgerFault]:
        """Note what each act passed over, and what the latest refused."""
        for act in acts:
            self._latest = act
            self._lost |= {tuple(one): act for one in act.content.get("lost", ())}
        yield from ()

    def finish(self) -> Iterator[LedgerFault]:
        """Compare what stands with what the acts say."""
        connection, act = self._ground.connection, self._latest
        told = {stream: reason_of(reasons) for stream, reasons in act.content.get("refused", {}).items()} if act else {}
        for row in connection.execute(select(stopped_streams)):
            stream = f"{row.report} {row.recipient}"
            if told.pop(stream, None) != row.reason:
                yield LedgerFault(ROW, row_of("stopped_streams", stream), "no recovery refused it for this reason")
        for row in connection.execute(select(lost_numbers)):
            number = f"{row.report} {row.recipient} {row.sequence}"
            if self._lost.pop((row.report, row.recipient, row.sequence), None) is None:
                yield LedgerFault(ROW, row_of("lost_numbers", number), "no recovery passed it over")
        if act is not None:
            for stream in told:
                yield act.fault(f"it refused {stream}, which is not in the table stopped_streams")
        for (report, recipient, number), of in self._lost.items():
            yield of.fault(f"it passed over {report} {recipient} {number}, which is not in the table lost_numbers")
