"""The chain of acts: each carries the hash of the one before it, so that none can be changed unseen.

A chain can't show by itself that its newest links were cut off, or that all of it was written anew: compare
its newest hash with one noted elsewhere for that.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from ecosmig_publish.ledger.entries import Actor

START = "0" * 64
"""What the first act names as the hash before it."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done, to what, and the particulars; becomes an act once somebody did it at an instant."""

    kind: str
    subject: str
    content: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Act:
    """One link; `content` is canonical JSON, `hash` covers every other field."""

    id: int
    at: datetime
    identity: str
    host: str
    version: str
    kind: str
    subject: str
    content: str
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """Where a chain is not whole: the act's number and what is wrong there."""

    id: int
    fault: str


def canonical(value: object) -> str:
    """Return the one JSON text of a value: sorted keys, no blanks, characters as they are."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(things: list[Any]) -> dict[str, object]:
    """Return how many things there are and the SHA-256 of all of them: how an act binds what it doesn't show."""
    return {"count": len(things), "sha256": hashlib.sha256(canonical(things).encode()).hexdigest()}


def link(deed: Deed, actor: Actor, at: datetime, previous: Act | None) -> Act:
    """Return the act that follows `previous`, None for the first."""
    content = canonical(deed.content)
    number = previous.id + 1 if previous else 1
    previous_hash = previous.hash if previous else START
    instant = at.astimezone(UTC)
    unsealed = Act(
        number,
        instant,
        actor.identity,
        actor.host,
        actor.version,
        deed.kind,
        deed.subject,
        content,
        previous_hash,
        "",
    )
    return Act(
        number,
        instant,
        actor.identity,
        actor.host,
        actor.version,
        deed.kind,
        deed.subject,
        content,
        previous_hash,
        hash_of(unsealed),
    )


def hash_of(act: Act) -> str:
    """Return the SHA-256 in hex over all fields but the hash itself."""
    fields = {
        "id": act.id,
        "at": act.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "identity": act.identity,
        "host": act.host,
        "version": act.version,
        "kind": act.kind,
        "subject": act.subject,
        "content": act.content,
        "previous_hash": act.previous_hash,
    }
    return hashlib.sha256(canonical(fields).encode()).hexdigest()


def check(acts: Iterable[Act], *, head: str | None = None, after: Act | None = None) -> Iterator[BrokenLink]:
    """Yield every place where the acts, in the order given, are not one whole chain from the first act on.

    With `after` they go on from that act, so that a long chain can be checked piece by piece. With `head`, the hash of
    the newest act as noted elsewhere, a chain that was cut short or written anew is found too.
    """
    number, previous_hash = (after.id, after.hash) if after else (0, START)
    for act in acts:
        if act.hash != hash_of(act):
            yield BrokenLink(act.id, f"act {act.id} was edited: its hash is not that of its fields")
        yield from _out_of_line(act, number)
        if act.previous_hash != previous_hash and act.id == number + 1:
            yield BrokenLink(act.id, f"act {act.id} doesn't follow act {number}: one of them was replaced or inserted")
        number, previous_hash = act.id, act.hash
    if head is not None and head != previous_hash:
        yield BrokenLink(number, f"the chain ends with act {number}, which is not the newest act that was noted")


def _out_of_line(act: Act, number: int) -> Iterator[BrokenLink]:
    if act.id == number + 2:
        yield BrokenLink(number + 1, f"act {number + 1} is missing")
    elif act.id > number + 1:
        yield BrokenLink(number + 1, f"acts {number + 1} to {act.id - 1} are missing")
    elif act.id <= number:
        yield BrokenLink(act.id, f"act {act.id} stands after act {number}: inserted or out of order")
