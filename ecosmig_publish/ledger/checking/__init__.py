"""The ledger against itself: database, schema, chain, acts against rows, and what must hold of the rows."""

from ecosmig_publish.ledger.checking.checking import check_ledger
from ecosmig_publish.ledger.checking.fault import NEXT_STEPS, LedgerFault

__all__ = ["NEXT_STEPS", "LedgerFault", "check_ledger"]
