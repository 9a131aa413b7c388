"""The databases that a ledger can be kept in: what differs between them, and nothing else."""

from ecosmig_publish.ledger.databases.opening import database_at
from ecosmig_publish.ledger.databases.protocol import Database, Liveness

__all__ = ["Database", "Liveness", "database_at"]
