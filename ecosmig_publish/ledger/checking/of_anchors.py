"""The anchors that are kept outside the machine, against the chain, and against those that the ledger wrote."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from ecosmig_publish.fingerprint import FingerprintBuilder
from ecosmig_publish.ledger.anchors import (
    AnchorName,
    anchor_bytes,
    format_anchor_name,
    ledger_id,
    parse_anchor_name,
)
from ecosmig_publish.ledger.checking.acting import RECOVERING
from ecosmig_publish.ledger.checking.fault import ANCHOR, ROW, LedgerFault, act_of, row_of, shown_at
from ecosmig_publish.ledger.checking.plain import AT_ONCE, plain, stream
from ecosmig_publish.ledger.tables import acts, anchors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import Connection, Row

    from ecosmig_publish.ledger.anchors import KeptAnchor

_COLUMNS = tuple(plain(acts.c[name]) for name in ("id", "at", "identity", "host", "kind", "subject", "hash"))
_SHORT = 12
_CUT = "the newest acts were cut off, or an old copy of the ledger was put back"


@dataclass(slots=True)
class ComparedAnchors:
    """What a comparison came to; each list is in the order of the names.

    `agreed` are anchors of acts that the chain has; `explained` those of chains that a recovery replaced, and named;
    `unproved` counts the agreed ones whose bytes the service can't vouch for (yet).
    """

    faults: list[LedgerFault] = field(default_factory=list)
    agreed: list[AnchorName] = field(default_factory=list)
    explained: list[AnchorName] = field(default_factory=list)
    unproved: int = 0


def check_anchored(connection: Connection) -> Iterator[LedgerFault]:
    """Yield where the table of what was anchored names an act that the chain doesn't have, or has with another hash."""
    first = _first_hash(connection)
    wanted = select(*(plain(column) for column in anchors.c), *_COLUMNS).outerjoin_from(
        anchors, acts, acts.c.id == anchors.c.act_id
    )
    for row in stream(connection, wanted.order_by(anchors.c.act_id)):
        where = row_of("anchors", row.act_id)
        if row.id is None:
            yield LedgerFault(
                ROW, where, f"act {row.act_id} was anchored at {row.anchored_at}, and is not there: {_CUT}"
            )
        elif row.name != format_anchor_name(AnchorName(ledger_id(first), row.act_id, row.hash)):
            yield LedgerFault(ROW, where, f"{_described(row)} was anchored with another hash, as {row.name}")


def compare_anchors(connection: Connection, kept: Sequence[KeptAnchor], written: Mapping[str, str]) -> ComparedAnchors:
    """Compare everything that stands among the anchors with the chain.

    `written` are the names that the ledger says it wrote, by now or before, each with when. Nothing is found missing
    that isn't among them or named by a recovery.
    """
    lost, rows = _named_by_recoveries(connection), _Rows(connection)
    compared = ComparedAnchors()
    others: list[tuple[AnchorName, KeptAnchor]] = []
    for file in sorted(kept, key=lambda file: file.name):
        name = parse_anchor_name(file.name)
        if name is None:
            what = "stands among the anchors and is none: put there, or an anchor that was renamed"
            compared.faults.append(LedgerFault(ANCHOR, file.name, what))
        elif rows.has(name):
            compared.agreed.append(name)
            _compare_bytes(file, name, rows, compared)
        elif file.name in lost:
            compared.explained.append(name)
            if None not in (file.hash, lost[file.name]) and file.hash != lost[file.name]:
                what = "the anchor of a chain that a recovery replaced has other bytes than it had then: it was edited"
                compared.faults.append(LedgerFault(ANCHOR, file.name, what))
        else:
            others.append((name, file))
    agreed = [name.act for name in compared.agreed]
    compared.faults += [_disagreement(name, file, rows, agreed) for name, file in others]
    compared.faults += _missing({file.name for file in kept}, written, lost, rows)
    return compared


def written_anchors(connection: Connection) -> dict[str, str]:
    """Return the names of the anchors that the ledger says it wrote, each with when, in the order of their acts."""
    wanted = select(anchors.c.name, plain(anchors.c.anchored_at)).order_by(anchors.c.act_id)
    return {str(name): shown_at(at) for name, at in connection.execute(wanted)}


def unaccounted_anchors(connection: Connection, kept: Iterable[KeptAnchor]) -> list[KeptAnchor]:
    """Return the anchors of acts that the chain doesn't have, and that no recovery has named yet."""
    lost, rows = _named_by_recoveries(connection), _Rows(connection)
    named = ((file, parse_anchor_name(file.name)) for file in kept if file.name not in lost)
    return [file for file, name in named if name is not None and not rows.has(name)]


