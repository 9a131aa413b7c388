"""A ledger on a PostgreSQL server, where several hosts share it."""

from ecosmig_publish.ledger.databases.postgresql.database import PostgresqlDatabase

__all__ = ["PostgresqlDatabase"]
