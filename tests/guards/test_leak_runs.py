"""Whole runs: a foreign row stops its slot, for everybody, and nothing else."""

from __future__ import annotations

import hashlib
import sqlite3
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.emrr.terms import Report, Slot
from ecosmig_publish.errors import ExitStatus
from ecosmig_publish.fingerprint import QuickXorHash
from ecosmig_publish.workflows.guarding import FOREIGN_ROW
from ecosmig_publish.workflows.running import Narrowing, Watcher, run_everything
from tests.cli.driving import ecosmig
from tests.installation import Installation, at
from tests.workflows.made import HOUR, MONDAY, START, A, B, attempt, device_id, failed, installed, shown, source

if TYPE_CHECKING:
    from pathlib import Path

    from ecosmig_publish.ledger import Finding
    from ecosmig_publish.workflows.running import RunOutcome
    from tests.plain.data import Data

TUESDAY = at("2024-03-05T06:00:00")
OF_001 = Slot(TUESDAY, Report.ECOSMIG_001)
ONLY_001_AND_002 = Narrowing(reports=(Report.ECOSMIG_001, Report.ECOSMIG_002))


def busy() -> Data:
    """Devices 1 and 3, A's, and 2 and 4, B's, succeed on Monday; 1 and 2 fail."""
    data = source()
    data.migration_attempts = [attempt(number, number, MONDAY + HOUR) for number in range(1, 5)]
    data.migration_attempts += [failed(10 + number, number, MONDAY + 2 * HOUR) for number in (1, 2)]
    return data


def given_to_b(data: Data, number: int) -> Data:
    """The source once its owner has mended a responsibility: the Device was B's all along."""
    mended = data.copy()
    mended.responsibilities[number - 1]["sec_party_id"] = B
    return mended


@pytest.fixture
def waiting(tmp_path: Path) -> Installation:
    """An installation that has issued Monday's slots, while no recipient had a folder yet."""
    made = Installation(tmp_path, START, f"parquet:{tmp_path / 'data'}")
    shown(made, busy())
    assert made.run(TUESDAY, ONLY_001_AND_002).exit_status is ExitStatus.UNPROVED
    made.onboard_all()
    return made


def reports_published(made: Installation) -> set[tuple[str, str]]:
    return {(name[:6], name[7:18]) for name in made.published()}


def findings(made: Installation) -> list[Finding]:
    with made.wiring().ledger() as ledger:
        return [finding for finding in ledger.findings() if finding.kind == FOREIGN_ROW]


def test_what_waited_goes_out_where_the_source_says_the_same_still(waiting: Installation) -> None:
    assert waiting.run(TUESDAY, ONLY_001_AND_002).exit_status is ExitStatus.OK
    assert waiting.published() == waiting.issued()


def test_a_responsibility_mended_while_files_wait_stops_the_slot_for_everybody(waiting: Installation) -> None:
    # Device 3 has a row in 001, none in 002.
    shown(waiting, given_to_b(busy(), 3))
    outcome = waiting.run(TUESDAY, ONLY_001_AND_002)
    assert outcome.exit_status is ExitStatus.FOREIGN_ROW
    assert [it.slot for it in outcome.refused] == [OF_001]
    assert reports_published(waiting) == {(A, "ECOSMIG-002"), (B, "ECOSMIG-002")}
    assert {(it.recipient, it.report, it.files) for it in outcome.published.stopped} == {
        (A, Report.ECOSMIG_001, 1),
        (B, Report.ECOSMIG_001, 1),
    }


def test_the_operator_reads_slot_file_record_and_what_to_do_and_no_device_id(waiting: Installation) -> None:
    shown(waiting, given_to_b(busy(), 3))
    ended = ecosmig(waiting.home, "publish", "--all", "--as-of", "2024-03-05T06:00:00Z", "--report", "1")
    assert ended.status == 23
    said = " ".join(ended.out.split())
    assert (
        "leak guard: ECOSMIG-001 of 2024-03-05T06:00:00Z: 1 finished file is not fit for the recipient; nothing of the "
        "slot leaves the outbox - ECOSMIG-001_PXX001_1_20240305060000.csv: 1 row is not PXX001's, by the source's "
        "responsibilities (record 3)"
    ) in said
    assert "ecosmig issue withdraw ECOSMIG-001_PXX001_1_20240305060000.csv --release" in said
    assert device_id(3) not in ended.out + ended.err


