"""Tables in PostgreSQL as owners have them: their kinds, their rights, their faults; one look at them for a run."""

from __future__ import annotations

import os
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from ecosmig_publish.errors import SourceError
from ecosmig_publish.migration_data import open_migration_data, shown_address
from ecosmig_publish.migration_data.check import check_migration_data
from tests.engines.filling import fill
from tests.migration_data.made import attempt, on, sound, span

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

    from ecosmig_publish.migration_data import MigrationData
    from tests.postgresql import Server

PASSWORD = "s3cr3t/p@ss"  # noqa: S105 - the test server's
LATE = "2024-03-01 00:00:00"


@pytest.fixture(scope="module")
def filled(server: Server) -> str:
    """The name of a database that holds a sound source, which `owner` and `clerk` may read."""
    database = server.fresh_database()
    with server.connection(database) as connection:
        fill(connection, sound())
        connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO owner, clerk")
    return database


@pytest.fixture
def changed(server: Server, filled: str) -> Iterator[tuple[str, psycopg.Connection[Any]]]:
    """A copy of it, and a connection as the one who may do everything."""
    database = server.fresh_database(like=filled)
    with server.connection(database) as connection:
        yield database, connection


@contextmanager
def opened(server: Server, database: str, *, tables: dict[str, str] | None = None) -> Iterator[MigrationData]:
    with open_migration_data(server.url(database), base=Path(), tables=tables or {}) as data:
        yield data


def refused(url: str, tables: dict[str, str] | None = None) -> SourceError:
    with pytest.raises(SourceError) as raised, open_migration_data(url, base=Path(), tables=tables or {}):
        pass
    return raised.value


def test_the_owners_kinds_become_the_contracts(server: Server, changed: tuple[str, psycopg.Connection[Any]]) -> None:
    database, connection = changed
    connection.execute("CREATE TYPE outcomes AS ENUM ('SUCCESS', 'FAILURE'); CREATE DOMAIN code AS varchar(5)")
    connection.execute(
        "CREATE TABLE own AS SELECT 1::smallint AS attempt_id, 'A'::char(4) AS device_id, "
        "timestamptz '2024-02-26 06:59:59.999999+02' AS completed_at, 'FAILURE'::outcomes AS outcome, "
        "''::code AS error_code, 7::numeric(6,0) AS error_sub_code, '1'::varchar AS firmware_version, "
        "timestamp(3) '2024-02-26 05:00:00.5' AS recorded_at; GRANT SELECT ON own TO owner"
    )
    with opened(server, database, tables={"migration_attempts": "own"}) as data:
        assert data.fetch(data.tables.migration_attempts).to_pylist() == [
            {
                "attempt_id": 1,
                "device_id": "A",
                "completed_at": on("2024-02-26 04:59:59.999999"),
                "outcome": "FAILURE",
                "error_code": None,
                "error_sub_code": 7,
                "firmware_version": "1",
                "recorded_at": on("2024-02-26 05:00:00.5"),
            }
        ]


def test_an_end_at_infinity_is_no_end_and_any_other_instant_there_is_none(
    server: Server, changed: tuple[str, psycopg.Connection[Any]]
) -> None:
    database, connection = changed
    connection.execute("UPDATE responsibilities SET effective_to = 'infinity', effective_from = '2024-01-01Z'")
    connection.execute("UPDATE migration_attempts SET completed_at = '-infinity', recorded_at = 'infinity'")
    with opened(server, database) as data:
        spans = data.tables.responsibilities.select("effective_from", "effective_to").distinct()
        assert data.fetch(spans).to_pylist() == [{"effective_from": on("2024-01-01"), "effective_to": None}]
        attempts = data.tables.migration_attempts.select("completed_at", "recorded_at").distinct()
        assert data.fetch(attempts).to_pylist() == [{"completed_at": None, "recorded_at": None}]


def test_a_table_may_be_a_view_in_another_schema_or_a_query(
    server: Server, changed: tuple[str, psycopg.Connection[Any]]
) -> None:
    database, connection = changed
    connection.execute('CREATE SCHEMA s; CREATE VIEW s."Parties" AS SELECT * FROM parties')
    connection.execute('GRANT USAGE ON SCHEMA s TO owner; GRANT SELECT ON s."Parties" TO owner')
    select = "SELECT sec_party_id, 'É' || chr(37) AS party_name FROM parties -- their names\n;"
    for own in ("s.Parties", 's."Parties"', select):
        with opened(server, database, tables={"parties": own}) as data:
            names = data.fetch(data.tables.parties)["party_name"].to_pylist()
            assert (names == ["É%"] * len(names)) == (own is select)
            assert names


