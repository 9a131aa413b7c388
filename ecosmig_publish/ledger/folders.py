"""Recipients' folders, each pinned by its id."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from ecosmig_publish.emrr.terms import Signifier
from ecosmig_publish.errors import LedgerError
from ecosmig_publish.ledger.chain import Deed
from ecosmig_publish.ledger.columns import instant_text
from ecosmig_publish.ledger.entries import FolderEntry
from ecosmig_publish.ledger.tables import folders

if TYPE_CHECKING:
    from sqlalchemy import Connection


def read_folders(connection: Connection) -> dict[Signifier, FolderEntry]:
    """Return every onboarded recipient's folder, by signifier."""
    rows = connection.execute(select(folders).order_by(folders.c.signifier))
    return {Signifier(row.signifier): FolderEntry(**row._asdict()) for row in rows}


def record_folder(connection: Connection, entry: FolderEntry) -> Deed | None:
    """Pin a recipient's folder. The same pin again changes nothing; another one raises `LedgerError`."""
    pinned = read_folders(connection)
    known = pinned.get(entry.signifier)
    if known is not None:
        if known.folder_id == entry.folder_id:
            return None
        raise LedgerError(
            f"the folder of {entry.signifier} is pinned to {known.folder_id} ({known.name}), not {entry.folder_id}",
            hint=f"See what stands where: ecosmig verify --supplier {entry.signifier}",
        )
    other = next((folder for folder in pinned.values() if folder.folder_id == entry.folder_id), None)
    if other is not None:
        raise LedgerError(f"the folder {entry.folder_id} is pinned as that of {other.signifier}, not {entry.signifier}")
    connection.execute(insert(folders), asdict(entry))
    content = {"folder_id": entry.folder_id, "name": entry.name, "party_name": entry.party_name}
    return Deed("onboard", entry.signifier, {**content, "onboarded_at": instant_text(entry.onboarded_at)})
