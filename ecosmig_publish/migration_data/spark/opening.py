"""From `spark://…` to its tables."""

from __future__ import annotations

import logging
import warnings
from typing import TYPE_CHECKING, Any

from ecosmig_publish.errors import SourceError
from ecosmig_publish.migration_data.data import MigrationData, Tables
from ecosmig_publish.migration_data.normalising import normalised
from ecosmig_publish.migration_data.own_tables import contract_tables, is_select
from ecosmig_publish.migration_data.spark.address import parse_spark_address

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecosmig_publish.migration_data.contract import Table
    from ecosmig_publish.migration_data.spark.engine import SparkEngine


def open_spark_source(url: str, *, tables: Mapping[str, str], memory_limit: str, threads: int | None) -> MigrationData:
    """Open the tables of the session's catalog, or what `tables` maps. Raises `SourceError`."""
    address = parse_spark_address(url)
    # It says so as it is imported, and nothing here hands over what it speaks of.
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    # What carries calls to Java logs an interruption, with its trace, as nobody's; it goes on as what it is.
    logging.getLogger().addHandler(logging.NullHandler())
    try:
        from ecosmig_publish.migration_data.spark.engine import SparkEngine  # noqa: PLC0415 - an extra
        from ecosmig_publish.migration_data.spark.faults import spark_faults  # noqa: PLC0415 - as above
        from ecosmig_publish.migration_data.spark.session import close_session, open_session  # noqa: PLC0415 - as above
    except ImportError as error:
        raise SourceError(
            "source.url asks for Spark, which is not installed", hint='pip install "ecosmig-publish[spark]"'
        ) from error
    source = f"source {address.name}"
    with spark_faults(source):
        session = open_session(address, memory_limit=memory_limit, threads=threads)
        try:
            engine = SparkEngine(session, source)
            found = contract_tables(
                lambda table, own: _own_table(engine, session, table, own),
                tables,
                source,
                address.name,
                lambda: [table.name for table in session.catalog.listTables() if not table.name.startswith("ecosmig_")],
            )
        except BaseException:
            close_session(session)
            raise
    return MigrationData(engine, Tables(**found), source)


def _own_table(engine: SparkEngine, session: Any, table: Table, own: str) -> tuple[Any, list[str]]:
    """Return the owner's table, or query, as the contract's, and what is wrong with it. Raises what Spark raises."""
    query = own.strip().rstrip(";") if is_select(own) else f"SELECT * FROM {_name_of(own)}"
    return normalised(engine.own_table(f"ecosmig_source_{table.name}", session.sql(query)), table)


def _name_of(own: str) -> str:
    """Return a name as Spark takes it; one in backticks, such as that of a folder, is taken as it is written."""
    return own if "`" in own else ".".join(f"`{part}`" for part in own.split("."))