def test_every_fault_names_its_table_and_column_and_what_is_meant(
    server: Server, changed: tuple[str, psycopg.Connection[Any]]
) -> None:
    database, connection = changed
    connection.execute(
        "ALTER TABLE devices RENAME mpxn TO mpxm; ALTER TABLE migration_attempts ALTER completed_at TYPE date;"
        "DROP TABLE parties; REVOKE SELECT ON responsibilities FROM owner; ALTER TABLE network_notifications "
        "ALTER notification_id TYPE numeric"
    )
    error = refused(server.url(database), {"non_migratable_models": "SELECT nothing FROM nowhere"})
    for words in (
        "table devices: column mpxn is missing; is it 'mpxm'?",
        "table migration_attempts: column completed_at is date; the contract wants a timestamp",
        f"table parties: missing from {shown_address(server.url(database))} (there are: device_status_events, devices",
        "table responsibilities: this user may not read it (permission denied for table responsibilities)",
        "table network_notifications: column notification_id is decimal; the contract wants an integer",
        "[source.tables] non_migratable_models = 'SELECT nothing FROM nowhere': relation \"nowhere\" does not exist",
    ):
        assert words in str(error)
    assert "GRANT SELECT" in error.hint


def test_a_user_who_may_make_no_temporary_tables_is_said(
    server: Server, changed: tuple[str, psycopg.Connection[Any]]
) -> None:
    database, connection = changed
    connection.execute(f"REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC".encode())
    error = refused(server.url(database, user="clerk", password=PASSWORD))
    assert "may make no temporary tables" in str(error)
    assert "GRANT TEMPORARY ON DATABASE" in error.hint


@pytest.mark.parametrize(
    ("user", "password", "database", "says"),
    [
        ("clerk", "wrong-secret", "postgres", "doesn't let this user in"),
        ("clerk", "", "postgres", "doesn't let this user in"),
        ("nobody-here", "wrong-secret", "postgres", "doesn't let this user in"),
        ("clerk", PASSWORD, "nowhere", "no such database"),
    ],
)
def test_who_is_not_let_in_is_said_without_the_password(
    server: Server, user: str, password: str, database: str, says: str
) -> None:
    error = refused(server.url(database, user=user, password=password))
    assert says in str(error)
    assert not password or password not in f"{error} {error.hint} {error.__cause__}"


def test_a_server_that_is_not_there_is_said(tmp_path: Path) -> None:
    error = refused(f"postgresql://owner:hidden-secret@/db?host={tmp_path}")
    assert "can't be reached" in str(error)
    assert "pg_isready" in error.hint
    assert "hidden-secret" not in f"{error} {error.hint} {error.__cause__}"


def test_an_address_is_shown_without_its_password() -> None:
    assert (
        shown_address("postgresql://clerk:hidden@db.example/ecos?sslmode=require")
        == "postgresql://clerk@db.example/ecos"
    )


def test_a_run_sees_the_source_as_it_was_when_it_was_opened(
    server: Server, changed: tuple[str, psycopg.Connection[Any]]
) -> None:
    database, connection = changed
    with opened(server, database) as data:
        before = data.fetch(data.tables.migration_attempts).num_rows
        connection.execute("DELETE FROM migration_attempts")
        assert data.fetch(data.tables.migration_attempts).num_rows == before > 0


def test_reading_writes_nothing_whatever_a_view_of_the_owners_does(
    server: Server, changed: tuple[str, psycopg.Connection[Any]]
) -> None:
    database, connection = changed
    connection.execute(
        "CREATE FUNCTION meddle() RETURNS text SECURITY DEFINER LANGUAGE sql AS "
        "$$ DELETE FROM devices RETURNING device_id $$"
    )
    query = "SELECT sec_party_id, meddle() AS party_name FROM parties"
    with opened(server, database, tables={"parties": query}) as data:
        with pytest.raises(SourceError, match="read-only transaction"):
            data.fetch(data.tables.parties)
        assert data.fetch(data.tables.devices).num_rows > 0


