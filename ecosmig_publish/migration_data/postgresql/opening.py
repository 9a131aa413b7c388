"""From `postgresql://…` to its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.errors import ConfigurationError, SourceError
from ecosmig_publish.migration_data.contract import CONTRACT
from ecosmig_publish.migration_data.data import MigrationData, Tables
from ecosmig_publish.migration_data.own_tables import contract_tables
from ecosmig_publish.postgresql_address import connection_parameters, name_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_THERE = """
SELECT CASE WHEN pg_catalog.pg_table_is_visible(c.oid) THEN c.relname ELSE n.nspname || '.' || c.relname END
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND n.nspname NOT LIKE 'pg\\_%' AND NOT c.relispartition
"""


def open_postgresql_source(url: str, *, tables: Mapping[str, str]) -> MigrationData:
    """Open the tables at an address: those of the search path, or what `tables` maps. Raises `SourceError`."""
    try:
        parameters = connection_parameters(url, "source.url")
    except ConfigurationError as error:
        raise SourceError(str(error), hint=error.hint) from error
    from psycopg import OperationalError  # noqa: PLC0415 - an extra

    # Here: the driver is an extra, and the address has said so where it isn't there.
    from ecosmig_publish.migration_data.postgresql.engine import PostgresqlEngine  # noqa: PLC0415 - as said
    from ecosmig_publish.migration_data.postgresql.faults import postgresql_faults  # noqa: PLC0415 - as said
    from ecosmig_publish.migration_data.postgresql.session import Session  # noqa: PLC0415 - as said
    from ecosmig_publish.migration_data.postgresql.views import own_table, unique_columns  # noqa: PLC0415 - as said

    where = name_of(parameters)
    source = f"source {where}"
    with postgresql_faults(source, None, parameters.get("password", "")):
        session = Session(parameters)
        try:
            # Said once, and not of every table.
            session.write("CREATE TEMPORARY TABLE ecosmig_trial ()")
            engine = PostgresqlEngine(session, source)
            found = contract_tables(
                lambda table, own: own_table(engine, session, table, own),
                tables,
                source,
                where,
                lambda: [name for (name,) in session.rows(_THERE)],
                never_a_fault=(OperationalError,),
            )
            engine.unique = {
                unique
                for name, table in CONTRACT.items()
                for unique in unique_columns(session, table, tables.get(name, name))
            }
        except BaseException:
            session.close()
            raise
    return MigrationData(engine, Tables(**found), source)
