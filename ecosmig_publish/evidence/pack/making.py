"""To make a pack: build it, ask the library, say who made it and how it is checked, seal it, put it in its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ecosmig_publish.evidence.pack.asking import ANSWERED, UNANSWERED, write_answers
from ecosmig_publish.evidence.pack.building import build
from ecosmig_publish.evidence.pack.placing import placed
from ecosmig_publish.evidence.pack.readme import readme_text
from ecosmig_publish.evidence.pack.signing import seal
from ecosmig_publish.ledger.chain import canonical
from ecosmig_publish.ledger.columns import instant_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Connection

    from ecosmig_publish.destinations import PublishingDestination
    from ecosmig_publish.evidence.pack.building import Built
    from ecosmig_publish.evidence.pack.scope import Scope
    from ecosmig_publish.evidence.pack.signing import Signer
    from ecosmig_publish.outbox import Outbox

SERVER, MADE, README = "server.json", "made.json", "README.txt"


@dataclass(frozen=True, slots=True)
class Maker:
    """Who makes a pack, where, with which version, and when."""

    identity: str
    host: str
    version: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Asking:
    """How the library is asked for its own times; `now` says when each folder answered."""

    destination: PublishingDestination
    now: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Pack:
    """What was made: acts and how many in full, the chain's end, rows by section and sort, answers of the library."""

    acts: int
    shown: int
    head: str
    totals: Mapping[str, int]
    server: Mapping[str, int] | None


def make_pack(
    out: Path,
    connection: Connection,
    scope: Scope,
    outbox: Outbox,
    *,
    signer: Signer | None,
    maker: Maker,
    asking: Asking | None,
    on_act: Callable[[], None] = lambda: None,
) -> Pack:
    """Make a pack at `out`, a .zip or a folder, whole or not at all.

    Without a signer nobody vouches for it; without asking the library's own times are left out. Raises as `build` and
    `placed` do.
    """
    with placed(out) as directory:
        built = build(directory, connection, scope, outbox, on_act=on_act)
        server = None if asking is None else _ask(directory / SERVER, built, asking)
        _write(directory, built, scope, signer, maker, server)
        seal(directory, signer)
    return Pack(built.acts, built.shown, built.head, built.totals, server)


def _ask(path: Path, built: Built, asking: Asking) -> dict[str, int]:
    asked = [(entry, built.published.get(it, [])) for it, entry in built.folders.items()]
    return write_answers(path, asked, asking.destination, asking.now)


def _write(
    directory: Path,
    built: Built,
    scope: Scope,
    signer: Signer | None,
    maker: Maker,
    server: Mapping[str, int] | None,
) -> None:
    made: dict[str, Any] = {
        "schema": "ecosmig-made/1",
        "made_at": instant_text(maker.made_at),
        "identity": maker.identity,
        "host": maker.host,
        "version": maker.version,
        "fingerprint": signer.fingerprint if signer else None,
        "server": _server(server),
    }
    (directory / MADE).write_text(canonical(made) + "\n", encoding="utf-8")
    (directory / README).write_text(readme_text(built, scope, made), encoding="utf-8")


def _server(server: Mapping[str, int] | None) -> str:
    """Return in words whether the library was asked for its own times."""
    if server is None:
        return "not asked"
    answered, unanswered = (server.get(f"folders_asked {outcome}", 0) for outcome in (ANSWERED, UNANSWERED))
    if not unanswered:
        return f"asked, and {answered} folders answered"
    return f"asked: {answered} folders answered, {unanswered} did not; server.json says why"
