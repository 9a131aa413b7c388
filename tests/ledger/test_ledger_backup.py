"""A backup holds the ledger as of one moment, whole, or there is none."""

from __future__ import annotations

import errno
import os
import resource
import stat
import threading
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.errors import LedgerError, UsageError
from ecosmig_publish.ledger import Ledger, check
from ecosmig_publish.ledger.backing_up import LedgerBackup, back_up
from ecosmig_publish.ledger.backups import remove_older

from .made import ACTOR, NOON, A, birth_of, content_of, opened, slot_of
from .whole import C006, faults_of, meddle, whole_ledger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from .made import Place


def backed_up(ledger: Ledger, directory: Path, name: str | None = None, at: datetime = NOON) -> LedgerBackup:
    with ledger.at_one_moment() as connection:
        return back_up(connection, directory, name, at)


@contextmanager
def read(path: Path) -> Iterator[Ledger]:
    ledger = Ledger.open_existing(f"sqlite:{path.name}", base=path.parent, actor=ACTOR, now=lambda: NOON)
    assert ledger is not None
    with ledger:
        yield ledger


def test_a_backup_holds_every_row_and_is_sound(tmp_path: Path) -> None:
    with whole_ledger(tmp_path) as ledger:
        backup = backed_up(ledger, tmp_path)
        with read(backup.path) as copy:
            assert content_of(copy) == content_of(ledger)
            assert faults_of(copy) == []


def test_a_ledger_on_a_server_is_backed_up_to_the_same_kind_of_file(server_place: Place, tmp_path: Path) -> None:
    with whole_ledger(server_place) as ledger:
        backup = backed_up(ledger, tmp_path)
        with read(backup.path) as copy:
            assert faults_of(copy) == []
            assert list(copy.acts()) == list(ledger.acts())
            assert list(copy.files()) == list(ledger.files())
            kept = ("open_holds", "folders", "access_proofs", "findings", "streams", "slots", "problems")
            assert {it: getattr(copy, it)() for it in kept} == {it: getattr(ledger, it)() for it in kept}
            assert list(copy.reported_keys(C006.report)) == list(ledger.reported_keys(C006.report))
    assert stat.S_IMODE(backup.path.stat().st_mode) == 0o600


def test_a_backup_says_what_it_holds(tmp_path: Path) -> None:
    with whole_ledger(tmp_path) as ledger:
        backup = backed_up(ledger, tmp_path)
        acts = list(ledger.acts())
        sizes = [file.size for file in ledger.files()]
    assert backup.newest == acts[-1]
    # Eight files were issued, of which A's first two are proved.
    assert (backup.outbox_files, backup.outbox_bytes, backup.waiting) == (8, sum(sizes), 6)
    assert backup.size == backup.path.stat().st_size


def test_a_backup_is_called_by_the_instant_and_the_newest_act(tmp_path: Path) -> None:
    with whole_ledger(tmp_path) as ledger:
        backup = backed_up(ledger, tmp_path)
        (newest,) = ledger.acts(limit=1)
    assert backup.path.name == f"ecosmig-20240301T120000Z-{newest.hash[:12]}.db"


def test_a_backup_is_one_file_and_its_owners_alone(tmp_path: Path) -> None:
    (tmp_path / "to").mkdir()
    with whole_ledger(tmp_path) as ledger:
        backup = backed_up(ledger, tmp_path / "to")
    assert [path.name for path in (tmp_path / "to").iterdir()] == [backup.path.name]
    assert stat.S_IMODE(backup.path.stat().st_mode) == 0o600


def test_a_backup_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine", encoding="utf-8")
    with whole_ledger(tmp_path) as ledger, pytest.raises(UsageError, match="nothing was overwritten"):
        backed_up(ledger, tmp_path, "mine")
    assert (tmp_path / "mine").read_text(encoding="utf-8") == "mine"


def test_a_backup_does_not_follow_a_link_to_nowhere(tmp_path: Path) -> None:
    (tmp_path / "mine").symlink_to(tmp_path / "elsewhere")
    with whole_ledger(tmp_path) as ledger, pytest.raises(UsageError, match="nothing was overwritten"):
        backed_up(ledger, tmp_path, "mine")
    assert not (tmp_path / "elsewhere").exists()


