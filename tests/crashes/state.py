"""What an installation came to, as far as it may not depend on when it was interrupted."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING, Any

from ecosmig_publish.destinations.folder.anchors import AnchorsOnDisk
from ecosmig_publish.ledger import Actor, Ledger, check
from ecosmig_publish.ledger.leases.lease import TAKEN_OVER
from ecosmig_publish.outbox import Outbox
from ecosmig_publish.workflows.anchoring.checking import audit_chain
from tests.crashes.scenarios import LEDGER_URL

if TYPE_CHECKING:
    from pathlib import Path

State = dict[str, Any]
Tables = dict[str, list[dict[str, Any]]]

_VOLATILE = {
    "publications": {"adopted", "item_id"},
    "folders": {"onboarded_at"},
    "findings": {"at"},
    "folder_heads": {"seen_at"},
    "holds": {"opened_at", "tried_at"},
    "source_watermarks": {"taken_at"},
}
"""Columns that say how or when something came about, not what."""
_INSTANTS = {"published_at", "proved_at"}
"""Of these it counts only that there is one."""


def state_of(home: Path) -> State:
    """Return the folders, the outbox and the ledger of an installation, comparable between runs."""
    url_file = home / LEDGER_URL
    url = url_file.read_text() if url_file.exists() else "sqlite:state/ecosmig.db"
    tables = _in_file(home) if url.startswith("sqlite:") else _on_server(url)
    acts = tables.pop("acts")
    # Every run has a fence of its own, whatever it does, and the hashes of what it does are its own.
    del tables["lease"], tables["anchors"]
    known = {row["name"] for row in tables.pop("outbox_directories")}
    outbox = home / "state/outbox"
    return {
        "published": _digests(home / "published"),
        "outbox": {_steady(path): digest for path, digest in _digests(outbox).items()},
        "outbox without owner": sorted({path.name for path in outbox.glob("*")} - known),
        "ledger": {name: [_settled(name, row) for row in rows] for name, rows in tables.items()},
        "acts": _acts(acts),
        **_chain(home, url),
    }


def _in_file(home: Path) -> Tables:
    with closing(sqlite3.connect(home / "state/ecosmig.db")) as ledger:
        ledger.row_factory = sqlite3.Row
        names = [row["name"] for row in ledger.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: list(map(dict, ledger.execute(f'SELECT * FROM "{name}"'))) for name in sorted(names)}  # noqa: S608


def _on_server(url: str) -> Tables:
    """Return the tables without the numbers that the server gave their rows: a killed run has used some up."""
    import psycopg  # noqa: PLC0415 - only where a ledger is on a server
    from psycopg.rows import dict_row  # noqa: PLC0415 - as above

    with psycopg.connect(url, row_factory=dict_row) as ledger:
        names = ledger.execute("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'").fetchall()
        tables = {}
        for name in sorted(row["name"] for row in names):
            rows = ledger.execute(f'SELECT * FROM "{name}"'.encode()).fetchall()  # noqa: S608
            told = [{key: it for key, it in row.items() if not _is_number_of_row(key, it)} for row in rows]
            tables[name] = sorted(told, key=str)
    return tables


def _is_number_of_row(key: str, value: object) -> bool:
    return isinstance(value, int) and (key == "id" or key.endswith("_id"))


def differences(one: State, other: State) -> list[str]:
    """Return what differs, named."""
    parts = [(key, key, "") for key in one if key != "ledger"]
    parts += [(f"table {name}", "ledger", name) for name in one["ledger"].keys() | other["ledger"].keys()]
    found = []
    for what, key, name in sorted(parts):
        here, there = (it[key].get(name) if name else it[key] for it in (one, other))
        if here != there:
            found.append(f"{what}: {_shown(here)} against {_shown(there)}")
    return found


def _shown(value: object) -> str:
    return json.dumps(value, default=str)[:2000]


def _digests(directory: Path) -> dict[str, str]:
    return {
        path.relative_to(directory).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        for path in sorted(directory.rglob("*"))
    }


def _steady(outbox_path: str) -> str:
    """Return a place in the outbox without the random mark of its attempt."""
    directory, slash, name = outbox_path.partition("/")
    return directory.rpartition("_")[0] + slash + name


def _settled(table: str, row: dict[str, Any]) -> dict[str, Any]:
    settled = {key: value for key, value in row.items() if key not in _VOLATILE.get(table, set())}
    for key in _INSTANTS & settled.keys():
        settled[key] = settled[key] is not None
    if "outbox_path" in settled:
        settled["outbox_path"] = _steady(settled["outbox_path"])
    return settled


def _acts(acts: list[dict[str, Any]]) -> dict[str, int]:
    """Return how often each thing was done; to adopt a file is to publish it, and files may be proved apart.

    That a run was taken over from is said of a killed one only.
    """
    counted: Counter[str] = Counter()
    for act in acts:
        if act["kind"] == TAKEN_OVER:
            continue
        if act["kind"] == "prove-files":
            counted.update(f"prove {name}" for name in json.loads(act["content"])["files"])
        else:
            counted[f"{act['kind'].replace('adopt-', 'publish-')} {act['subject']}"] += 1
    return dict(sorted(counted.items()))


def _chain(home: Path, url: str) -> dict[str, Any]:
    actor = Actor(identity="test", host="test", version="test")
    ledger = Ledger.open_existing(url, base=home, actor=actor, now=_no_clock)
    assert ledger is not None
    with ledger:
        audited = audit_chain(ledger, Outbox(home / "state/outbox"), AnchorsOnDisk(home / "state/anchors"))
        return {
            "breaks of the chain": [str(found) for found in check(ledger.acts())],
            "disagreements with anchors": [str(it) for it in audited.checked.faults if it.kind == "anchor"],
            "is anchored": not audited.unanchored,
        }


def _no_clock() -> Any:
    raise AssertionError("reading needs no clock")
