"""What a check of the ledger finds."""

from __future__ import annotations

from dataclasses import dataclass

DATABASE, SCHEMA, CHAIN, ACT, ROW = "database", "schema", "chain", "act", "row"
STREAM, SLOT, FILE, HOLD, PUBLICATION = "stream", "slot", "file", "hold", "publication"
ANCHOR = "anchor"

_RECOVER = (
    "put back the latest backup whose chain is whole, and bring it up to the folders: ecosmig ledger recover --help"
)
_LOOK = "find out who changed it, and put back the latest backup: ecosmig ledger recover --help"

NEXT_STEPS = {
    DATABASE: f"don't run anything on it; {_RECOVER}",
    SCHEMA: "undo what was changed by hand: only ecosmig makes and changes the ledger's tables",
    CHAIN: _LOOK,
    ACT: _LOOK,
    ROW: _LOOK,
    STREAM: f"publish nothing; {_RECOVER}",
    SLOT: _LOOK,
    FILE: _LOOK,
    HOLD: _LOOK,
    ANCHOR: f"the site's recycle bin and versions tell who touched an anchor; where the ledger was touched, {_LOOK}",
    PUBLICATION: f"compare with the folders: ecosmig verify; then {_RECOVER}",
}
"""What to do about each kind of fault."""


@dataclass(frozen=True, slots=True)
class LedgerFault:
    """One thing that is wrong: `where` names the row, the act or the file, `what` says it in words.

    `kind` is one of this module's words; no MPxN and no Device ID stands in it.
    """

    kind: str
    where: str
    what: str


def act_of(number: object, kind: object, subject: object, at: object) -> str:
    """Return how an act is named: `act 3 (publish-file ECOSMIG-001_…csv, 2024-03-01T12:00:00Z)`; `at` is its text."""
    return f"act {number} ({kind} {subject}, {shown_at(at)})"


def shown_at(at: object) -> str:
    """Return an instant's text without its fraction of a second: `2024-03-01T12:00:00Z`."""
    return f"{str(at).partition('.')[0].removesuffix('Z')}Z"


def row_of(table: str, key: object, name: object = None) -> str:
    """Return how a row is named: `files 17 (ECOSMIG-001_…csv)`."""
    return f"{table} {key}" if name is None else f"{table} {key} ({name})"