def test_a_backup_during_a_run_holds_only_whole_slots(tmp_path: Path) -> None:
    done = threading.Event()
    to = tmp_path / "to"
    to.mkdir()

    def run() -> None:
        with opened(tmp_path) as ledger:
            for day in range(1, 29):
                ledger.record_slot(birth_of(slot_of(day), {A: [2 * day - 1, 2 * day]}))
        done.set()

    opened(tmp_path).close()
    publisher = threading.Thread(target=run)
    publisher.start()
    counted: list[int] = []
    with opened(tmp_path) as ledger:
        while not done.is_set() or not counted:
            backup = backed_up(ledger, to, f"{len(counted)}.db")
            with read(backup.path) as copy:
                slots, files = len(copy.slots()), len(list(copy.files()))
                assert list(check(copy.acts(), head=backup.newest.hash if backup.newest else None)) == []
            assert files == 2 * slots
            counted.append(slots)
    publisher.join()
    assert counted == sorted(counted)
    assert len(set(counted)) > 1


def test_a_ledger_whose_chain_is_broken_gives_no_backup(tmp_path: Path) -> None:
    whole_ledger(tmp_path).close()
    meddle(tmp_path, "DELETE FROM acts WHERE id = 5")
    (tmp_path / "to").mkdir()
    with opened(tmp_path) as ledger, pytest.raises(LedgerError, match="act 5 is missing"):
        backed_up(ledger, tmp_path / "to")
    assert list((tmp_path / "to").iterdir()) == []


def test_a_ledger_that_refers_to_nothing_gives_no_backup(tmp_path: Path) -> None:
    whole_ledger(tmp_path).close()
    meddle(tmp_path, "UPDATE reported_keys SET slot_id = 77")
    with opened(tmp_path) as ledger, pytest.raises(LedgerError, match="not whole, and was not kept"):
        backed_up(ledger, tmp_path)


def test_a_disk_without_room_is_said_and_nothing_is_left(tmp_path: Path) -> None:
    to = tmp_path / "to"
    to.mkdir()
    with whole_ledger(tmp_path) as ledger:
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        # SQLite meets the limit as it meets a full disk: a write that isn't done in full.
        resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, before[1]))
        try:
            with pytest.raises(LedgerError, match="nothing was kept"):
                backed_up(ledger, to)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(to.iterdir()) == []


def test_a_directory_that_is_not_there_is_said(tmp_path: Path) -> None:
    with whole_ledger(tmp_path) as ledger, pytest.raises(LedgerError, match=os.strerror(errno.ENOENT)):
        backed_up(ledger, tmp_path / "nowhere")


def test_what_a_killed_backup_left_is_removed_after_a_day(tmp_path: Path) -> None:
    old, new = tmp_path / ".one.db.0a1b2c3d.partial", tmp_path / ".two.db.0a1b2c3e.partial"
    for path, age in ((old, timedelta(hours=25)), (new, timedelta(hours=23))):
        path.touch()
        os.utime(path, ((NOON - age).timestamp(),) * 2)
    with whole_ledger(tmp_path) as ledger:
        backed_up(ledger, tmp_path)
    assert (old.exists(), new.exists()) == (False, True)


def test_only_this_ledgers_older_backups_are_removed(tmp_path: Path) -> None:
    to = tmp_path / "to"
    to.mkdir()
    with whole_ledger(tmp_path / "mine") as ledger:
        mine = [backed_up(ledger, to, at=NOON + timedelta(hours=hours)).path.name for hours in range(4)]
        first = next(ledger.acts())
    with opened(tmp_path / "another's") as other:
        other.record_finding("altered", {})
        others = backed_up(other, to, at=NOON - timedelta(days=1)).path.name
    (to / "notes.db").write_text("notes", encoding="utf-8")
    removed = remove_older(to, 2, first.hash)
    assert [path.name for path in removed] == mine[:2]
    assert {path.name for path in to.iterdir()} == {*mine[2:], others, "notes.db"}
