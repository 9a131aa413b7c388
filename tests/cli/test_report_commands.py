"""`ecosmig report` as a supplier's data team calls it: no configuration, real processes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.documents import check_document

EXPECTED = Path(__file__).parents[1] / "examples" / "expected"
NAME = "ECOSMIG-001_PXX001_1_20240226060000.csv"
GOOD = EXPECTED / "PXX001" / NAME


def ecosmig(*arguments: str | Path, cwd: Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ECOSMIG_")}
    command = [sys.executable, "-m", "ecosmig_publish", "report", *map(str, arguments)]
    environment["PYTHONIOENCODING"] = "utf-8"
    run = subprocess.run(command, cwd=cwd, env=environment, input=stdin, capture_output=True, check=False)
    check_document(command[3:], run.stdout.decode())
    return run


def document(run: subprocess.CompletedProcess[bytes]) -> Any:
    return json.loads(run.stdout)


def test_list_names_the_six_reports_within_80_columns(tmp_path: Path) -> None:
    run = ecosmig("list", cwd=tmp_path)
    lines = run.stdout.decode().splitlines()
    assert run.returncode == 0
    assert [line[:11] for line in lines if line.startswith("ECOSMIG")] == [f"ECOSMIG-00{number}" for number in "123456"]
    assert max(map(len, lines)) <= 80


def test_list_is_one_json_document_with_title_cadence_and_clause(tmp_path: Path) -> None:
    run = ecosmig("list", "--json", cwd=tmp_path)
    assert [report["report"][-3:] for report in document(run)["reports"]] == ["001", "002", "003", "004", "005", "006"]
    assert document(run)["reports"][1] == {
        "report": "ECOSMIG-002",
        "title": "Detail Report: ECoS Migrations Completed Unsuccessfully",
        "falls_due": "every 6 hours: 00:00, 06:00, 12:00, 18:00 UTC",
        "recipient": "Responsible Supplier",
        "clause": "EMRR Appendix A, ECOSMIG-002",
    }


def test_the_schema_of_a_report_is_enough_to_read_its_files(tmp_path: Path) -> None:
    run = ecosmig("schema", "ECOSMIG-003", "--json", cwd=tmp_path)
    schema = document(run)
    detail = schema["records"]["detail"]
    assert run.returncode == 0
    assert schema["dialect"]["line_terminator"] == "\r\n"
    assert schema["order_of_details"] == ["migrated_at", "device_id"]
    assert [len(schema["records"][record]) for record in ("header", "detail", "trailer")] == [9, 12, 3]
    assert [field["position"] for field in detail] == list(range(1, 13))
    assert [field["name"] for field in detail if field["optional"]] == ["error_code", "error_sub_code"]
    assert detail[5] == {
        "position": 6,
        "name": "model",
        "title": "Device Model",
        "kind": "text",
        "format": "text as it stands: leading zeros belong to it",
        "max_length": 30,
        "optional": False,
        "allowed": [],
        "pattern": None,
        "minimum": None,
    }
    assert detail[7]["allowed"] == ["Success", "Failure", "Installed"]
    assert schema["records"]["header"][4]["allowed"] == ["Detail Report: Gaining Supplier Devices History"]


def test_the_schema_of_all_six_comes_without_an_argument_within_80_columns(tmp_path: Path) -> None:
    lines = ecosmig("schema", cwd=tmp_path).stdout.decode().splitlines()
    assert max(map(len, lines)) <= 80
    schemas = document(ecosmig("schema", "--json", cwd=tmp_path))["schemas"]
    assert [len(schema["records"]["detail"]) for schema in schemas] == [8, 11, 12, 7, 4, 4]


def test_a_report_that_is_none_is_wrong_usage(tmp_path: Path) -> None:
    run = ecosmig("schema", "ECOSMIG-007", cwd=tmp_path)
    assert (run.returncode, run.stdout) == (2, b"")
    assert b"ECOSMIG-007: no such report" in run.stderr


def test_right_files_end_with_0_as_folders_names_wildcards_and_stdin(tmp_path: Path) -> None:
    # The wildcard comes as it is, as from a shell that doesn't expand it.
    run = ecosmig("validate", EXPECTED, GOOD, EXPECTED / "PXX00[23]" / "*-003_*.csv", "-", "--json", cwd=tmp_path,
                  stdin=GOOD.read_bytes())  # fmt: skip
    found = document(run)
    assert (run.returncode, run.stderr) == (0, b"")
    # Sixteen in the folder, the one by name, two of 003, stdin.
    assert (len(found["files"]), found["findings"], found["count"]) == (20, [], 0)


def test_a_wrong_file_ends_with_20_and_says_where_and_which_rule(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(GOOD.read_bytes().replace(b",1200034567389,", b",,"))
    run = ecosmig("validate", NAME, GOOD, "--json", cwd=tmp_path)
    assert run.returncode == 20
    assert document(run) == {
        "files": [{"file": NAME, "findings": 1}, {"file": str(GOOD), "findings": 0}],
        "findings": [
            {"file": NAME, "record": 2, "field": "mpxn", "rule": "empty", "message": "MPxN is mandatory and empty"}
        ],
        "count": 1,
    }


def test_findings_for_people_fit_80_columns_and_the_rest_is_counted(tmp_path: Path) -> None:
    line = GOOD.read_bytes().split(b"\r\n")[1].replace(b"20240209T230000", b"9999-12-31 23:59:59 and a half")
    header, trailer = GOOD.read_bytes().split(b"\r\n")[0], b"99,5000,DCC Controlled"
    (tmp_path / NAME).write_bytes(b"\r\n".join([header, *[line] * 5000, trailer, b""]))
    run = ecosmig("validate", NAME, cwd=tmp_path)
    lines = run.stdout.decode().splitlines()
    assert run.returncode == 20
    assert lines[0] == f"{NAME}: 5,000 findings"
    assert lines[-1] == "1 file: 5,000 findings in 1 of 1."
    assert any(line.strip().startswith("… and 4,980 more") for line in lines)
    assert max(map(len, lines)) <= 80
    listed = document(ecosmig("validate", NAME, "--json", cwd=tmp_path))
    assert (listed["count"], len(listed["findings"])) == (5000, 1000)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["validate", "nothing.csv"], "nothing.csv: no such file or folder"),
        (["validate", "*.csv"], "*.csv: no such file or folder"),
        (["validate", "empty"], "empty: no file named *.csv in this folder"),
        (["sequence", "nothing"], "nothing: no such file or folder"),
        (["sequence", "file"], "file: not a folder"),
        (["sequence", "empty", "--supplier", "pxx999"], "'pxx999' is not a SEC Party Signifier"),
    ],
)
def test_what_is_not_there_is_wrong_usage_and_named(tmp_path: Path, arguments: list[str], said: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_bytes(b"")
    run = ecosmig(*arguments, cwd=tmp_path)
    assert (run.returncode, run.stdout) == (2, b"")
    assert said in run.stderr.decode()
    assert "next:" in run.stderr.decode()


def test_a_folder_of_whole_folders_ends_with_0(tmp_path: Path) -> None:
    run = ecosmig("sequence", EXPECTED, "--json", cwd=tmp_path)
    found = document(run)
    assert (run.returncode, found["findings"]) == (0, [])
    assert [(Path(folder["folder"]).name, folder["recipient"], folder["files"]) for folder in found["folders"]] == [
        ("PXX001", "PXX001", 9),
        ("PXX002", "PXX002", 6),
        ("PXX003", "PXX003", 1),
    ]
    assert found["folders"][0]["streams"][0] == {
        "report": "ECOSMIG-001",
        "recipient": "PXX001",
        "files": 3,
        "first": 1,
        "last": 3,
    }


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_a_link_that_leads_back_up_is_not_followed(tmp_path: Path) -> None:
    shutil.copytree(EXPECTED / "PXX003", tmp_path / "PXX003")
    (tmp_path / "PXX003" / "up").symlink_to(tmp_path, target_is_directory=True)
    found = document(ecosmig("sequence", tmp_path, "--json", cwd=tmp_path))
    assert [Path(folder["folder"]).name for folder in found["folders"]] == ["PXX003"]
    assert len(document(ecosmig("validate", tmp_path, "--json", cwd=tmp_path))["files"]) == 1


def test_gap_copy_conflict_and_stranger_end_with_20(tmp_path: Path) -> None:
    folder = tmp_path / "PXX001 Alpha Energy"
    shutil.copytree(EXPECTED / "PXX001", folder)
    (folder / "ECOSMIG-001_PXX001_2_20240227060000.csv").unlink()
    shutil.copy(folder / NAME, folder / f"Copy of {NAME}")
    conflict = "ECOSMIG-002_PXX001_2_20240226120001.csv"
    first = (folder / "ECOSMIG-002_PXX001_2_20240226120000.csv").read_bytes()
    (folder / conflict).write_bytes(first.replace(b"20240226T120000", b"20240226T120001"))
    stranger = "ECOSMIG-003_PXX003_1_20240302080000.csv"
    shutil.copy(EXPECTED / "PXX003" / stranger, folder)
    run = ecosmig("sequence", folder, "--json", cwd=tmp_path)
    assert run.returncode == 20
    assert {(it["file"], it["rule"]) for it in document(run)["findings"]} == {
        ("ECOSMIG-001_PXX001_3_20240301060000.csv", "gap"),
        (f"Copy of {NAME}", "copy"),
        (conflict, "conflict"),
        (stranger, "another-recipient"),
    }


def test_a_folder_named_for_one_recipient_that_holds_anothers_files_ends_with_20(tmp_path: Path) -> None:
    folder = tmp_path / "PXX002 Beta Energy"
    shutil.copytree(EXPECTED / "PXX003", folder)
    run = ecosmig("sequence", folder, cwd=tmp_path)
    lines = run.stdout.decode().splitlines()
    assert run.returncode == 20
    assert "[another-recipient]" in " ".join(lines)
    assert max(len(line) for line in lines[1:]) <= 80
    assert ecosmig("sequence", folder, "--supplier", "PXX003", cwd=tmp_path).returncode == 0


def test_streams_whose_older_files_were_removed_are_whole_from_their_lowest_number(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    shutil.copytree(EXPECTED / "PXX001", folder)
    (folder / NAME).unlink()
    assert ecosmig("sequence", folder, cwd=tmp_path).returncode == 20
    assert ecosmig("sequence", folder, "--from-lowest", cwd=tmp_path).returncode == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only there a name may be any bytes")
def test_a_name_that_is_no_text_is_escaped_on_one_line(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"a\xff\x1b[31m\n.csv")).write_bytes(b"x")
    run = ecosmig("validate", tmp_path, cwd=tmp_path)
    assert run.returncode == 20
    assert run.stdout.decode().splitlines()[0] == rf"{tmp_path}/a\udcff\x1b[31m\n.csv: 4 findings"
    found = document(ecosmig("sequence", tmp_path, "--json", cwd=tmp_path))["findings"]
    assert [(it["file"], it["rule"]) for it in found] == [("a\\udcff\x1b[31m\n.csv", "name")]


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals there")
def test_a_large_file_shows_a_bar_on_a_terminal_and_its_result_on_stdout_alone(tmp_path: Path) -> None:
    header, line, _, _ = GOOD.read_bytes().split(b"\r\n")
    rows = 110_000  # of 84 bytes
    (tmp_path / NAME).write_bytes(b"\r\n".join([header, *[line] * rows, b"99,%d,DCC Controlled" % rows, b""]))
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "ecosmig_publish", "report", "validate", NAME]
    run = subprocess.run(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=theirs, check=False)
    os.close(theirs)
    seen = os.read(ours, 1 << 16)
    os.close(ours)
    assert (run.returncode, run.stdout) == (0, b"1 file: right.\n")
    assert b"reading" in seen


def test_read_gives_a_file_as_typed_values(tmp_path: Path) -> None:
    run = ecosmig("read", EXPECTED / "PXX003" / "ECOSMIG-003_PXX003_1_20240302080000.csv", "--json", cwd=tmp_path)
    found = document(run)
    assert (run.returncode, run.stderr) == (0, b"")
    assert {name: value for name, value in found.items() if name != "details"} == {
        "report": "ECOSMIG-003",
        "title": "Detail Report: Gaining Supplier Devices History",
        "recipient": "PXX003",
        "sequence": 1,
        "created_at": "2024-03-02T08:00:00Z",
        "period_start": "2024-02-01T00:00:00Z",
        "period_end": "2024-02-29T23:59:59Z",
        "rows": 2,
    }
    assert [list(detail.values()) for detail in found["details"]] == [
        [
            "00-DB-12-34-56-78-90-30",
            "1200034569233",
            "ESME",
            "1057",
            "54342152",
            "00123402",
            "Installed",
            None,
            None,
            "2024-02-03T09:00:00Z",
            0,
        ],
        [
            "00-DB-12-34-56-78-90-13",
            "1200034568123",
            "ESME",
            "1057",
            "54342152",
            "00123402",
            "Failure",
            "E21",
            127,
            "2024-02-07T12:00:00Z",
            2,
        ],
    ]


def test_read_shows_no_more_rows_than_asked_for_and_says_so(tmp_path: Path) -> None:
    run = ecosmig("read", EXPECTED / "PXX001" / "ECOSMIG-005_PXX001_1_20240304060000.csv", "--rows", "2", cwd=tmp_path)
    text = run.stdout.decode()
    assert ("20240226" in text, "20240227" in text, "20240228" in text) == (True, True, False)
    assert max(map(len, text.splitlines())) <= 80
    assert text.endswith("2 of 7 rows; --rows shows more, --json all.\n")


def test_read_shows_nothing_of_a_file_that_is_not_whole(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(GOOD.read_bytes()[:-30])
    run = ecosmig("read", NAME, cwd=tmp_path)
    assert (run.returncode, run.stdout) == (20, b"")
    assert b"ecosmig report validate" in run.stderr
    assert ecosmig("read", "nothing.csv", cwd=tmp_path).returncode == 2
