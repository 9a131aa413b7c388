"""Who could read a recipient's folder when an administrator looked, and where following a library's changes stands."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from ecosmig_publish.emrr.terms import Signifier
from ecosmig_publish.errors import LedgerError
from ecosmig_publish.ledger.chain import Deed, canonical
from ecosmig_publish.ledger.columns import instant_text
from ecosmig_publish.ledger.entries import AccessChange, AccessProof
from ecosmig_publish.ledger.folders import read_folders
from ecosmig_publish.ledger.tables import access_proofs, change_tokens

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection


def read_access_proofs(connection: Connection) -> dict[Signifier, AccessProof]:
    """Return the latest look at each recipient's folder, by signifier."""
    rows = connection.execute(select(access_proofs).order_by(access_proofs.c.signifier))
    return {
        Signifier(row.signifier): AccessProof(
            Signifier(row.signifier), row.folder_id, tuple(json.loads(row.readers)), row.is_exact, row.looked_at
        )
        for row in rows
    }


def record_access_proof(connection: Connection, proof: AccessProof) -> Deed:
    """Record who can read a recipient's folder; the act keeps every look, the table the latest."""
    entry = read_folders(connection).get(proof.signifier)
    if entry is None or entry.folder_id != proof.folder_id:
        raise LedgerError(
            f"{proof.signifier}: the folder that was looked at is not the one that is pinned; nothing was recorded",
            hint=f"ecosmig supplier onboard {proof.signifier}",
        )
    readers = sorted(proof.readers)
    connection.execute(delete(access_proofs).where(access_proofs.c.signifier == proof.signifier))
    connection.execute(
        insert(access_proofs),
        {
            "signifier": proof.signifier,
            "folder_id": proof.folder_id,
            "readers": canonical(readers),
            "is_exact": proof.is_exact,
            "looked_at": proof.looked_at,
        },
    )
    content = {"folder_id": proof.folder_id, "readers": readers, "is_exact": proof.is_exact}
    return Deed("prove-access", proof.signifier, {**content, "looked_at": instant_text(proof.looked_at)})


def deed_of_change(proof: AccessProof, changed: AccessChange) -> Deed:
    """Return what is put on the record of grants; who could read the folder after it is the proof's to say."""
    content: dict[str, object] = {"folder_id": proof.folder_id}
    content |= {"granted": sorted(changed.granted), "withdrawn": sorted(changed.withdrawn), "invited": changed.invited}
    return Deed(changed.kind, proof.signifier, content)


def change_token(connection: Connection, library: str) -> str | None:
    """Return the token from which a library's changes are followed next, None where none was taken."""
    wanted = select(change_tokens.c.token).where(change_tokens.c.library == library)
    token: str | None = connection.execute(wanted).scalar()
    return token


def record_change_token(connection: Connection, library: str, token: str, at: datetime) -> None:
    """Keep the token; it says nothing of what was delivered, so it is no act."""
    connection.execute(delete(change_tokens).where(change_tokens.c.library == library))
    connection.execute(insert(change_tokens), {"library": library, "token": token, "taken_at": at})
