"""The lease: whose run may change the ledger, and how others learn that it ended."""

from ecosmig_publish.ledger.leases.holding import holding, told_of_loss
from ecosmig_publish.ledger.leases.lease import Lease
from ecosmig_publish.ledger.leases.terms import TERMS, LeaseTerms

__all__ = ["TERMS", "Lease", "LeaseTerms", "holding", "told_of_loss"]