def test_the_finding_is_kept_once_however_often_the_slot_is_stopped(waiting: Installation) -> None:
    shown(waiting, given_to_b(busy(), 3))
    for _ in range(3):
        waiting.run(TUESDAY, ONLY_001_AND_002)
    (finding,) = findings(waiting)
    assert finding.detail == {
        "report": "ECOSMIG-001",
        "slot": "2024-03-05T06:00:00Z",
        "files": "ECOSMIG-001_PXX001_1_20240305060000.csv: 1 row is not PXX001's, by the source's responsibilities "
        "(record 3)",
    }


def test_once_the_source_is_mended_back_all_goes_out_in_order(waiting: Installation) -> None:
    shown(waiting, given_to_b(busy(), 3))
    waiting.run(TUESDAY, ONLY_001_AND_002)
    shown(waiting, busy())
    assert waiting.run(TUESDAY, ONLY_001_AND_002).exit_status is ExitStatus.OK
    assert waiting.published() == waiting.issued()


def test_later_files_of_a_stopped_stream_wait_behind_it(waiting: Installation) -> None:
    later = given_to_b(busy(), 3)
    later.migration_attempts.append(attempt(20, 1, MONDAY + 30 * HOUR))
    shown(waiting, later)
    wednesday = at("2024-03-06T06:00:00")
    outcome = waiting.run(wednesday, Narrowing(reports=(Report.ECOSMIG_001,)))
    assert [issued.slot.due_at for issued in outcome.issued] == [wednesday]
    assert [(file.recipient, file.sequence) for file in outcome.waiting] == [(A, 1), (A, 2), (B, 1)]
    assert waiting.published() == {}


def test_a_file_of_an_earlier_slot_that_is_not_stopped_goes_out_before(waiting: Installation) -> None:
    later = busy()
    later.migration_attempts.append(attempt(20, 4, MONDAY + 30 * HOUR))
    shown(waiting, later)
    nobody = Narrowing(reports=(Report.ECOSMIG_001,), suppliers=("ZZZ999",))  # type: ignore[arg-type]
    waiting.run(at("2024-03-06T06:00:00"), nobody)
    # Device 4 changed hands between its two attempts, it turns out: B's second file holds a row of A's.
    later.responsibilities[3]["effective_to"] = MONDAY + 24 * HOUR
    later.responsibilities.append(
        {
            "device_id": device_id(4),
            "sec_party_id": A,
            "effective_from": MONDAY + 24 * HOUR,
            "effective_to": None,
        }
    )
    shown(waiting, later)
    outcome = waiting.run(at("2024-03-06T06:00:00"), Narrowing(reports=(Report.ECOSMIG_001,)))
    assert [(file.recipient, file.sequence) for file in outcome.waiting] == [(B, 2)]
    assert {name[7:20] for name in waiting.published()} == {"ECOSMIG-001_P"}
    assert len(waiting.published()) == 2


def tamper(made: Installation, name: str, content: bytes) -> None:
    """Put other bytes into the outbox under `name`, and their hashes into the ledger: nothing there tells."""
    (path,) = (made.home / "state" / "outbox").glob(f"*/{name}")
    path.write_bytes(content)
    quick_xor_hash = QuickXorHash()
    quick_xor_hash.update(content)
    with sqlite3.connect(made.home / "state" / "ecosmig.db") as ledger:
        changed = ledger.execute(
            "UPDATE files SET size = ?, sha256 = ?, quick_xor_hash = ?, rows = ? WHERE name = ?",
            (
                len(content),
                hashlib.sha256(content).hexdigest(),
                quick_xor_hash.base64(),
                content.count(b"\r\n10,"),
                name,
            ),
        )
        assert changed.rowcount == 1
    ledger.close()


