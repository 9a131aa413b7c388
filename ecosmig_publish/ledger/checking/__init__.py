"""The ledger against itself: database, schema, chain, acts against rows, and what must hold of the rows."""

from ecosmig_publish.ledger.checking.checking import check_ledger
from ecosmig_publish.ledger.checking.database import database_files
from ecosmig_publish.ledger.checking.fault import NEXT_STEPS, LedgerFault
from ecosmig_publish.ledger.checking.of_anchors import (
    ComparedAnchors,
    compare_anchors,
    unaccounted_anchors,
    written_anchors,
)
from ecosmig_publish.ledger.checking.places import (
    OutboxPlace,
    count_files,
    directories_of_slots,
    left_by_recoveries,
    outbox_places,
)

__all__ = [
    "NEXT_STEPS",
    "ComparedAnchors",
    "LedgerFault",
    "OutboxPlace",
    "check_ledger",
    "compare_anchors",
    "count_files",
    "database_files",
    "directories_of_slots",
    "left_by_recoveries",
    "outbox_places",
    "unaccounted_anchors",
    "written_anchors",
]
