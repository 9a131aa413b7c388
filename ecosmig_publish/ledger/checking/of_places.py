"""Recipients' folders, who can read them, and findings, against the acts that recorded them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ecosmig_publish.ledger.chain import canonical
from ecosmig_publish.ledger.checking.acting import differences
from ecosmig_publish.ledger.checking.fault import ROW, LedgerFault, row_of
from ecosmig_publish.ledger.checking.plain import select_plain, stream
from ecosmig_publish.ledger.tables import access_proofs, findings, folders

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Table

    from ecosmig_publish.ledger.checking.acting import Ground, Told


class _Latest:
    """A table with one row for each recipient, which is what the latest act about the recipient says."""

    kinds: frozenset[str]
    table: Table

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._latest: dict[str, Told] = {}

    def take(self, acts: Sequence[Told]) -> Iterator[LedgerFault]:
        """Note what each act says of its recipient."""
        self._latest.update({act.subject: act for act in acts})
        yield from ()

    def finish(self) -> Iterator[LedgerFault]:
        """Compare the rows with what was said last."""
        table = self.table
        for row in stream(self._ground.connection, select_plain(table)):
            act = self._latest.pop(row.signifier, None)
            if act is None:
                yield LedgerFault(ROW, row_of(table.name, row.signifier), "no act knows it")
                continue
            stands = self.stands(row._mapping)  # noqa: SLF001 - its name
            different = differences({name: act.content.get(name) for name in stands}, stands)
            if different:
                yield act.fault(f"{table.name} {row.signifier}: {different}")
        for act in self._latest.values():
            yield act.fault(f"{act.subject} is not in the table {table.name}")

    def stands(self, row: Any) -> dict[str, object]:
        """Return what the row holds of that which an act says."""
        return {name: value for name, value in row.items() if name != "signifier"}


class OfFolders(_Latest):
    """Each recipient's folder is pinned as its onboarding says."""

    kinds = frozenset({"onboard"})
    table = folders


class OfAccess(_Latest):
    """The proof of who can read a folder is the latest look at it."""

    kinds = frozenset({"prove-access"})
    table = access_proofs

    def stands(self, row: Any) -> dict[str, object]:
        """Return what the row holds of that which an act says."""
        found = super().stands(row)
        return {**found, "readers": _read(row["readers"]), "is_exact": _claim(row["is_exact"])}


class OfFindings:
    """Each finding stands as it was found."""

    kinds = frozenset({"find"})

    def __init__(self, ground: Ground) -> None:
        self._stand: dict[tuple[str, str], list[int]] = {}
        for row in stream(ground.connection, select_plain(findings)):
            self._stand.setdefault((row.kind, row.detail), []).append(row.id)

    def take(self, acts: Sequence[Told]) -> Iterator[LedgerFault]:
        """Take away from what stands what each act says."""
        for act in acts:
            same = self._stand.get((act.subject, canonical(act.content)))
            if not same:
                yield act.fault("the finding is not in the table findings as it was found")
            else:
                same.pop(0)

    def finish(self) -> Iterator[LedgerFault]:
        """Yield the findings that nobody found."""
        for (kind, _), ids in self._stand.items():
            for number in ids:
                yield LedgerFault(ROW, row_of("findings", number, kind), "no act found it")


def _read(text: object) -> object:
    try:
        return json.loads(str(text))
    except ValueError:
        return text


def _claim(value: object) -> object:
    return bool(value) if value in (0, 1) else value
