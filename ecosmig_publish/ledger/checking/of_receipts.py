"""What is known of who read the files, against the acts that recorded it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.ledger.checking.acting import differences
from ecosmig_publish.ledger.checking.fault import ROW, LedgerFault, row_of
from ecosmig_publish.ledger.checking.plain import rows_of_files, select_plain, stream
from ecosmig_publish.ledger.tables import receipts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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
        rows = rows_of_files(self._ground.connection, receipts, [str(file["name"]) for _, file in told])
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
