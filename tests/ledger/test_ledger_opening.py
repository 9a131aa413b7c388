"""Making, upgrading and refusing ledgers."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.exc import OperationalError
from sqlalchemy.schema import CreateTable

from ecosmig_publish.errors import ConfigurationError, LedgerError
from ecosmig_publish.ledger import Ledger
from ecosmig_publish.ledger.tables import metadata
from ecosmig_publish.ledger.version import CURRENT, REVISIONS

from .made import ACTOR, NOON, URL, A, birth_of, content_of, opened, slot_of

if TYPE_CHECKING:
    from pathlib import Path


def existing(base: Path, url: str = URL) -> Ledger | None:
    return Ledger.open_existing(url, base=base, actor=ACTOR, now=lambda: NOON)


def schema(connection: sqlite3.Connection) -> list[tuple[str, str, list[str]]]:
    rows = connection.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE tbl_name <> 'alembic_version' AND sql IS NOT NULL"
    )
    # One clause stands on each line; the order of a table's constraints is no difference.
    return sorted(
        (kind, name, sorted(line.strip().rstrip(",") for line in sql.splitlines())) for kind, name, sql in rows
    )


def test_the_migrated_schema_is_that_of_the_tables(tmp_path: Path) -> None:
    opened(tmp_path).close()
    engine = create_engine(f"sqlite:///{tmp_path}/made.db")
    metadata.create_all(engine)
    engine.dispose()
    migrated, made = sqlite3.connect(tmp_path / "state/ecosmig.db"), sqlite3.connect(tmp_path / "made.db")
    try:
        assert [row[:2] for row in schema(migrated)] == [row[:2] for row in schema(made)]
        assert schema(migrated) == schema(made)
    finally:
        migrated.close()
        made.close()


def test_the_known_versions_are_those_of_the_migrations() -> None:
    config = Config()
    config.set_main_option("script_location", "ecosmig_publish.ledger:migrations")
    scripts = ScriptDirectory.from_config(config)
    assert tuple(script.revision for script in reversed(list(scripts.walk_revisions()))) == REVISIONS


def test_a_ledger_that_was_not_made_to_the_end_is_made_from_the_start(tmp_path: Path) -> None:
    def fail(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
        if "CREATE TABLE files" in statement:
            raise OperationalError(statement, {}, Exception("injected"))

    event.listen(Engine, "before_cursor_execute", fail)
    try:
        with pytest.raises(LedgerError, match="injected"):
            opened(tmp_path)
    finally:
        event.remove(Engine, "before_cursor_execute", fail)
    assert existing(tmp_path) is None
    with opened(tmp_path) as ledger:
        ledger.record_slot(birth_of(slot_of(1), {A: [1]}))


def test_the_tables_can_be_said_to_postgresql_too() -> None:
    dialect = PGDialect()  # type: ignore[no-untyped-call]  # SQLAlchemy has no type for it
    for table in metadata.sorted_tables:
        assert str(CreateTable(table).compile(dialect=dialect))


def test_a_new_ledger_is_its_owners_alone(tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        ledger.record_slot(birth_of(slot_of(1), {A: [1]}))
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "state").iterdir()}
    assert modes == dict.fromkeys(("ecosmig.db", "ecosmig.db-wal", "ecosmig.db-shm"), 0o600)


def test_a_ledger_is_durable_and_holds_its_references(tmp_path: Path) -> None:
    with opened(tmp_path) as ledger, ledger._engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}


def test_what_was_recorded_is_there_when_the_ledger_is_opened_again(tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        ledger.record_slot(birth_of(slot_of(1), {A: [1]}))
        before = content_of(ledger)
    with opened(tmp_path) as ledger:
        assert content_of(ledger) == before


def test_opening_a_ledger_that_is_up_to_date_does_without_alembic(tmp_path: Path) -> None:
    opened(tmp_path).close()
    program = (
        "import sys; from datetime import UTC, datetime; from pathlib import Path\n"
        "from ecosmig_publish.ledger import Actor, Ledger\n"
        "at = dict(base=Path(sys.argv[1]), actor=Actor('a', 'b', 'c'), now=lambda: datetime.now(UTC))\n"
        f"Ledger.open({URL!r}, **at).close()\n"
        "assert 'alembic' not in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False).returncode == 0


def test_where_no_ledger_is_reading_makes_none(tmp_path: Path) -> None:
    assert existing(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_is_no_ledger_yet_and_becomes_one(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state/ecosmig.db").touch()
    assert existing(tmp_path) is None
    with opened(tmp_path) as ledger:
        assert ledger.slots() == []


def test_an_existing_ledger_opened_to_read_can_not_be_written(tmp_path: Path) -> None:
    opened(tmp_path).close()
    ledger = existing(tmp_path)
    assert ledger is not None
    with ledger:
        assert ledger.waiting() == []
        with pytest.raises(LedgerError, match="can't be written"):
            ledger.record_slot(birth_of(slot_of(1), {A: [1]}))


@pytest.mark.parametrize("reading", [False, True])
def test_a_ledger_of_a_newer_version_is_refused_with_both_versions(tmp_path: Path, reading: bool) -> None:  # noqa: FBT001 - pytest names it
    with opened(tmp_path, version="7.8.9") as ledger:
        ledger.record_slot(birth_of(slot_of(1), {A: [1]}))
    with sqlite3.connect(tmp_path / "state/ecosmig.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0999'")
    connection.close()
    with pytest.raises(LedgerError, match=rf"0999 was written by ecosmig 7\.8\.9; .* 0\.1\.0.* {CURRENT}") as refused:
        existing(tmp_path) if reading else opened(tmp_path)
    assert "newer ecosmig" in refused.value.hint


@pytest.mark.parametrize("reading", [False, True])
def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path, reading: bool) -> None:  # noqa: FBT001 - pytest names it
    (tmp_path / "state").mkdir()
    (tmp_path / "state/ecosmig.db").write_text("dear diary\n" * 100)
    with pytest.raises(LedgerError, match="no SQLite database") as refused:
        existing(tmp_path) if reading else opened(tmp_path)
    assert refused.value.hint
    assert (tmp_path / "state/ecosmig.db").read_text() == "dear diary\n" * 100


def test_somebody_elses_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    with sqlite3.connect(tmp_path / "state/ecosmig.db") as connection:
        connection.execute("CREATE TABLE birds (name TEXT)")
    connection.close()
    with pytest.raises(LedgerError, match="not a ledger of ecosmig"):
        opened(tmp_path)
    with sqlite3.connect(tmp_path / "state/ecosmig.db") as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("birds",)]
    connection.close()


def test_a_place_where_no_file_can_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file, not a directory")
    with pytest.raises(LedgerError, match="can't be opened") as refused:
        opened(tmp_path)
    assert f"ls -ld {tmp_path}/state" in refused.value.hint


def test_a_directory_in_the_ledgers_place_is_said(tmp_path: Path) -> None:
    (tmp_path / "state/ecosmig.db").mkdir(parents=True)
    with pytest.raises(LedgerError, match="can't be opened"):
        opened(tmp_path)


def test_a_full_disk_is_said_and_nothing_recorded(tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        before = content_of(ledger)
        with ledger._engine.connect() as connection:
            # SQLite's own limit on pages gives the error of a full disk.
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(LedgerError, match="disk is full") as refused:
            ledger.record_slot(birth_of(slot_of(1), {}, reported_keys=[b"k" * 100_000]))
        assert "Make room" in refused.value.hint
        assert content_of(ledger) == before


@pytest.mark.parametrize("url", ["", "sqlite:", "state/ecosmig.db", "sqlite:///x.db", "mysql://u:secret@h/db"])
def test_what_is_no_address_of_a_ledger_is_wrong_configuration(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        Ledger.open(url, base=tmp_path, actor=ACTOR, now=lambda: NOON)
    assert "secret" not in str(refused.value)


def test_an_absolute_path_stands_for_itself(tmp_path: Path) -> None:
    base = tmp_path / "elsewhere"
    Ledger.open(f"sqlite:{tmp_path}/a b%c?.db", base=base, actor=ACTOR, now=lambda: NOON).close()
    assert (tmp_path / "a b%c?.db").exists()
    assert not base.exists()
