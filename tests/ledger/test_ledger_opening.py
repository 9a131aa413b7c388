"""Making, upgrading and refusing ledgers, in a file and on a server."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from ecosmig_publish.errors import ConfigurationError, LedgerError
from ecosmig_publish.ledger import Ledger
from ecosmig_publish.ledger.checking import check_ledger
from ecosmig_publish.ledger.databases import database_at
from ecosmig_publish.ledger.slots import last_slots
from ecosmig_publish.ledger.version import CURRENT, REVISIONS

from .made import ACTOR, NOON, A, Place, birth_of, content_of, slot_of

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parent.parent.parent


def told(place: Place, *statements: str) -> None:
    """Let the database do what no ledger does."""
    database = database_at(place.url, base=place.base)
    database.make()
    engine = database.engine(read_only=False)
    with database.writing(engine).begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def test_the_known_versions_are_those_of_the_migrations() -> None:
    config = Config()
    config.set_main_option("script_location", "ecosmig_publish.ledger:migrations")
    scripts = ScriptDirectory.from_config(config)
    assert tuple(script.revision for script in reversed(list(scripts.walk_revisions()))) == REVISIONS


def test_a_ledger_that_was_not_made_to_the_end_is_made_from_the_start(place: Place) -> None:
    def fail(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
        if "CREATE TABLE files" in statement:
            raise OperationalError(statement, {}, Exception("injected"))

    event.listen(Engine, "before_cursor_execute", fail)
    try:
        with pytest.raises(LedgerError, match="injected"):
            place.opened()
    finally:
        event.remove(Engine, "before_cursor_execute", fail)
    assert place.existing() is None
    with place.opened() as ledger:
        ledger.record_slot(birth_of(slot_of(1), {A: [1]}))


def test_what_was_recorded_is_there_when_the_ledger_is_opened_again(opened_place: Place) -> None:
    with opened_place.opened() as ledger:
        ledger.record_slot(birth_of(slot_of(1), {A: [1]}))
        before = content_of(ledger)
    with opened_place.opened() as ledger:
        assert content_of(ledger) == before


def test_a_ledger_of_the_version_before_is_brought_up_and_that_is_on_the_record(opened_place: Place) -> None:
    with opened_place.opened() as ledger:
        ledger.record_finding("missing", {"name": "x"})
    indexes = ("ix_slots_due_at", "ix_slots_cut_off", "ix_receipts_seen", "ix_receipts_asked_at")
    told(opened_place, "DROP TABLE readings", *(f"DROP INDEX {name}" for name in indexes))
    told(opened_place, "UPDATE alembic_version SET version_num = '0006'")
    with opened_place.opened("9.9") as ledger:
        finding, upgrading = ledger.acts()
        assert (finding.kind, upgrading.kind, upgrading.subject) == ("find", "upgrade-ledger", f"0006 to {CURRENT}")
        assert upgrading.version == "9.9"
        with ledger.at_one_moment() as connection:
            assert list(check_ledger(connection)) == []
    with opened_place.opened() as ledger:
        assert [act.kind for act in ledger.acts()] == ["find", "upgrade-ledger"]


_OPENS = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from ecosmig_publish.ledger import Actor, Ledger

at = dict(base=Path(sys.argv[1]), actor=Actor('a', 'b', 'c'), now=lambda: datetime.now(UTC))
Ledger.open(sys.argv[2], **at).close()
"""


def test_opening_a_ledger_that_is_up_to_date_does_without_alembic(opened_place: Place) -> None:
    program = f"{_OPENS}assert 'alembic' not in sys.modules"
    command = [sys.executable, "-c", program, str(opened_place.base), opened_place.url]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 0


def test_two_processes_that_make_the_same_ledger_make_one(place: Place) -> None:
    command = [sys.executable, "-c", _OPENS, str(place.base), place.url]
    makers = [subprocess.Popen(command, cwd=ROOT) for _ in range(2)]
    assert [maker.wait(120) for maker in makers] == [0, 0]
    with place.opened() as ledger:
        ledger.record_slot(birth_of(slot_of(1), {A: [1]}))


def test_where_no_ledger_is_reading_makes_none(place: Place) -> None:
    assert place.existing() is None
    assert place.existing() is None
    assert list(place.base.iterdir()) == []


def test_an_existing_ledger_opened_to_read_can_not_be_written(opened_place: Place) -> None:
    ledger = opened_place.existing()
    assert ledger is not None
    with ledger:
        assert ledger.waiting() == []
        with pytest.raises(LedgerError, match="can't be written"):
            ledger.record_slot(birth_of(slot_of(1), {A: [1]}))


def _read(place: Place) -> object:
    return place.existing()


def _write(place: Place) -> object:
    return place.opened()


both_ways = pytest.mark.parametrize("open_it", [_read, _write], ids=["reading", "writing"])


@both_ways
def test_a_ledger_of_a_newer_version_is_refused_with_both_versions(
    opened_place: Place, open_it: Callable[[Place], object]
) -> None:
    with opened_place.opened(version="7.8.9") as ledger:
        ledger.record_slot(birth_of(slot_of(1), {A: [1]}))
    told(opened_place, "UPDATE alembic_version SET version_num = '0999'")
    with pytest.raises(LedgerError, match=rf"0999 was written by ecosmig 7\.8\.9; .* 0\.1\.0.* {CURRENT}") as refused:
        open_it(opened_place)
    assert "newer ecosmig" in refused.value.hint


@both_ways
def test_somebody_elses_database_is_refused_and_left_alone(place: Place, open_it: Callable[[Place], object]) -> None:
    told(place, "CREATE TABLE birds (name TEXT)", "INSERT INTO birds VALUES ('owl')")
    with pytest.raises(LedgerError, match="not a ledger of ecosmig") as refused:
        open_it(place)
    assert refused.value.hint
    told(place, "DROP TABLE birds")
    assert place.existing() is None


def test_a_read_is_of_one_moment(opened_place: Place) -> None:
    with opened_place.opened() as reader, opened_place.opened() as writer:
        writer.record_slot(birth_of(slot_of(1), {A: [1]}))
        with reader._reading() as connection:
            before = last_slots(connection)
            writer.record_slot(birth_of(slot_of(2), {A: [2]}))
            assert last_slots(connection) == before
        assert reader.last_slots() != before


@pytest.mark.parametrize(
    "url",
    [
        "",
        "sqlite:",
        "state/ecosmig.db",
        "sqlite:///x.db",
        "mysql://u:secret@h/db",
        "postgresql+asyncpg://u:secret@h/db",
        # Passwords that aren't encoded.
        "postgresql://u:p@secret@h/db",
        "postgresql://u:1/secret@h/db",
        "postgresql://u:p/secret@h/db",
        "postgresql://u:p%secret@h/db",
        "postgresql://h:secret/db",
    ],
)
def test_what_is_no_address_of_a_ledger_is_wrong_configuration(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        Ledger.open(url, base=tmp_path, actor=ACTOR, now=lambda: NOON)
    assert "secret" not in f"{refused.value} {refused.value.hint} {refused.value.__cause__}"
    assert refused.value.hint
