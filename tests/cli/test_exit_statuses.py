"""Each exit status of the interface, at the command that ends with it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from ecosmig_publish.cli.ending import ended
from ecosmig_publish.cli.invocation import Invocation
from ecosmig_publish.cli.statuses import epilog
from ecosmig_publish.errors import ExitStatus
from ecosmig_publish.ledger.lock import run_lock
from ecosmig_publish.migration_data.faults import engine_faults
from tests.cli.driving import EVENING, MIDNIGHT, MONDAY, NOON, ecosmig, folder_of

if TYPE_CHECKING:
    from pathlib import Path

A, B, C = "P00001", "P00002", "P00003"


def test_0_everything_due_is_proved_and_held_rows_are_counted(onboarded: Path) -> None:
    run = ecosmig(onboarded, "publish", "--all", "--as-of", MONDAY)
    assert run.status == 0
    assert "Everything due is published and proved" in run.out
    assert "rows are held until they can be reported: ecosmig held" in run.out


def test_0_publishing_again_changes_nothing(published: Path) -> None:
    before = {path: path.read_bytes() for path in published.glob("published/*/*")}
    run = ecosmig(published, "publish", "--all", "--as-of", MONDAY)
    assert (run.status, {path: path.read_bytes() for path in published.glob("published/*/*")}) == (0, before)
    assert "Nothing was due and nothing waited." in run.out


def test_0_a_plan_is_no_check(onboarded: Path) -> None:
    assert ecosmig(onboarded, "plan").status == 0


def test_2_publish_without_all_says_what_is_missing(onboarded: Path) -> None:
    run = ecosmig(onboarded, "publish", "--report", "2")
    assert run.status == 2
    assert "--all is missing" in run.err
    assert "next: ecosmig publish --all --report 2" in run.err
    assert not (onboarded / "state" / "outbox").exists()


def test_10_a_recipient_without_folder_waits_and_everything_else_goes_on(configured: Path) -> None:
    ecosmig(configured, "supplier", "onboard", A, B)
    run = ecosmig(configured, "publish", "--all", "--as-of", MONDAY, "--json")
    assert (run.status, run.document["exit_status"]) == (10, 10)
    assert {file["recipient"] for file in run.document["waiting"]} == {C}
    assert run.document["proved"] > 0
    assert run.document["stopped"][0]["hint"] == f"ecosmig supplier onboard {C}"


def test_10_ends_with_0_once_the_folder_is_there(configured: Path) -> None:
    ecosmig(configured, "supplier", "onboard", A, B)
    assert ecosmig(configured, "publish", "--all", "--as-of", MONDAY).status == 10
    assert ecosmig(configured, "status").status == 10
    assert ecosmig(configured, "verify").status == 10
    assert ecosmig(configured, "supplier", "onboard", C).status == 0
    assert ecosmig(configured, "publish", "--all", "--as-of", MONDAY).status == 0


def test_10_a_folder_that_vanished_stops_its_recipient_alone(onboarded: Path) -> None:
    folder_of(onboarded, B).rmdir()
    run = ecosmig(onboarded, "publish", "--all", "--as-of", MONDAY, "--json")
    assert run.status == 10
    assert {file["recipient"] for file in run.document["waiting"]} == {B}


def test_11_another_run_holds_the_lock(onboarded: Path) -> None:
    with run_lock(onboarded / "state" / "ecosmig.lock", now=lambda: datetime(2024, 3, 4, tzinfo=UTC)):
        run = ecosmig(onboarded, "publish", "--all", "--as-of", MONDAY, "--json")
    assert (run.status, run.document["error"]["exit_status"]) == (11, 11)
    assert "another run holds the lock" in run.err


def damage_missing(folder: Path, file: Path) -> str:
    file.rename(folder.parent.parent / "elsewhere")
    return "missing"


def damage_unexpected(folder: Path, file: Path) -> str:  # noqa: ARG001 - as the others
    (folder / "notes.txt").write_text("x", encoding="utf-8")
    return "unexpected"


def damage_altered(folder: Path, file: Path) -> str:  # noqa: ARG001 - as the others
    file.write_bytes(file.read_bytes().replace(b"DCC", b"DCX", 1))
    return "altered"


def damage_renamed(folder: Path, file: Path) -> str:
    file.rename(folder / "renamed.csv")
    return "renamed"


@pytest.mark.parametrize("damage", [damage_missing, damage_unexpected, damage_altered, damage_renamed])
def test_20_verify_finds_what_is_wrong_in_a_folder(published: Path, damage: object) -> None:
    folder = folder_of(published, A)
    kind = damage(folder, min(folder.iterdir()))  # type: ignore[operator]
    run = ecosmig(published, "verify", "--json")
    assert run.status == 20
    assert [found["kind"] for found in run.document["discrepancies"]] == [kind]


def test_20_verify_looks_only_where_it_is_asked_to(published: Path) -> None:
    (folder_of(published, A) / "notes.txt").write_text("x", encoding="utf-8")
    assert ecosmig(published, "verify", "--supplier", B).status == 0
    assert ecosmig(published, "verify", "--supplier", B, "--supplier", A).status == 20


def test_20_the_source_breaks_its_contract(configured: Path) -> None:
    run = ecosmig(configured, "data", "check", "--json")
    assert run.status == 20
    assert run.document["errors"] > 0


def test_20_a_row_behind_a_used_cut_off_is_said_once_and_kept(published: Path) -> None:
    table = published / "data" / "migration_attempts.parquet"
    attempts = pq.read_table(table)
    failed = attempts.filter(pc.equal(attempts["outcome"], "FAILURE")).slice(0, 1)
    # Completed and recorded long before Monday's slots, and not there when they were issued.
    late = failed.set_column(
        failed.schema.get_field_index("attempt_id"),
        "attempt_id",
        pa.array([9_000_000], failed.schema.field("attempt_id").type),
    )
    pq.write_table(pa.concat_tables([attempts, late]), table)
    told = ecosmig(published, "publish", "--all", "--report", "2", "--as-of", NOON)
    assert told.status == 20
    assert "+1 source rows behind the cut-off" in told.out
    assert ecosmig(published, "publish", "--all", "--report", "2", "--as-of", EVENING).status == 0
    status = ecosmig(published, "status", "--json")
    assert status.status == 0
    assert [finding["kind"] for finding in status.document["findings"]] == ["behind-cut-off"]


def test_21_a_folder_that_is_a_link_gets_nothing(onboarded: Path) -> None:
    folder = folder_of(onboarded, B)
    elsewhere = onboarded / "elsewhere"
    folder.rename(elsewhere)
    folder.symlink_to(elsewhere)
    run = ecosmig(onboarded, "publish", "--all", "--as-of", MONDAY, "--json")
    assert run.status == 21
    assert list(elsewhere.iterdir()) == []
    assert {file["recipient"] for file in run.document["waiting"]} == {B}


def test_22_other_bytes_under_the_name_stop_that_stream_alone(onboarded: Path) -> None:
    first = ecosmig(onboarded, "publish", "--all", "--as-of", MONDAY, "--supplier", A, "--json")
    assert first.status == 0
    waiting = ecosmig(onboarded, "plan", "--json", "--as-of", MONDAY).document["waiting"]
    name = next(file["name"] for file in waiting if file["recipient"] == B and file["report"] == "ECOSMIG-002")
    (folder_of(onboarded, B) / name).write_bytes(b"not what was issued")
    run = ecosmig(onboarded, "publish", "--all", "--as-of", MONDAY, "--json")
    assert run.status == 22
    assert [(file["recipient"], file["report"]) for file in run.document["waiting"]] == [(B, "ECOSMIG-002")]
    assert (folder_of(onboarded, B) / name).read_bytes() == b"not what was issued"


def test_30_a_source_that_is_not_there(onboarded: Path) -> None:
    shutil.rmtree(onboarded / "data")
    run = ecosmig(onboarded, "publish", "--all", "--as-of", MONDAY, "--json")
    assert run.status == 30
    assert "data: not there" in run.document["source_error"]["message"]


@pytest.mark.parametrize("command", [["publish", "--all", "--as-of", MONDAY], ["data", "check"], ["supplier", "list"]])
def test_30_a_missing_column(onboarded: Path, command: list[str]) -> None:
    table = onboarded / "data" / "migration_attempts.parquet"
    pq.write_table(pq.read_table(table).drop_columns(["outcome"]), table)
    run = ecosmig(onboarded, *command)
    assert run.status == 30
    assert "outcome" in run.out + run.err


def test_30_what_was_issued_before_is_published_all_the_same(published: Path) -> None:
    ecosmig(published, "publish", "--all", "--as-of", NOON, "--supplier", A)
    (published / "data" / "parties.parquet").unlink()
    run = ecosmig(published, "publish", "--all", "--as-of", EVENING, "--json")
    assert (run.status, run.document["waiting"]) == (30, [])


def test_the_largest_of_20_to_30_wins(onboarded: Path) -> None:
    ecosmig(onboarded, "publish", "--all", "--as-of", MONDAY, "--supplier", A)
    folder_of(onboarded, C).rmdir()
    folder = folder_of(onboarded, B)
    folder.rename(onboarded / "elsewhere")
    folder.symlink_to(onboarded / "elsewhere")
    assert ecosmig(onboarded, "publish", "--all", "--as-of", MONDAY).status == 21
    (onboarded / "data" / "parties.parquet").unlink()
    assert ecosmig(onboarded, "publish", "--all", "--as-of", NOON).status == 30


def test_130_a_terminated_command_says_how_it_goes_on(tmp_path: Path) -> None:
    fifo = tmp_path / "ecosmig.toml"
    os.mkfifo(fifo)
    command = [sys.executable, "-m", "ecosmig_publish", "plan", "--config", str(fifo)]
    # The fifo opens once the command reads its configuration, and so is in its midst.
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process, fifo.open("w"):
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate()
    assert (process.returncode, err) == (130, "ecosmig: interrupted; nothing was changed\n")


def test_130_the_engines_word_for_an_interruption_is_one_too() -> None:
    def query() -> int:
        with engine_faults("source"):
            raise RuntimeError("Query interrupted")

    assert ended(query, Invocation(quiet=True)) == 130


def test_1_a_fault_names_its_kind_and_place_and_quotes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> int:
        raise ValueError("1234567890123")

    assert ended(fail, Invocation()) == 1
    said = capsys.readouterr().err
    assert "ValueError at" in said
    assert "1234567890123" not in said


def test_held_rows_alone_are_0(published: Path) -> None:
    held = ecosmig(published, "held", "--json")
    assert held.status == 0
    assert held.document["held"]
    assert ecosmig(published, "publish", "--all", "--as-of", MIDNIGHT).status == 0


def test_the_help_of_a_command_that_neither_publishes_nor_checks_calls_its_0_done() -> None:
    of_init, of_verify = epilog((), [ExitStatus.OK]), epilog((), [ExitStatus.OK, ExitStatus.FINDING])
    assert "    0  done" in of_init
    assert "    0  everything due is published and proved; or the check found nothing" in of_verify
