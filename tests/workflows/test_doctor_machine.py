"""The doctor on this machine: data, ledger, outbox, key files. Nothing is left behind."""

from __future__ import annotations

import os
import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import pytest

from ecosmig_publish.errors import SourceError
from ecosmig_publish.ledger import Actor, Ledger
from ecosmig_publish.migration_data import open_migration_data
from ecosmig_publish.workflows.doctor import Check, Level
from ecosmig_publish.workflows.doctor.key_file import check_key_file
from ecosmig_publish.workflows.doctor.machine import check_ledger, check_outbox
from ecosmig_publish.workflows.doctor.source import check_data
from tests.workflows.made import MONDAY, attempt, source

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ecosmig_publish.migration_data import MigrationData
    from tests.postgresql import Server

NOW = datetime(2024, 3, 4, 12, tzinfo=UTC)


class _Usage(NamedTuple):
    total: int
    used: int
    free: int


def open_data(home: Path) -> Callable[[], MigrationData]:
    return lambda: open_migration_data("parquet:data", base=home)


class TestData:
    def test_good_data_says_when_its_newest_row_was_recorded(self, tmp_path: Path) -> None:
        data = source()
        data.migration_attempts.append(attempt(1, 1, MONDAY + timedelta(hours=6)))
        data.write_parquet(tmp_path / "data")
        check = check_data(open_data(tmp_path), NOW)
        assert (check.level, check.says) == (
            Level.GOOD,
            "7 tables open with all their columns; newest recorded_at 2024-03-04 06:00Z",
        )

    def test_a_feed_that_stands_still_is_a_warning(self, tmp_path: Path) -> None:
        data = source()
        data.migration_attempts.append(attempt(1, 1, MONDAY))
        data.write_parquet(tmp_path / "data")
        check = check_data(open_data(tmp_path), NOW + timedelta(days=3))
        assert (check.level, check.says.endswith("3 days ago")) == (Level.WARNING, True)

    def test_a_row_recorded_later_than_now_is_a_finding(self, tmp_path: Path) -> None:
        data = source()
        data.migration_attempts.append(attempt(1, 1, MONDAY + timedelta(hours=13)))
        data.write_parquet(tmp_path / "data")
        assert check_data(open_data(tmp_path), NOW).level == Level.FINDING

    def test_data_that_does_not_open_is_a_finding_with_its_hint(self) -> None:
        def fail() -> MigrationData:
            raise SourceError("source data: not there", hint="Set [source] url.")

        assert check_data(fail, NOW) == Check("data", Level.FINDING, "source data: not there", "Set [source] url.")


class TestLedger:
    URL = "sqlite:state/ecosmig.db"

    def check(self, home: Path, url: str = URL) -> Check:
        actor = Actor("doctor", "here", "1")
        return check_ledger(url, home, lambda: Ledger.open_existing(url, base=home, actor=actor, now=lambda: NOW))

    def made(self, home: Path, url: str = URL) -> Path:
        Ledger.open(url, base=home, actor=Actor("doctor", "here", "1"), now=lambda: NOW).close()
        return home / "state" / "ecosmig.db"

    def test_one_on_a_server_is_good_whether_it_is_there_yet_or_not(self, server: Server, tmp_path: Path) -> None:
        url = server.url(server.fresh_database())
        assert "none yet, the first run makes it" in self.check(tmp_path, url).says
        self.made(tmp_path, url)
        check = self.check(tmp_path, url)
        assert (check.level, "opens and can be written" in check.says) == (Level.GOOD, True)

    def test_one_on_a_server_that_can_only_be_read_is_a_finding(self, server: Server, tmp_path: Path) -> None:
        database = server.fresh_database()
        self.made(tmp_path, server.url(database))
        with server.connection() as connection:
            connection.execute(f"ALTER DATABASE {database} SET default_transaction_read_only = on".encode())
        check = self.check(tmp_path, server.url(database))
        assert (check.level, "can't be written" in check.says) == (Level.FINDING, True)
        assert check.next

    def test_one_that_opens_and_can_be_written_is_good_and_stays_as_it_is(self, tmp_path: Path) -> None:
        path = self.made(tmp_path)
        before = sqlite3.connect(path).execute("SELECT count(*) FROM acts").fetchone()
        check = self.check(tmp_path)
        assert check.level == Level.GOOD
        assert "opens and can be written; 0 slots, 0 folders pinned" in check.says
        assert sqlite3.connect(path).execute("SELECT count(*) FROM acts").fetchone() == before

    def test_none_yet_is_good_and_none_is_made(self, tmp_path: Path) -> None:
        check = self.check(tmp_path)
        assert check.level == Level.GOOD
        assert list(tmp_path.iterdir()) == []

    def test_one_that_is_no_ledger_is_a_finding(self, tmp_path: Path) -> None:
        path = self.made(tmp_path)
        path.write_bytes(b"this is no database" * 100)
        check = self.check(tmp_path)
        assert (check.level, "no SQLite database" in check.says) == (Level.FINDING, True)
        assert check.next


