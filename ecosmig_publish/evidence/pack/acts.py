"""The chain of acts in the pack: every link of it, in full where the reader may see it, else its hash alone."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ecosmig_publish.errors import BrokenRecordError
from ecosmig_publish.evidence.exporting import act_row
from ecosmig_publish.evidence.pack.concerning import recipients_of
from ecosmig_publish.evidence.pack.trails import LOOK, Trails
from ecosmig_publish.ledger import chain
from ecosmig_publish.ledger.chain import canonical

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from ecosmig_publish.evidence.pack.others import Others
    from ecosmig_publish.evidence.pack.scope import Scope
    from ecosmig_publish.ledger import Act

CHANGES = frozenset({"correct", "withdraw", "resend", "release", "find-conflict", "find"})
_KEPT = CHANGES | {"onboard", "prove-access"}


@dataclass(frozen=True, slots=True)
class Noted:
    """An act about recipients of the pack that a section tells of."""

    number: int
    at: str
    identity: str
    kind: str
    subject: str
    recipients: Collection[str]
    told: Mapping[str, Any]


@dataclass(slots=True)
class Told:
    """What was learnt from the acts on the way; `head` is the newest one's hash."""

    trails: Trails
    acts: int = 0
    shown: int = 0
    head: str = chain.START
    noted: list[Noted] = field(default_factory=list)


def write_acts(
    path: Path, acts: Iterable[Act], scope: Scope, others: Others, *, on_act: Callable[[], None] = lambda: None
) -> Told:
    """Write the chain to `path` and return what it says. Raises `BrokenRecordError` where it is not whole."""
    told = Told(Trails(scope))
    with path.open("x", encoding="utf-8", newline="\n") as out:
        out.write(f'{{"about":{canonical({"schema": "ecosmig-acts/1"})},\n"acts":[')
        for act in _whole(acts):
            content = _take(act, scope, told)
            row = _shown(act, content, scope, others)
            out.write(",\n" if told.acts else "\n")
            out.write(canonical(row))
            told.acts, told.head = act.id, act.hash
            told.shown += "content" in row
            on_act()
        totals = {"acts": told.acts, "head": told.head, "shown": told.shown}
        out.write(f'\n],\n"totals":{canonical(totals)}}}\n')
    return told


def _whole(acts: Iterable[Act]) -> Iterator[Act]:
    before: Act | None = None
    walked = iter(acts)
    while True:
        try:
            act = next(walked, None)
        except ValueError as error:
            number = before.id + 1 if before else 1
            raise BrokenRecordError(f"the chain is broken: act {number} has no instant", hint=LOOK) from error
        if act is None:
            return
        for broken in chain.check((act,), after=before):
            raise BrokenRecordError(f"the chain is broken: {broken.fault}", hint=LOOK)
        yield act
        before = act


def _take(act: Act, scope: Scope, told: Told) -> Mapping[str, Any] | None:
    """Note what an act says; return its content where it had to be read."""
    wants_it = told.trails.wants(act.kind, act.subject)
    if not wants_it and act.kind not in _KEPT:
        return None
    try:
        content = json.loads(act.content)
        if wants_it:
            told.trails.take(act.id, act.kind, act.subject, content)
        recipients = recipients_of(act.kind, act.subject, content) or ()
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise BrokenRecordError(
            f"act {act.id} ({act.kind} {act.subject}): what it says is not what such an act can say", hint=LOOK
        ) from error
    if act.kind in _KEPT and recipients and scope.has_all(recipients):
        at = str(act_row(act)["at"])
        told.noted.append(Noted(act.id, at, act.identity, act.kind, act.subject, recipients, content))
    return content if isinstance(content, dict) else None


def _shown(act: Act, content: Mapping[str, Any] | None, scope: Scope, others: Others) -> dict[str, Any]:
    """Return the row of an act: all of it, or no more than what links it to its neighbours."""
    said = content or {}
    if scope.has_all(recipients_of(act.kind, act.subject, said)) and not others.are_named_by(act, said):
        return act_row(act)
    return {"id": act.id, "previous_hash": act.previous_hash, "hash": act.hash}