@pytest.mark.parametrize(("owner", "why"), [(B, "the header's Report Recipient"), (A, "2 rows are not PXX001's")])
def test_a_rivals_rows_are_stopped_though_outbox_and_ledger_agree_on_them(
    owner: str, why: str, waiting: Installation
) -> None:
    name = f"ECOSMIG-001_{A}_1_20240305060000.csv"
    rivals = waiting.issued()[f"{B}/{name.replace(A, B)}"]
    tamper(waiting, name, rivals.replace(B.encode(), owner.encode()))
    outcome = waiting.run(TUESDAY, ONLY_001_AND_002)
    assert outcome.exit_status is ExitStatus.FOREIGN_ROW
    assert reports_published(waiting) == {(A, "ECOSMIG-002"), (B, "ECOSMIG-002")}
    assert why in str(outcome.refused[0].error)


def test_a_source_that_cant_be_used_stops_no_file_that_passed_when_it_was_made(waiting: Installation) -> None:
    (waiting.home / "data" / "devices.parquet").unlink()
    outcome = waiting.run(TUESDAY, ONLY_001_AND_002)
    assert outcome.exit_status is ExitStatus.SOURCE
    assert waiting.published() == waiting.issued()


def test_without_a_source_a_rivals_bytes_are_stopped_by_their_header(waiting: Installation) -> None:
    name = f"ECOSMIG-001_{A}_1_20240305060000.csv"
    tamper(waiting, name, waiting.issued()[f"{B}/{name.replace(A, B)}"])
    (waiting.home / "data" / "devices.parquet").unlink()
    waiting.run(TUESDAY, ONLY_001_AND_002)
    assert reports_published(waiting) == {(A, "ECOSMIG-002"), (B, "ECOSMIG-002")}


def test_files_that_can_go_nowhere_do_not_open_the_source(tmp_path: Path) -> None:
    made = Installation(tmp_path, START, f"parquet:{tmp_path / 'data'}")
    shown(made, busy())
    made.run(TUESDAY, ONLY_001_AND_002)
    made.source_url = "parquet:nowhere"
    outcome = made.run(TUESDAY, ONLY_001_AND_002)
    assert (outcome.exit_status, outcome.source_error) == (ExitStatus.UNPROVED, None)


class Mending(Watcher):
    """Lets the owner mend the source while 001 is being written: between the report and the guard."""

    def __init__(self, made: Installation, data: Data) -> None:
        self.made, self.data = made, data
        self.slot: Slot | None = None

    def slot_begins(self, slot: Slot) -> None:
        self.slot = slot

    def rows_written(self, rows: int) -> None:
        if rows and self.slot is not None and self.slot.report is Report.ECOSMIG_001:
            shown(self.made, self.data)


def run_mending(made: Installation, data: Data, as_of: str) -> RunOutcome:
    wiring = made.wiring()
    with wiring.locked_ledger() as ledger:
        return run_everything(
            wiring.parts(ledger), as_of=at(as_of), narrowing=ONLY_001_AND_002, watcher=Mending(made, data)
        )


def test_a_slot_that_is_stopped_when_it_is_made_has_used_no_number(tmp_path: Path) -> None:
    data = busy()
    made = installed(tmp_path, data)
    # Monday's 001 is empty, Tuesday's is stopped, Wednesday's waits behind it; 002 goes on.
    outcome = run_mending(made, given_to_b(data, 3), "2024-03-06T06:00:00")
    assert outcome.exit_status is ExitStatus.FOREIGN_ROW
    assert [it.slot for it in outcome.refused] == [OF_001]
    assert "the slot was not issued, no number was used" in str(outcome.refused[0].error)
    assert [it.slot.due_at.day for it in outcome.issued if it.slot.report is Report.ECOSMIG_001] == [4]
    assert {name[7:18] for name in made.published()} == {"ECOSMIG-002"}
    with made.wiring().ledger() as ledger:
        assert ledger.last_sequences(Report.ECOSMIG_001) == {}
        assert {name[:11] for name in ledger.outbox_directories()} == {"ECOSMIG-002"}
    assert {path.name[:11] for path in (tmp_path / "state" / "outbox").glob("ECOSMIG*")} == {"ECOSMIG-002"}
    assert len(findings(made)) == 1
    # The next run reads the mended source alone, and begins with number 1.
    assert made.run(at("2024-03-06T06:00:00"), ONLY_001_AND_002).exit_status is ExitStatus.OK
    assert made.published() == made.issued()
    assert f"{B}/ECOSMIG-001_{B}_1_20240306060000.csv" in made.issued()
