"""Migration data that lies in PostgreSQL: the same expressions, run by the owner's server."""

from ecosmig_publish.migration_data.postgresql.opening import open_postgresql_source

__all__ = ["open_postgresql_source"]
