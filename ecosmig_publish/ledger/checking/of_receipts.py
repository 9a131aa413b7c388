"""What is known of who read the files, against the acts that recorded it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from ecosmig_publish.ledger.checking.acting import differences
from ecosmig_publish.ledger.checking.fault import ROW, LedgerFault, row_of
from ecosmig_publish.ledger.checking.plain import AT_ONCE, plain, select_plain, stream
from ecosmig_publish.ledger.tables import files, receipts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Row

    from ecosmig_publish.ledger.checking.acting import Ground, Told

_FACTS = ("seen", "seen_at", "opened", "people")
_SEEN = "receipts"


class OfReceipts:
    """Each file's receipt is what the latest act about it says."""

    kinds = frozenset({"see-receipts"})

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def take(self, acts: Sequence[Told]) -> Iterator[LedgerFault]:
        """Compare the files that these acts name with their rows; a later act may have told more since."""
        told = [(act, file) for act in acts for file in act.content.get("files", ())]
        rows = self._rows([str(file["name"]) for _, file in told])
        for act, file in told:
            name = str(file["name"])
            row = rows.get(name)
            if row is None:
                self._ground.pending.say(name, _SEEN, act.fault(f"{name} has no row in the table receipts"))
                continue
            self._ground.seen.add(_SEEN, row.file_id)
            facts = {**{fact: file.get(fact) for fact in _FACTS}, "found_at": act.content.get("found_at")}
            different = differences(facts, row._mapping)  # noqa: SLF001 - its name
            fault = act.fault(f"receipts {row.file_id} ({name}): {different}") if different else None
            self._ground.pending.say(name, _SEEN, fault)
        yield from ()

    def finish(self) -> Iterator[LedgerFault]:
        """Yield the rows that no act knows."""
        for row in stream(self._ground.connection, select_plain(receipts).order_by(receipts.c.file_id)):
            if not self._ground.seen.has(_SEEN, row.file_id):
                yield LedgerFault(ROW, row_of("receipts", row.file_id), "no act was told of it")

    def _rows(self, names: Sequence[str]) -> dict[str, Row[Any]]:
        columns = [plain(column) for column in receipts.c]
        found = {}
        for first in range(0, len(names), AT_ONCE):
            wanted = (
                select(files.c.name, *columns)
                .join_from(files, receipts)
                .where(files.c.name.in_(names[first : first + AT_ONCE]))
            )
            found.update({row.name: row for row in self._ground.connection.execute(wanted)})
        return found
