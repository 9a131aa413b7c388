"""What is so of a ledger in SQLite's file alone."""

from __future__ import annotations

import sqlite3
import stat
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine

from ecosmig_publish.errors import LedgerError
from ecosmig_publish.ledger import Ledger
from ecosmig_publish.ledger.tables import metadata

from .made import ACTOR, NOON, A, Place, birth_of, content_of, opened, slot_of
from .whole import meddle, whole_ledger

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


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


def test_a_new_ledger_is_its_owners_alone(tmp_path: Path) -> None:
    with opened(tmp_path) as ledger, ledger.leased():
        ledger.record_slot(birth_of(slot_of(1), {A: [1]}))
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "state").iterdir()}
    names = ("ecosmig.db", "ecosmig.db-wal", "ecosmig.db-shm", "ecosmig.db.lock")
    assert modes == dict.fromkeys(names, 0o600)


def test_a_ledger_is_durable_and_holds_its_references(tmp_path: Path) -> None:
    with opened(tmp_path) as ledger, ledger._engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}


def test_an_empty_file_is_no_ledger_yet_and_becomes_one(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state/ecosmig.db").touch()
    assert Place(tmp_path).existing() is None
    with opened(tmp_path) as ledger:
        assert ledger.slots() == []


@pytest.mark.parametrize("reading", [False, True])
def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path, reading: bool) -> None:  # noqa: FBT001 - pytest names it
    (tmp_path / "state").mkdir()
    (tmp_path / "state/ecosmig.db").write_text("dear diary\n" * 100)
    with pytest.raises(LedgerError, match="no SQLite database") as refused:
        Place(tmp_path).existing() if reading else opened(tmp_path)
    assert refused.value.hint
    assert (tmp_path / "state/ecosmig.db").read_text() == "dear diary\n" * 100


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


def test_an_absolute_path_stands_for_itself(tmp_path: Path) -> None:
    base = tmp_path / "elsewhere"
    Ledger.open(f"sqlite:{tmp_path}/a b%c?.db", base=base, actor=ACTOR, now=lambda: NOON).close()
    assert (tmp_path / "a b%c?.db").exists()
    assert not base.exists()


@pytest.mark.parametrize(
    ("meddling", "read"),
    [
        ("UPDATE findings SET detail = '{'", Ledger.findings),
        ("UPDATE access_proofs SET readers = '['", Ledger.access_proofs),
        ("UPDATE slots SET cut_off = 'soon'", Ledger.last_slots),
        ("UPDATE streams SET report = 'ECOSMIG-007' WHERE rowid = 1", Ledger.streams),
    ],
)
def test_a_row_that_can_not_be_understood_is_said_with_the_command_that_names_it(
    tmp_path: Path, meddling: str, read: Callable[[Ledger], object]
) -> None:
    whole_ledger(tmp_path).close()
    meddle(tmp_path, meddling)
    with opened(tmp_path) as ledger, pytest.raises(LedgerError, match="can't be understood") as refused:
        read(ledger)
    assert "ecosmig ledger check" in refused.value.hint
