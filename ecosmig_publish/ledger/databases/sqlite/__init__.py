"""A ledger in one file of SQLite's: no server, one host."""

from ecosmig_publish.ledger.databases.sqlite.database import SqliteDatabase

__all__ = ["SqliteDatabase"]
