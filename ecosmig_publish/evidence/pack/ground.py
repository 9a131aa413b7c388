"""What the sections of a pack are made from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from ecosmig_publish.evidence.pack.acts import Told
    from ecosmig_publish.evidence.pack.others import Others
    from ecosmig_publish.evidence.pack.scope import Scope
    from ecosmig_publish.ledger import FolderEntry


@dataclass(frozen=True, slots=True)
class Ground:
    """The ledger as of one moment, and what its acts said; `recipients` and `folders` are of the pack's suppliers."""

    connection: Connection
    scope: Scope
    others: Others
    told: Told
    recipients: Sequence[str]
    folders: Mapping[str, FolderEntry]