class _Rows:
    """The acts as they stand in the table, fetched as they are asked for."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[int, Row[Any] | None] = {}
        self.first_hash = _first_hash(connection)
        self.newest = connection.execute(select(*_COLUMNS).order_by(acts.c.id.desc()).limit(1)).first()

    def get(self, number: int) -> Row[Any] | None:
        if number not in self._known:
            # Anchors are asked for in their order, so the next ones are fetched with it.
            last = number + AT_ONCE
            wanted = select(*_COLUMNS).where(acts.c.id.between(number, last))
            self._known = dict.fromkeys(range(number, last + 1)) | {
                row.id: row for row in self._connection.execute(wanted)
            }
        return self._known[number]

    def has(self, name: AnchorName) -> bool:
        """Whether the chain has the act that an anchor names."""
        row = self.get(name.act)
        return row is not None and (ledger_id(self.first_hash), row.hash) == (name.ledger, name.hash)


def _compare_bytes(file: KeptAnchor, name: AnchorName, rows: _Rows, compared: ComparedAnchors) -> None:
    row = rows.get(name.act)
    assert row is not None  # noqa: S101 - the caller has found it
    builder = FingerprintBuilder()
    builder.update(anchor_bytes(rows.first_hash, row.id, row.hash, row.at, row.identity, row.host))
    wanted = builder.finish()
    if file.size != wanted.size or file.hash not in (None, wanted.quick_xor_hash):
        what = f"{file.name} has other bytes than follow from the act: it was edited, or the act was"
        compared.faults.append(LedgerFault(ANCHOR, _described(row), what))
    elif file.hash is None:
        compared.unproved += 1


def _disagreement(name: AnchorName, file: KeptAnchor, rows: _Rows, agreed: Sequence[int]) -> LedgerFault:
    when = f" at {file.kept_at:%Y-%m-%dT%H:%M:%SZ}" if file.kept_at else ""
    row, newest = rows.get(name.act), rows.newest
    anchored = f"an anchor of act {name.act} ({name.hash[:_SHORT]}…) was kept{when}"
    if name.ledger != ledger_id(rows.first_hash):
        begins = "" if newest is None else f"; this chain begins with {rows.first_hash[:_SHORT]}…"
        what = (
            f"{anchored} of a chain that begins with {name.ledger[:_SHORT]}…{begins}: another ledger's chain stands "
            "here, or it was written anew from its first act, or the anchor is another ledger's"
        )
        return LedgerFault(ANCHOR, _described(row) if row is not None else f"act {name.act}", what)
    if row is None:
        ends = "" if newest is None else f", and the chain ends with {_described(newest)}"
        missing = _CUT if newest is None or name.act > newest.id else "it was taken out"
        return LedgerFault(ANCHOR, f"act {name.act}", f"{anchored}{ends}: {missing}")
    before = max((number for number in agreed if number < name.act), default=0)
    since = f"since act {before}, whose anchor agrees," if before else "from the first act on"
    what = (
        f"{anchored}, and its hash is {row.hash[:_SHORT]}…: {since} the chain was written anew, or an old copy went on"
    )
    return LedgerFault(ANCHOR, _described(row), what)


def _missing(
    there: set[str], written: Mapping[str, str], lost: Mapping[str, str | None], rows: _Rows
) -> Iterator[LedgerFault]:
    for name in sorted(written.keys() - there):
        parsed = parse_anchor_name(name)
        row = rows.get(parsed.act) if parsed else None
        where = f"anchor {name}" if row is None else _described(row)
        yield LedgerFault(
            ANCHOR, where, f"its anchor was written at {written[name]}, and is not there any more: {name}"
        )
    for name in sorted(lost.keys() - there - written.keys()):
        what = "the anchor of a chain that a recovery replaced is not there any more"
        yield LedgerFault(ANCHOR, f"anchor {name}", what)


def _named_by_recoveries(connection: Connection) -> dict[str, str | None]:
    """Return the anchors that recoveries named as those of lost chains, each with its quickXorHash then."""
    named: dict[str, str | None] = {}
    for content in connection.execute(select(acts.c.content).where(acts.c.kind == RECOVERING)).scalars():
        try:
            told = json.loads(content).get("lost_anchors", ())
            named |= {str(name): None if was is None else str(was) for name, was in told}
        except (AttributeError, TypeError, ValueError):
            # Somebody edited the act: the check of the chain says so.
            continue
    return named


def _first_hash(connection: Connection) -> str:
    found: str | None = connection.execute(select(acts.c.hash).where(acts.c.id == 1)).scalar()
    return found or ""


def _described(row: Row[Any]) -> str:
    return act_of(row.id, row.kind, row.subject, row.at)
