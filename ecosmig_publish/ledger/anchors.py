"""Anchors: what is kept outside the machine of the chain's newest act, and which acts have one.

One small file for each run that adds acts, made once and never changed. A single file that is replaced would leave its
past to a version history that whoever may write may trim; some six such runs a day are 2,200 files a year, in a folder
of their own. The act's hash is in the name, so that one listing compares all of them; the bytes follow from two acts,
so that a listing's size and hash tell what was edited. Whoever may write there may delete, too: the table `anchors`
says which were written, and is no part of the chain, for an act about an anchor would be a newest act without one.
A ledger is known by its first act's hash, so that it needs no other name, which somebody could give it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, or_, select

from ecosmig_publish.ledger.chain import canonical
from ecosmig_publish.ledger.columns import instant_text
from ecosmig_publish.ledger.tables import anchors

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from ecosmig_publish.ledger.chain import Act

_LEDGER_LENGTH = 16
_NAME = re.compile(r"([0-9a-f]{16})_([0-9]{8,12})_([0-9a-f]{64})\.json", re.ASCII)


@dataclass(frozen=True, slots=True)
class AnchorName:
    """What an anchor's name says: `ledger` begins the hash of the ledger's first act, `hash` is that of the act."""

    ledger: str
    act: int
    hash: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """A file to keep of an act: its name and its bytes."""

    act: int
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class KeptAnchor:
    """A file among the anchors as it is listed; `hash` is its quickXorHash, None where the service has none (yet)."""

    name: str
    size: int
    hash: str | None
    kept_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AnchoredAct:
    """An act that was anchored under `name`."""

    act: int
    name: str
    anchored_at: datetime


def ledger_id(first_hash: str) -> str:
    """Return what a ledger is called in the names of its anchors."""
    return first_hash[:_LEDGER_LENGTH]


def format_anchor_name(name: AnchorName) -> str:
    """Return `<ledger>_<act, eight digits or more>_<hash>.json`; such names order by ledger and act."""
    return f"{name.ledger}_{name.act:08d}_{name.hash}.json"


def parse_anchor_name(text: str) -> AnchorName | None:
    """Return what a name says, None where it is no anchor's."""
    match = _NAME.fullmatch(text)
    if match is None:
        return None
    name = AnchorName(match[1], int(match[2]), match[3])
    return name if format_anchor_name(name) == text else None


def anchor_of(first: Act, act: Act) -> Anchor:
    """Return the anchor of an act of the ledger that begins with `first`."""
    name = format_anchor_name(AnchorName(ledger_id(first.hash), act.id, act.hash))
    return Anchor(
        act.id, name, anchor_bytes(first.hash, act.id, act.hash, instant_text(act.at), act.identity, act.host)
    )


def anchor_bytes(first_hash: str, number: int, act_hash: str, at: str, identity: str, host: str) -> bytes:
    """Return an anchor's bytes, one line of JSON; nothing of what was done stands in it, and nothing personal."""
    told = {"ledger": first_hash, "act": number, "hash": act_hash, "at": at, "identity": identity, "host": host}
    return f"{canonical(told)}\n".encode()


def read_anchored(connection: Connection) -> list[AnchoredAct]:
    """Return the acts that were anchored, in their order."""
    rows = connection.execute(select(anchors).order_by(anchors.c.act_id))
    return [AnchoredAct(row.act_id, row.name, row.anchored_at) for row in rows]


def newest_anchored(connection: Connection) -> AnchoredAct | None:
    """Return the newest act that was anchored."""
    row = connection.execute(select(anchors).order_by(anchors.c.act_id.desc()).limit(1)).first()
    return AnchoredAct(row.act_id, row.name, row.anchored_at) if row else None


def is_anchored(connection: Connection, name: str) -> bool:
    """Whether an anchor of this name was written."""
    return connection.execute(select(anchors.c.act_id).where(anchors.c.name == name)).first() is not None


def record_anchor(connection: Connection, anchor: Anchor, at: datetime) -> None:
    """Note that an act's anchor was written; no act."""
    connection.execute(delete(anchors).where(or_(anchors.c.act_id == anchor.act, anchors.c.name == anchor.name)))
    connection.execute(insert(anchors), {"act_id": anchor.act, "name": anchor.name, "anchored_at": at})
