"""`ecosmig ledger recover`: shown first, asked about, recorded once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.driving import EVENING, NOON, ecosmig, folder_of
from tests.workflows.recovery.made import copy_ledger, lose_ledger, lose_outbox, put_back

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def old(published: Path, tmp_path: Path) -> Path:
    """Noon's slot of 002 was published; the ledger is that of the morning again, the outbox is gone."""
    copy_ledger(published, tmp_path / "copy")
    assert ecosmig(published, "publish", "--all", "--as-of", NOON).status == 0
    put_back(published, tmp_path / "copy")
    lose_outbox(published)
    return published


def test_an_old_ledger_is_said_at_publish_with_the_command_that_mends_it(old: Path) -> None:
    run = ecosmig(old, "publish", "--all", "--as-of", EVENING)
    assert run.status == 22
    assert "ecosmig ledger recover" in run.out


def test_a_dry_run_shows_and_records_nothing(old: Path) -> None:
    shown = ecosmig(old, "ledger", "recover", "--dry-run")
    assert shown.status == 0
    assert "ECOSMIG-002" in shown.out
    assert "What no folder can tell" in shown.out
    assert ecosmig(old, "ledger", "recover", "--dry-run", "--json").document["recovered"] is False
    assert list((old / "state" / "outbox").glob("*")) == []


def test_where_nobody_can_be_asked_it_needs_yes(old: Path) -> None:
    refused = ecosmig(old, "ledger", "recover")
    assert (refused.status, "--yes" in refused.err) == (2, True)
    assert ecosmig(old, "ledger", "recover", "--dry-run", "--json").document["recovered"] is False


def test_recovered_it_publishes_on(old: Path) -> None:
    done = ecosmig(old, "ledger", "recover", "--yes", "--json")
    assert (done.status, done.document["recovered"]) == (0, True)
    assert sum(stream["recovered"] for stream in done.document["streams"]) > 0
    assert ecosmig(old, "publish", "--all", "--as-of", EVENING).status == 0
    assert ecosmig(old, "verify").status == 0


def test_a_stream_that_does_not_agree_ends_it_with_22_and_says_why(old: Path) -> None:
    folder = folder_of(old, "P00001")
    (latest,) = folder.glob("ECOSMIG-002_P00001_2_*.csv")
    latest.write_bytes(b"00,")
    done = ecosmig(old, "ledger", "recover", "--yes")
    assert done.status == 22
    assert "refused: ECOSMIG-002_P00001_2_" in done.out
    assert ecosmig(old, "publish", "--all", "--as-of", EVENING).status == 22


def test_a_backup_is_where_a_lost_ledger_begins_again(published: Path) -> None:
    made = ecosmig(published, "ledger", "backup", "--json").document
    assert ecosmig(published, "publish", "--all", "--as-of", NOON).status == 0
    lose_ledger(published)
    lose_outbox(published)
    done = ecosmig(published, "ledger", "recover", "--from", str(made["path"]), "--yes", "--json")
    assert (done.status, done.document["recovered"]) == (0, True)
    assert ecosmig(published, "publish", "--all", "--as-of", EVENING).status == 0
    assert '"load-backup"' in ecosmig(published, "audit", "list", "--acts", "--json").out


def test_a_backup_is_not_put_over_a_ledger_that_holds_something(published: Path) -> None:
    made = ecosmig(published, "ledger", "backup", "--json").document
    refused = ecosmig(published, "ledger", "recover", "--from", str(made["path"]), "--yes")
    assert (refused.status, "not empty" in refused.err) == (2, True)


def test_what_is_no_backup_is_refused_and_nothing_is_changed(published: Path, tmp_path: Path) -> None:
    lose_ledger(published)
    (tmp_path / "notes.db").write_text("not a database")
    refused = ecosmig(published, "ledger", "recover", "--from", str(tmp_path / "notes.db"), "--yes")
    assert refused.status == 1
    assert "ecosmig ledger backup" in refused.err
