"""What is so of a ledger on a PostgreSQL server alone: who shares it, and connections that are cut."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, event

from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.errors import LedgerError, LockedError
from ecosmig_publish.ledger import Ledger, check
from ecosmig_publish.ledger.leases import TERMS, Lease, LeaseTerms
from ecosmig_publish.ledger.leases.lease import TAKEN_OVER
from ecosmig_publish.ledger.tables import metadata

from .made import A, B, Place, birth_of, content_of, slot_of
from .test_ledger_lease import row_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.postgresql import Server

_ENDED = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"


def cut_off(server: Server, database: str) -> None:
    """End every session in a database, as a network does that forgets them."""
    with server.connection() as connection:
        connection.execute(_ENDED, [database])


def schema(server: Server, database: str) -> list[tuple[object, ...]]:
    """Return every column, constraint and index of a database."""
    with server.connection(database) as connection:
        columns = connection.execute(
            "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default "
            "FROM information_schema.columns WHERE table_schema = 'public'"
        ).fetchall()
        constraints = connection.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE connamespace = 'public'::regnamespace"
        ).fetchall()
        indexes = connection.execute(
            "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
        )
        rows = [*columns, *constraints, *indexes.fetchall()]
    return sorted((row for row in rows if row[0] != "alembic_version"), key=str)


def test_the_migrated_schema_is_that_of_the_tables(server: Server, database: str) -> None:
    made = server.fresh_database()
    engine = create_engine(server.url(made).replace("postgresql:", "postgresql+psycopg:"))
    metadata.create_all(engine)
    engine.dispose()
    assert schema(server, database) == schema(server, made) != []


def test_two_ledgers_stand_in_schemas_of_their_own(server: Server, tmp_path: Path) -> None:
    name = server.fresh_database()
    with server.connection(name) as connection:
        connection.execute("CREATE SCHEMA mine AUTHORIZATION owner")
        connection.execute("CREATE SCHEMA yours AUTHORIZATION owner")
    mine, yours = (Place(tmp_path, server.url(name, options=f"-csearch_path={schema}")) for schema in ("mine", "yours"))
    with mine.opened() as one, yours.opened() as other, one.leased(), other.leased():
        one.record_slot(birth_of(slot_of(1), {A: [1]}))
        assert other.last_slots() == {}
        assert one.name != other.name


def test_a_schema_that_is_not_there_is_said(server: Server, tmp_path: Path) -> None:
    place = Place(tmp_path, server.url(server.fresh_database(), options="-csearch_path=nowhere"))
    with pytest.raises(LedgerError, match="no such schema") as refused:
        place.opened()
    assert "CREATE SCHEMA" in refused.value.hint


def test_what_is_committed_is_on_disk_whatever_the_servers_default(
    server: Server, database: str, server_place: Place
) -> None:
    with server.connection() as connection:
        connection.execute(f"ALTER DATABASE {database} SET synchronous_commit = off".encode())
        connection.execute(f"ALTER DATABASE {database} SET default_transaction_isolation = serializable".encode())
    with server_place.opened() as ledger, ledger._database.writing(ledger._engine).begin() as connection:
        settings = {
            name: connection.exec_driver_sql(f"SHOW {name}").scalar()
            for name in ("synchronous_commit", "transaction_isolation", "transaction_read_only")
        }
    assert settings == {
        "synchronous_commit": "on",
        "transaction_isolation": "read committed",
        "transaction_read_only": "off",
    }


def test_a_writer_that_stands_still_is_ended_by_the_server_before_its_lease_ends(server_ledger: Ledger) -> None:
    with server_ledger._database.writing(server_ledger._engine).begin() as connection:
        patience = connection.exec_driver_sql("SHOW idle_in_transaction_session_timeout").scalar()
    assert patience == "1min"
    assert timedelta(minutes=1) < TERMS.lasts


@pytest.mark.parametrize("apart", [timedelta(hours=5), timedelta(hours=-5)])
def test_hosts_whose_clocks_are_hours_apart_take_no_lease_from_each_other(
    server_place: Place, apart: timedelta
) -> None:
    now = datetime.now(UTC)
    with (
        server_place.opened(host="host-1", now=lambda: now + apart) as first,
        server_place.opened(host="host-2", now=lambda: now - apart) as second,
        first.leased(),
    ):
        with pytest.raises(LockedError, match="host-1"), second.leased():
            pass
        assert abs(row_of(first).taken_at - now) < timedelta(minutes=10)


@pytest.mark.parametrize("apart", [timedelta(hours=5), timedelta(hours=-5)])
def test_a_lease_that_ended_is_taken_over_by_a_host_whose_clock_is_hours_apart(
    server_place: Place, apart: timedelta
) -> None:
    now = datetime.now(UTC)
    brief = LeaseTerms(lasts=timedelta(milliseconds=1), every=timedelta(hours=1))
    with (
        server_place.opened(host="host-1", now=lambda: now) as first,
        server_place.opened(host="host-2", now=lambda: now + apart) as second,
        first.leased(brief),
        second.leased() as lease,
    ):
        assert lease.fence == 2


def test_a_connection_that_was_cut_while_nobody_used_it_fails_no_record(
    server: Server, database: str, server_ledger: Ledger
) -> None:
    server_ledger.record_slot(birth_of(slot_of(1), {A: [1]}))
    cut_off(server, database)
    server_ledger.record_slot(birth_of(slot_of(2), {A: [2]}))
    cut_off(server, database)
    assert server_ledger.last_sequences(Report.ECOSMIG_001) == {A: 2}


def test_a_run_whose_every_session_was_cut_keeps_its_lease(server: Server, database: str, server_place: Place) -> None:
    with server_place.opened(host="host-1") as first, server_place.opened(host="host-2") as second:
        lease = Lease(first._database, first._engine, first._actor, first._now)
        lease.take()
        cut_off(server, database)
        lease.renew()
        with pytest.raises(LockedError, match="host-1"), second.leased():
            pass
        lease.release()
        with second.leased() as taken:
            assert taken.fence == 2


def test_a_connection_that_is_cut_in_the_middle_of_a_record_leaves_nothing_of_it(
    server: Server, database: str, server_ledger: Ledger
) -> None:
    before = content_of(server_ledger)

    def cut(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
        if statement.startswith("INSERT INTO acts"):
            cut_off(server, database)

    event.listen(server_ledger._engine, "before_cursor_execute", cut)
    with pytest.raises(LedgerError, match="connection was lost") as refused:
        server_ledger.record_slot(birth_of(slot_of(1), {A: [1]}))
    event.remove(server_ledger._engine, "before_cursor_execute", cut)
    assert "Run again" in refused.value.hint
    assert content_of(server_ledger) == before
    server_ledger.record_slot(birth_of(slot_of(1), {A: [1]}))


def test_a_lost_reply_to_a_commit_is_said_and_what_it_recorded_is_recorded_once(
    server: Server, database: str, server_ledger: Ledger
) -> None:
    def cut(connection: object) -> None:
        # Committed, and then cut off before the driver hears of it.
        connection.connection.dbapi_connection.commit()  # type: ignore[attr-defined]
        connection.connection.dbapi_connection.execute("SELECT 1")  # type: ignore[attr-defined]
        cut_off(server, database)

    event.listen(server_ledger._engine, "commit", cut)
    with pytest.raises(LedgerError, match="connection was lost"):
        server_ledger.record_slot(birth_of(slot_of(1), {A: [1]}))
    event.remove(server_ledger._engine, "commit", cut)
    assert server_ledger.last_sequences(Report.ECOSMIG_001) == {A: 1}
    with pytest.raises(LedgerError, match="recorded already"):
        server_ledger.record_slot(birth_of(slot_of(1), {A: [2]}))
    assert list(check(server_ledger.acts())) == []


def test_many_threads_and_ledgers_that_allocate_at_once_leave_no_gap(server_place: Place) -> None:
    def allocate(report: Report) -> None:
        with server_place.opened() as ledger:
            for day in range(1, 11):
                ledger.record_slot(birth_of(slot_of(day, report), {A: [day], B: [day]}))

    with ThreadPoolExecutor(len(Report)) as pool:
        list(pool.map(allocate, Report))
    with server_place.opened() as ledger:
        acts = list(ledger.acts())
        assert [act.id for act in acts] == list(range(1, 10 * len(Report) + 1))
        assert list(check(acts)) == []
        assert all(ledger.last_sequences(report) == {A: 10, B: 10} for report in Report)


def test_a_server_that_stops_and_starts_in_the_middle_of_a_run_costs_that_record_alone(
    own_server: Server, tmp_path: Path
) -> None:
    place = Place(tmp_path, own_server.url(own_server.fresh_database()))
    with place.opened() as ledger, ledger.leased():
        ledger.record_slot(birth_of(slot_of(1), {A: [1]}))
        own_server.stop()
        with pytest.raises(LedgerError, match=r"can't be reached|connection was lost") as refused:
            ledger.record_slot(birth_of(slot_of(2), {A: [2]}))
        assert refused.value.hint
        own_server.start()
        ledger.record_slot(birth_of(slot_of(2), {A: [2]}))
        assert list(check(ledger.acts())) == []


def test_a_server_that_is_gone_when_a_run_ends_spoils_neither_it_nor_the_next_one(
    own_server: Server, tmp_path: Path
) -> None:
    place = Place(tmp_path, own_server.url(own_server.fresh_database()))
    with place.opened() as ledger, ledger.leased():
        own_server.stop()
    own_server.start()
    with place.opened() as ledger, ledger.leased():
        assert [act.kind for act in ledger.acts()] == [TAKEN_OVER]
