"""What a PostgreSQL server complains of is said, with what to do; passwords and rows never are."""

from __future__ import annotations

import logging
import sys
import traceback
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.errors import ConfigurationError, LedgerError
from ecosmig_publish.ledger import HeldEntry, Ledger
from ecosmig_publish.ledger.databases import database_at

from .made import A, Place, birth_of, content_of, slot_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.postgresql import Server

PASSWORD = "s3cr3t/p@ss"  # noqa: S105 - the test server's


def test_a_server_that_is_not_there_is_said_with_what_to_do(tmp_path: Path) -> None:
    place = Place(tmp_path, f"postgresql://owner@/db?host={tmp_path}")
    for open_it in (place.opened, place.existing):
        with pytest.raises(LedgerError, match="can't be reached") as refused:
            open_it()
        assert "pg_isready" in refused.value.hint


@pytest.mark.parametrize(
    ("user", "password", "says", "hint"),
    [
        ("clerk", "wrong-secret", "doesn't let this user in", "PGPASSWORD"),
        ("clerk", "", "doesn't let this user in", "PGPASSWORD"),
        ("nobody-here", "wrong-secret", "doesn't let this user in", "Check user"),
        ("clerk", PASSWORD, "may not do that", "OWNER TO"),
    ],
)
def test_a_user_who_may_not_is_said(
    server: Server, tmp_path: Path, user: str, password: str, says: str, hint: str
) -> None:
    place = Place(tmp_path, server.url(server.fresh_database(), user=user, password=password))
    with pytest.raises(LedgerError, match=says) as refused:
        place.opened()
    assert hint in refused.value.hint


def test_a_user_who_may_not_read_is_said(server: Server, database: str, tmp_path: Path) -> None:
    place = Place(tmp_path, server.url(database, user="stranger", password="other"))  # noqa: S106 - the test server's
    with pytest.raises(LedgerError, match="may not do that"):
        place.existing()


def test_a_database_that_is_not_there_is_said(server: Server, tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="no such database") as refused:
        Place(tmp_path, server.url("nowhere")).opened()
    assert "CREATE DATABASE" in refused.value.hint


def test_a_standby_is_read_and_not_written(own_server: Server, tmp_path: Path) -> None:
    place = Place(tmp_path, own_server.url(own_server.fresh_database()))
    with place.opened() as ledger:
        ledger.record_slot(birth_of(slot_of(1), {A: [1]}))
    own_server.stop("fast")
    own_server.become_standby()
    own_server.start()
    with place.opened() as ledger:
        assert ledger.last_sequences(Report.ECOSMIG_001) == {A: 1}
        with pytest.raises(LedgerError, match="can't be written") as refused:
            ledger.record_slot(birth_of(slot_of(2), {A: [2]}))
        assert "standby" in refused.value.hint
        with pytest.raises(LedgerError, match="can't be written"), ledger.leased():
            pass


@pytest.mark.parametrize(
    ("state", "says", "hint"),
    [
        ("53100", "disk is full", "Make room"),
        ("25006", "can't be written", "standby"),
        ("55P03", "kept the ledger locked", "pg_stat_activity"),
        ("53300", "no more connections", "max_connections"),
        ("57P01", "connection was lost", "Run again"),
        ("XX001", "database failed", "log"),
    ],
)
def test_what_the_server_complains_of_is_said_and_nothing_recorded(
    server: Server, database: str, server_ledger: Ledger, state: str, says: str, hint: str
) -> None:
    with server.connection(database) as connection:
        connection.execute(
            f"CREATE FUNCTION complain() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION 'as the test says' USING ERRCODE = '{state}'; END $$".encode()
        )
        connection.execute("CREATE TRIGGER complains BEFORE INSERT ON acts EXECUTE FUNCTION complain()")
    before = content_of(server_ledger)
    with pytest.raises(LedgerError, match=f"{says}.*as the test says") as refused:
        server_ledger.record_slot(birth_of(slot_of(1), {A: [1]}))
    assert hint in refused.value.hint
    assert content_of(server_ledger) == before


def test_a_server_that_takes_no_more_connections_is_said(server: Server, database: str, server_place: Place) -> None:
    with server.connection() as connection:
        connection.execute(f"ALTER DATABASE {database} CONNECTION LIMIT 0".encode())
    with pytest.raises(LedgerError, match="no more connections") as refused:
        server_place.opened()
    assert "max_connections" in refused.value.hint


def test_a_password_stands_in_no_error_no_repr_and_no_log(
    server: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    url = server.url(server.fresh_database(), user="clerk", password=PASSWORD)
    said = [repr(database_at(url, base=tmp_path)), database_at(url, base=tmp_path).name]
    wrong = url.replace("clerk", "stranger")
    for place in (
        Place(tmp_path, url),
        Place(tmp_path, wrong),
        Place(tmp_path, url.replace("?host=", "?host=/nowhere")),
    ):
        with pytest.raises(LedgerError) as refused:
            place.opened()
        said += [*traceback.format_exception(refused.value), refused.value.hint]
    for secret in (PASSWORD, "s3cr3t"):
        assert secret not in "\n".join(said)
        assert secret not in caplog.text


def test_a_row_that_is_refused_is_quoted_neither_in_the_error_nor_in_its_traceback(server_ledger: Ledger) -> None:
    key = "device:00-DB-12-34-56-78-90-AB"
    server_ledger.record_slot(birth_of(slot_of(1), {}, held=[HeldEntry(key, ("no-device",), None)]))
    with pytest.raises(LedgerError, match=r"refused to record.*ck_holds_closed") as refused:
        server_ledger.record_slot(birth_of(slot_of(2), {}, closed={key: "forgotten"}))
    assert key not in "".join(traceback.format_exception(refused.value))


def test_without_the_driver_it_is_said_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "psycopg"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ConfigurationError, match="driver") as refused:
        Place(tmp_path, "postgresql://u@h/db").opened()
    assert "ecosmig-publish[postgresql]" in refused.value.hint
