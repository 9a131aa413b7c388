"""What a check of acts against tables promises, and what all of them share."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from ecosmig_publish.ledger.checking.fault import ACT, LedgerFault, act_of
from ecosmig_publish.ledger.checking.pending import Pending
from ecosmig_publish.ledger.checking.seen import Seen
from ecosmig_publish.ledger.columns import instant_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection

    from ecosmig_publish.ledger.chain import Act


RECOVERING = "recover"
"""The kind of an act after which slots, files and publications may be others than those that acts before it made."""


@dataclass(frozen=True, slots=True)
class Told:
    """An act with its content read."""

    id: int
    at: str
    kind: str
    subject: str
    content: Mapping[str, Any]

    def fault(self, what: str) -> LedgerFault:
        """Return that this act and the tables disagree."""
        return LedgerFault(ACT, act_of(self.id, self.kind, self.subject, self.at), what)


@dataclass(frozen=True, slots=True)
class Ground:
    """What the checks share: the tables, which of their rows an act spoke of, and what a later act may explain."""

    connection: Connection
    seen: Seen = field(default_factory=Seen)
    pending: Pending = field(default_factory=Pending)


class ActCheck(Protocol):
    """Compares the acts of some kinds with the rows that they made; the acts come in order, some at a time."""

    kinds: frozenset[str]

    def take(self, acts: Sequence[Told]) -> Iterator[LedgerFault]:
        """Yield what these acts say and the tables don't; note the rows that they speak of."""
        ...

    def finish(self) -> Iterator[LedgerFault]:
        """Yield what only shows once all acts are known: what is no longer as the last of them left it."""
        ...


def read_content(act: Act) -> Told | None:
    """Return the act with its content, None where that is no JSON object."""
    try:
        content = json.loads(act.content)
    except ValueError:
        return None
    return Told(act.id, instant_text(act.at), act.kind, act.subject, content) if isinstance(content, dict) else None


def gave_way(act: Told) -> set[str]:
    """Return the names of the files that a recovery took out of the ledger."""
    return {str(file["name"]) for report in act.content.get("reports", ()) for file in report.get("gave_way", ())}


def files_found(act: Told) -> dict[str, str | None]:
    """Return the names of the files that a recovery found in their folders, each with what the folder calls it."""
    return {
        str(file["name"]): file["item_id"]
        for report in act.content.get("reports", ())
        for slot in report.get("slots", ())
        for file in slot.get("files", ())
        if file.get("item_id") is not None
    }


def slot_key(report: object, due_at: object) -> str:
    """Return how a slot is called among the pending faults; keys of one report order by time."""
    return f"{report} {due_at}"


def differences(told: Mapping[str, Any], stands: Any) -> str:
    """Return in words what differs between what an act says and what a row holds, `""` where nothing does."""
    return ", ".join(
        f"{name} is {stands.get(name)!s}, the act says {value!s}"
        for name, value in told.items()
        if stands.get(name) != value
    )