def test_a_unique_index_proves_that_no_key_stands_twice(
    server: Server, changed: tuple[str, psycopg.Connection[Any]]
) -> None:
    database, connection = changed
    connection.execute("CREATE UNIQUE INDEX ON devices (device_id)")
    connection.execute("CREATE UNIQUE INDEX ON migration_attempts (attempt_id, device_id)")
    connection.execute("CREATE UNIQUE INDEX ON device_status_events (event_id) WHERE event_id > 5")
    with opened(server, database) as data:
        tables = data.tables
        assert data.never_repeats(tables.devices.device_id)
        assert not data.never_repeats(tables.migration_attempts.attempt_id)
        assert not data.never_repeats(tables.device_status_events.event_id)
        assert not data.never_repeats(tables.migration_attempts.device_id)


def test_what_is_kept_or_handed_over_stands_in_the_order_of_code_points(server: Server, english: str) -> None:
    texts = ["b", "B", "a-1", "A1", "", None, 'q"u,\r\n', "ü", "\U0001f600"]
    with server.connection(english) as connection:
        fill(connection, sound())
    with opened(server, english) as data, data.keeping() as keep:
        table = pa.table({"text": texts, "n": pa.array(range(9), pa.int64())})
        handed = keep(table)
        kept = keep(handed.mutate(as_text=handed.n.cast("string")))
        in_memory = data.memory_table(table)
        by_code_point = sorted(texts, key=lambda text: (text is None, text or ""))
        for expression in (handed, kept, in_memory):
            assert data.fetch(expression.order_by("text"))["text"].to_pylist() == by_code_point
        assert data.fetch(kept.order_by("n"))["as_text"].to_pylist() == [str(n) for n in range(9)]


def test_tables_in_between_are_used_again(server: Server, filled: str) -> None:
    with opened(server, filled) as data:
        for rows in (3, 2, 1):
            table = pa.table({"n": pa.array(range(rows), pa.int64())})
            with data.keeping() as keep:
                kept, in_memory = keep(table), data.memory_table(table)
                assert data.fetch(kept.inner_join(in_memory, "n")).num_rows == rows
            del kept, in_memory
        kept_here = "SELECT count(*) AS n FROM pg_class WHERE relname LIKE 'ecosmig_kept_%'"
        made = data.fetch(data.backend.sql(kept_here, schema={"n": "int64"}))
        assert made["n"].to_pylist() == [2]


def test_a_stream_left_early_leaves_the_source_fit_for_the_next_question(server: Server, filled: str) -> None:
    query = "SELECT n AS attempt_id FROM generate_series(1, 3000000) AS n"
    with opened(server, filled) as data:
        stream = data.stream(data.backend.sql(query, schema={"attempt_id": "int64"}), rows_per_batch=1000)
        assert next(stream)["attempt_id"].to_pylist()[:2] == [1, 2]
        stream.close()  # type: ignore[attr-defined]
        assert data.fetch(data.tables.parties).num_rows > 0


def test_an_interruption_ends_what_the_server_computes(server: Server, filled: str) -> None:
    query = "SELECT count(*) AS n FROM generate_series(1, 10000000000) AS n"
    with opened(server, filled) as data:
        expression = data.backend.sql(query, schema={"n": "int64"})

        def interrupt() -> None:
            _wait_until_busy(server, filled)
            data.interrupt()

        waiting = threading.Thread(target=interrupt)
        began_at = time.monotonic()
        waiting.start()
        with pytest.raises(KeyboardInterrupt):
            data.fetch(expression)
        waiting.join()
        assert time.monotonic() - began_at < 10
        assert data.fetch(data.tables.parties).num_rows > 0


def _wait_until_busy(server: Server, database: str) -> None:
    busy = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND state = 'active' AND query LIKE 'COPY%%'"
    with server.connection() as connection:
        while connection.execute(busy, (database,)).fetchone() == (0,):
            os.sched_yield()


def test_the_check_counts_what_breaks_the_contract(
    server: Server, changed: tuple[str, psycopg.Connection[Any]]
) -> None:
    database, connection = changed
    source = sound()
    source.migration_attempts += [attempt(1, LATE), attempt(None, LATE, outcome="ODD", device_id="odd")]
    source.responsibilities += [
        span(source.devices[0]["device_id"], since, None) for since in ("2020-01-01", "2021-01-01")
    ]
    fill(connection, source)
    connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO owner")
    with opened(server, database) as data:
        found = {(fault.table, fault.rule): fault.count for fault in check_migration_data(data)}
    assert found[("migration_attempts", "key-twice")] == 1
    assert found[("migration_attempts", "outcome")] == 1
    assert found[("migration_attempts", "device-id")] == 1
    assert found[("migration_attempts", "empty")] == 1
    assert found[("responsibilities", "overlapping-spans")] == 1
