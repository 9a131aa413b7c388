"""A finished file is what its name, its owner and its slot ask for, byte for byte, or it doesn't leave the outbox."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.emrr.terms import Report, parse_signifier
from ecosmig_publish.emrr.validation import validate_file
from ecosmig_publish.guards.leak import Fault
from tests.guards.handmade import checked, content, failure, finished, gained, header, installed, success

if TYPE_CHECKING:
    from pathlib import Path

    from ecosmig_publish.guards.leak import GuardedFile

A, B = "PXX001", "PXX002"
OF_001 = Report.ECOSMIG_001
D1, D2, D3 = (f"00-DB-12-34-56-78-90-0{number}" for number in (1, 2, 3))
DETAILS = [success(D1, "20240304T200000"), success(D2, "20240304T200000"), success(D1, "20240304T210000")]
WEEK = [f"10,202403{day:02d},{int(day == 6)},0" for day in range(4, 11)]
SOUND = {
    OF_001: DETAILS,
    Report.ECOSMIG_002: [failure(D1, "20240304T200000", 2), failure(D1, "20240304T200000", 10)],
    Report.ECOSMIG_003: [
        gained(D1, "20240301T000000"),
        f"10,{D2},1,GPF,1057,A,1,Failure,E20,-7,20240301T000000,3",
        f"10,{D3},1,GPF,1057,A,1,Installed,,,20240301T000000,0",
    ],
    Report.ECOSMIG_004: ["10,ESME,1057,A,1,20230101T000000,4", "10,GSME,1057,A,1,20230101T000000,12"],
    Report.ECOSMIG_005: WEEK,
    Report.ECOSMIG_006: [installed(D1, "20240301T000000"), installed(D1, "20240301T000000")],
}


def judged(file: GuardedFile, home: Path, report: Report = OF_001) -> str:
    """What is said of a file, `""` where it may go."""
    found = checked([file], report, None, home)
    assert {bad.fault for bad in found} <= {Fault.BROKEN}
    return " / ".join(str(bad) for bad in found)


def written(home: Path, old: str, new: str, report: Report = OF_001) -> str:
    """What is said of a sound file in which `old` was replaced by `new`, where it stands first."""
    sound = content(report, A, SOUND[report])
    assert old.encode() in sound
    return judged(finished(home, report, A, SOUND[report], written=sound.replace(old.encode(), new.encode(), 1)), home)


@pytest.mark.parametrize("report", Report)
def test_a_sound_file_of_each_report_may_go(report: Report, tmp_path: Path) -> None:
    assert judged(finished(tmp_path, report, A, SOUND[report]), tmp_path, report) == ""


@pytest.mark.parametrize("report", Report)
def test_an_empty_report_may_go(report: Report, tmp_path: Path) -> None:
    assert judged(finished(tmp_path, report, A, []), tmp_path, report) == ""


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        (f",{A},1,", f",{B},1,", "Report Recipient"),
        (f",{A},1,", f",{A},2,", "Report Sequence Number"),
        ("ECOSMIG-001,", "ECOSMIG-002,", "Report Identifier"),
        ("Successfully", "Somehow", "Report Title"),
        ("20240305T060000", "20240305T060001", "Report Creation DateTime"),
        ("20240304T000000,20240304", "20240303T000000,20240304", "Report Applicable Start DateTime"),
        ("20240304T235959", "20240305T235959", "Report Applicable End DateTime"),
        ("DCC Controlled", "DCC Public", "DCC Classification"),
    ],
)
def test_each_field_of_the_header_is_what_name_owner_and_slot_ask_for(
    old: str, new: str, field: str, tmp_path: Path
) -> None:
    assert f"the header's {field}" in written(tmp_path, old, new)


def test_a_rivals_whole_file_under_the_recipients_name_is_refused(tmp_path: Path) -> None:
    file = finished(tmp_path, OF_001, A, DETAILS, written=content(OF_001, B, DETAILS))
    assert "the header's Report Recipient (Responsible Supplier SEC Party ID) is not PXX001" in judged(file, tmp_path)


def test_a_file_that_is_for_another_than_the_folders_owner_is_refused(tmp_path: Path) -> None:
    file = replace(finished(tmp_path, OF_001, A, DETAILS), recipient=parse_signifier(B))
    assert "its name is not that of number 1 of ECOSMIG-001 for PXX002" in judged(file, tmp_path)


def test_a_file_of_another_number_than_the_ledgers_is_refused(tmp_path: Path) -> None:
    file = replace(finished(tmp_path, OF_001, A, DETAILS), sequence=2)
    assert "its name is not that of number 2" in judged(file, tmp_path)


def test_a_file_of_more_rows_than_the_ledger_counts_is_refused(tmp_path: Path) -> None:
    file = replace(finished(tmp_path, OF_001, A, DETAILS), rows=2)
    assert "it has 3 details, the ledger counts 2" in judged(file, tmp_path)


@pytest.mark.parametrize("changed", [b"20240304T220000", b"20240304T2200000"])
def test_bytes_that_are_not_those_of_the_ledger_are_told_apart(changed: bytes, tmp_path: Path) -> None:
    file = finished(tmp_path, OF_001, A, DETAILS)
    file.path.write_bytes(file.path.read_bytes().replace(b"20240304T210000", changed))
    assert [bad.fault for bad in checked([file], OF_001, None, tmp_path)] == [Fault.CHANGED]


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    file = finished(tmp_path, OF_001, A, DETAILS)
    file.path.unlink()
    assert [bad.fault for bad in checked([file], OF_001, None, tmp_path)] == [Fault.CHANGED]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("99,3,", "99,2,"),
        ("99,3,", "10,3,"),
        ("\r\n99,", "\n99,"),
        ("\r\n10,", "\n10,"),
        ("\r\n10,", "\r10,"),
        ("\r\n10,", "\r\n\r\n10,"),
        ("ESME", '"ESME"'),
        ("ESME", 'ES"ME'),
        ("ESME", "ES,ME"),
        ("ESME", "ES\rME"),
        ("ESME", ""),
        ("ESME", "ESMETER"),
        ("54342152", "5" * 31),
        (D1, D1.lower()),
        (D1, D1[:-1]),
        ("20240304T200000", "20240230T200000"),
        ("20240304T200000", "20240304T240000"),
        ("20240304T200000", "20240305T000000"),
        (f"10,{D1}", f"11,{D1}"),
    ],
)
def test_a_breach_anywhere_is_refused(old: str, new: str, tmp_path: Path) -> None:
    assert written(tmp_path, old, new) != ""


def test_a_breach_is_named_by_record_and_rule_and_not_by_its_value(tmp_path: Path) -> None:
    said = written(tmp_path, D2, D3.lower())
    assert "record 3, device_id: Device ID is not of the form" in said
    assert D3.lower() not in said


def test_details_out_of_order_are_refused(tmp_path: Path) -> None:
    for details in ([DETAILS[1], DETAILS[0]], [DETAILS[2], DETAILS[1]]):
        assert "order" in judged(finished(tmp_path, OF_001, A, details), tmp_path)


def test_characters_are_counted_and_not_bytes(tmp_path: Path) -> None:
    longest = [success(D1, "20240304T200000", model="\U0001f600" * 30)]
    assert judged(finished(tmp_path, OF_001, A, longest), tmp_path) == ""
    too_long = [success(D1, "20240304T200000", model="é" * 31)]
    assert "too-long" not in judged(finished(tmp_path, OF_001, A, too_long), tmp_path)
    assert "model: Device Model has 31 characters" in judged(finished(tmp_path, OF_001, A, too_long), tmp_path)


WEEKLY = ("days", "no-activity")
_BITS = (
    b",", b'"', b"\r\n", b"\n", b"\r", b"10", b"99", b"00", b"0", b"-", b"Z", b"\xff", "é".encode(), b"\x00", b" ",
    b"T", b"Installed", b"Failure", b"Success", b"20240304", b"10,", b",,", b'"a,b"', b"00-DB-12-34-56-78-90-01",
)  # fmt: skip


@pytest.mark.parametrize("report", Report)
@pytest.mark.parametrize("seed", range(2))
def test_columns_and_records_are_judged_alike(report: Report, seed: int, tmp_path: Path) -> None:
    """What the guard says of whole columns is what `emrr.validation` says record after record, of damaged files too."""
    random = Random(f"{report}{seed}")
    refused = 0
    for number in range(40):
        details = [detail.replace(",1057,", ',"1,0""57",', random.randint(0, 1)) for detail in SOUND[report]]
        sound = content(report, A, details)
        start = len(header(report, A)) + 2
        damaged = bytearray(sound)
        for _ in range(random.choice([0, 1, 1, 2])):
            place = random.randint(start, len(damaged))
            damaged[place : place + random.choice([0, 0, 1, 2, 8])] = random.choice(_BITS) * random.choice([0, 1, 1])
        rows = damaged.count(b"\r\n10,")
        # A week of fewer days may be a part of one: its days are not held against it.
        breaches = [it for it in validate_file(None, [bytes(damaged)]) if rows == 7 or it.rule not in WEEKLY]
        file = finished(tmp_path / str(number), report, A, details, written=bytes(damaged))
        # The rows that the ledger counts are beside the point here.
        file = replace(file, rows=rows) if not breaches else file
        said = judged(file, tmp_path, report)
        assert bool(breaches) == bool(said), (bytes(damaged), said, breaches)
        refused += bool(said)
    assert 0 < refused < 40


def test_the_header_the_tests_write_is_a_headers(tmp_path: Path) -> None:
    file = finished(tmp_path, OF_001, A, DETAILS)
    assert list(validate_file(file.name, [file.path.read_bytes()])) == []
    assert header(OF_001, A) == (
        "00,ECOSMIG-001,PXX001,1,Detail Report: ECoS Migrations Completed Successfully,"
        "20240305T060000,20240304T000000,20240304T235959,DCC Controlled"
    )


def test_seven_days_that_are_not_the_week_are_refused(tmp_path: Path) -> None:
    other_week = [*WEEK[:6], "10,20240311,0,0"]
    report = Report.ECOSMIG_005
    assert "not the seven days" in judged(finished(tmp_path, report, A, other_week), tmp_path, report)


def test_a_part_of_a_split_week_may_go(tmp_path: Path) -> None:
    report = Report.ECOSMIG_005
    parts = [
        finished(tmp_path, report, A, WEEK[:2]),
        finished(tmp_path, report, A, WEEK[2:], sequence=2),
    ]
    assert checked(parts, report, None, tmp_path) == []
