"""The owner's tables through views of this session's own: the contract's kinds, texts that compare by code point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis
import psycopg
from psycopg import sql

from ecosmig_publish.errors import SourceError
from ecosmig_publish.migration_data.contract import Kind
from ecosmig_publish.migration_data.normalising import normalised
from ecosmig_publish.migration_data.own_tables import is_select

if TYPE_CHECKING:
    from ecosmig_publish.migration_data.contract import Column, Table
    from ecosmig_publish.migration_data.postgresql.engine import PostgresqlEngine
    from ecosmig_publish.migration_data.postgresql.session import Session, Statement

_TEXTS = ("text", "character varying", "character", "bpchar", "citext", "name")
_INTEGERS = ("smallint", "integer", "bigint")
_FIRST, _LAST = "0001-01-01", "9999-12-31 23:59:59.999999"
_LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class _Found:
    """A column as the server describes it; domains are what they are made of."""

    name: str
    kind: str
    is_enumeration: bool
    scale: int | None


def own_table(engine: PostgresqlEngine, session: Session, table: Table, own: str) -> tuple[Any, list[str]]:
    """Return the owner's table, or query, as the contract's, and what is wrong with it.

    Raises what psycopg raises where it isn't there, `SourceError` where it may not be read.
    """
    source = _source_of(own)
    try:
        found = _described(session, source)
    except psycopg.errors.InsufficientPrivilege as error:
        raise SourceError(
            f"this user may not read it ({error.diag.message_primary})",
            hint="GRANT SELECT on it to the user in source.url, and USAGE on its schema.",
        ) from error
    wanted = {column.name: column for column in table.columns}
    view = f"ecosmig_source_{table.name}"
    schema: dict[str, str] = {}
    columns = []
    for column in found:
        kind, expression = _as_contract(column, wanted.get(column.name))
        schema[column.name] = kind
        columns.append(expression + sql.SQL(" AS {}").format(sql.Identifier(column.name)))
    made = sql.SQL("CREATE TEMPORARY VIEW {} AS SELECT {} FROM ").format(
        sql.Identifier(view), sql.SQL(", ").join(columns)
    )
    session.write(made + source)
    return normalised(engine.table(view, ibis.schema(schema)), table)


def unique_columns(session: Session, table: Table, own: str) -> set[tuple[str, str]]:
    """Return the column by which the contract tells the table's rows apart, where the server lets none stand twice."""
    if table.key is None or is_select(own):
        return set()
    found = session.rows(_UNIQUE, (_name_of(own).as_string(None), table.key))
    return {(f"ecosmig_source_{table.name}", table.key)} if found else set()


_UNIQUE = """
SELECT 1 FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS c ON c.oid = i.indrelid AND c.relkind IN ('r', 'p')
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
WHERE i.indrelid = to_regclass(%s) AND a.attname = %s AND i.indnkeyatts = 1
  AND i.indisunique AND i.indisvalid AND i.indisready AND i.indimmediate AND i.indpred IS NULL
"""


def _source_of(own: str) -> Statement:
    if is_select(own):
        query = own.strip().rstrip(";").strip()
        return sql.SQL(f"({query}\n) AS own")
    return _name_of(own) + sql.SQL(" AS own")


def _name_of(own: str) -> Statement:
    """Return a name as the server takes it; one in quotes is taken as it is written."""
    if '"' in own:
        return sql.SQL(own)
    return sql.SQL(".").join(sql.Identifier(part) for part in own.split("."))


def _described(session: Session, source: Statement) -> list[_Found]:
    with session.reading() as cursor:
        cursor.execute(sql.SQL("SELECT * FROM ") + source + sql.SQL(" LIMIT 0"))
        described = list(cursor.description or ())
        kinds = {
            number: (kind, letter == "e")
            for number, kind, letter in cursor.execute(
                "SELECT oid::int8, pg_catalog.format_type(oid, NULL), typtype::text FROM pg_catalog.pg_type "
                "WHERE oid = ANY(%s::oid[])",
                ([column.type_code for column in described],),
            )
        }
    return [_Found(column.name, *kinds[column.type_code], column.scale) for column in described]


def _as_contract(found: _Found, wanted: Column | None) -> tuple[str, Statement]:
    """Return Ibis's kind of a column, and the SQL that makes it that."""
    name = sql.SQL("own.{}").format(sql.Identifier(found.name))
    if found.kind in _TEXTS or found.is_enumeration:
        return "string", sql.SQL('CAST({} AS text) COLLATE "C"').format(name)
    if found.kind in _INTEGERS:
        return "int64", sql.SQL("CAST({} AS bigint)").format(name)
    if found.kind == "numeric" and found.scale == 0:
        whole = f"CASE WHEN {{0}} BETWEEN -{_LARGEST} AND {_LARGEST} THEN CAST({{0}} AS bigint) END"
        return "int64", sql.SQL(whole).format(name)
    if found.kind.startswith("timestamp"):
        return "timestamp(6)", _instant(found, wanted, name)
    return _ibis_kind(found.kind), name


def _instant(found: _Found, wanted: Column | None, name: Statement) -> Statement:
    """Return an instant as naive UTC, within the years that a report can print.

    A span may end at infinity, which is no end; one that ended before all time never began. Elsewhere what can't be
    printed is no instant.
    """
    is_zoned = found.kind == "timestamp with time zone"
    moment = sql.SQL("({} AT TIME ZONE 'UTC')").format(name) if is_zoned else name
    if wanted is None or wanted.kind is not Kind.TIMESTAMP:
        return moment
    within = f"CASE WHEN {{0}} BETWEEN '{_FIRST}' AND '{_LAST}' THEN {{0}}"
    ends = f" WHEN {{0}} < '{_FIRST}' THEN '{_FIRST}'::timestamp END" if wanted.nullable else " END"
    return sql.SQL(within + ends).format(moment)


def _ibis_kind(kind: str) -> str:
    """Return how a kind that the contract has no use for is called in what is said of it."""
    from ibis.backends.sql.datatypes import PostgresType  # noqa: PLC0415 - rare

    try:
        return str(PostgresType.from_string(kind))
    except Exception:  # noqa: BLE001 - Ibis knows not all of them
        return "binary"
