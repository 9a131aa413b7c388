"""The ledger's tables. What must never be recorded, the database itself refuses.

The migrations bring a database to this; a test holds the two equal. No table holds an MPxN; a `key` may hold
a Device ID.
"""

from ecosmig_publish.ledger.tables.acting import acts, anchors, findings, lease, source_watermarks
from ecosmig_publish.ledger.tables.base import metadata
from ecosmig_publish.ledger.tables.decided import (
    brakes,
    corrections,
    recalls,
    resends,
    seeds,
    slot_brakes,
    withdrawals,
)
from ecosmig_publish.ledger.tables.held import holds, problems, reported_keys
from ecosmig_publish.ledger.tables.issued import files, issues, outbox_directories, slots, streams
from ecosmig_publish.ledger.tables.places import access_proofs, change_tokens, folder_heads, folders
from ecosmig_publish.ledger.tables.published import conflicts, publications, readings, receipts
from ecosmig_publish.ledger.tables.recovered import lost_numbers, stopped_streams

__all__ = [
    "access_proofs",
    "acts",
    "anchors",
    "brakes",
    "change_tokens",
    "conflicts",
    "corrections",
    "files",
    "findings",
    "folder_heads",
    "folders",
    "holds",
    "issues",
    "lease",
    "lost_numbers",
    "metadata",
    "outbox_directories",
    "problems",
    "publications",
    "readings",
    "recalls",
    "receipts",
    "reported_keys",
    "resends",
    "seeds",
    "slot_brakes",
    "slots",
    "source_watermarks",
    "stopped_streams",
    "streams",
    "withdrawals",
]