class TestOutbox:
    def test_one_that_takes_a_file_is_good_and_nothing_stays_in_it(self, tmp_path: Path) -> None:
        check = check_outbox(tmp_path)
        assert (check.level, f"{tmp_path}: takes files" in check.says) == (Level.GOOD, True)
        assert list(tmp_path.iterdir()) == []

    def test_one_that_is_not_there_yet_is_good_and_is_not_made(self, tmp_path: Path) -> None:
        check = check_outbox(tmp_path / "state" / "outbox")
        assert (check.level, "not there yet" in check.says) == (Level.GOOD, True)
        assert list(tmp_path.iterdir()) == []

    def test_one_that_is_a_file_is_a_finding(self, tmp_path: Path) -> None:
        (tmp_path / "outbox").write_text("a file")
        check = check_outbox(tmp_path / "outbox")
        assert (check.level, "can't be written" in check.says) == (Level.FINDING, True)

    @pytest.mark.parametrize(("free", "level"), [(50 << 20, Level.FINDING), (500 << 20, Level.WARNING)])
    def test_a_disk_with_little_room_is_said(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, level: Level
    ) -> None:
        monkeypatch.setattr(shutil, "disk_usage", lambda _path: _Usage(1 << 40, 0, free))
        check = check_outbox(tmp_path)
        assert (check.level, f"{free >> 20} MiB free" in check.says) == (level, True)


class TestKeyFiles:
    @pytest.fixture
    def pem(self, tmp_path: Path) -> Path:
        from ecosmig_publish.sandbox.certificates import application_key  # noqa: PLC0415

        pair = application_key("publisher", valid_from=NOW - timedelta(days=1), valid_for=timedelta(days=101))
        path = tmp_path / "publisher.pem"
        path.write_bytes(pair.key + pair.certificate)
        path.chmod(0o600)
        return path

    def test_a_certificate_that_lasts_is_good_with_its_days(self, pem: Path) -> None:
        (check,) = check_key_file("certificate", pem, NOW)
        assert (check.level, "good for 100 more days, until 2024-06-12" in check.says) == (Level.GOOD, True)

    @pytest.mark.parametrize(("days", "level"), [(70, Level.GOOD), (71, Level.WARNING), (99, Level.WARNING)])
    def test_from_thirty_days_before_its_end_on_it_is_a_warning(self, pem: Path, days: int, level: Level) -> None:
        (check,) = check_key_file("certificate", pem, NOW + timedelta(days=days))
        assert (check.level, f"good for {100 - days} more days" in check.says) == (level, True)

    def test_one_that_has_ended_is_a_finding(self, pem: Path) -> None:
        (check,) = check_key_file("certificate", pem, NOW + timedelta(days=101))
        assert (check.level, "expired on 2024-06-12" in check.says) == (Level.FINDING, True)

    @pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
    def test_a_private_key_that_others_can_read_is_a_warning(self, pem: Path, mode: int) -> None:
        os.chmod(pem, mode)  # noqa: PTH101 - the mode itself is the subject
        _, check = check_key_file("certificate", pem, NOW)
        assert (check.level, check.next) == (Level.WARNING, f"chmod 600 {pem}")

    def test_one_that_is_not_there_is_a_finding(self, tmp_path: Path) -> None:
        (check,) = check_key_file("certificate", tmp_path / "none.pem", NOW)
        assert (check.level, "can't be read" in check.says) == (Level.FINDING, True)
