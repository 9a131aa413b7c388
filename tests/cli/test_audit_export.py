"""`audit export`: every value as the ledger has it, in tables that anything reads; a pack from an operator's hand."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tests.cli.driving import ecosmig, folder_of
from tests.destinations.sharepoint.keys import certificate_pem, key_pem, rsa_key

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.driving import Ended

FORMULA = "=1+1"
EVIDENCE = ("audit", "export", "--evidence", "--to", "2024-03-05", "--out", "pack")


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def withdrawn(home: Path, reason: str) -> str:
    name = next(path.name for path in sorted(folder_of(home, "P00001").glob("ECOSMIG-001_*")))
    done = ecosmig(home, "issue", "withdraw", name, "--leave-file", "--reason", reason, "--yes")
    assert done.status == 0, done.err
    return name


def keyed(home: Path) -> Path:
    path = home / "publisher.pem"
    path.write_text(key_pem(rsa_key()) + certificate_pem(rsa_key(), until=datetime(2100, 1, 1, tzinfo=UTC)))
    return path


def checked(home: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", "-S", "pack/check.py", *options], cwd=home, capture_output=True, text=True, check=False
    )


def test_the_table_has_a_row_a_file_with_what_audit_list_tells_programs(published: Path) -> None:
    listed = {it["name"]: it for it in ecosmig(published, "audit", "list", "--json").document["files"]}
    exported = ecosmig(published, "audit", "export")
    rows = table(exported.out)
    assert exported.out.count("\r\n") == len(rows) + 1
    assert exported.err == "" or "begin with = + - or @" in exported.err
    assert {row["name"] for row in rows} == set(listed)
    for row in rows:
        of = listed[row["name"]]
        for key in ("report", "recipient", "folder", "sha256", "quick_xor_hash", "item_id"):
            assert row[key] == of[key]
        assert [int(row[key]) for key in ("sequence", "part", "rows", "size")] == [
            of[key] for key in ("sequence", "part", "rows", "size")
        ]
        assert datetime.fromisoformat(row["proved_at"]) == datetime.fromisoformat(of["proved_at"])
        assert (row["adopted"], row["withdrawn_at"]) == ("false", "")


def test_json_is_one_document_of_the_same_rows(published: Path) -> None:
    rows = table(ecosmig(published, "audit", "export").out)
    document = ecosmig(published, "audit", "export", "--json").document
    assert [list(it) for it in document["files"]] == [list(rows[0])] * len(rows)
    assert [it["name"] for it in document["files"]] == [row["name"] for row in rows]
    assert all(isinstance(it["size"], int) and it["withdrawn_at"] is None for it in document["files"])


def test_supplier_report_and_a_half_open_span_narrow_it(published: Path) -> None:
    def names(*options: str) -> set[str]:
        return {row["name"] for row in table(ecosmig(published, "audit", "export", *options).out)}

    of_both = names("--supplier", "P00001", "--supplier", "P00002", "--report", "5")
    assert {name[:18] for name in of_both} == {"ECOSMIG-005_P00001", "ECOSMIG-005_P00002"}
    # Everything fell due on Monday the 4th at 06:00.
    assert names("--from", "2024-03-04T06:00:00Z") == names() == names("--from", "2024-03-04", "--to", "2024-03-05")
    assert names("--to", "2024-03-04T06:00:00Z", "--from", "2024-03-01") == set()


def test_what_a_spreadsheet_would_obey_is_as_it_is_and_said_and_guarded_where_that_is_asked_for(
    published: Path,
) -> None:
    name = withdrawn(published, FORMULA)
    plain, guarded = ecosmig(published, "audit", "export"), ecosmig(published, "audit", "export", "--spreadsheet")
    reasons = [{row["name"]: row["withdrawal_reason"] for row in table(it.out)}[name] for it in (plain, guarded)]
    assert reasons == [FORMULA, f"'{FORMULA}"]
    assert "cells begin with = + - or @ and are as they should be" in plain.err
    assert "this table is for people, not for programs" in guarded.err
    document = ecosmig(published, "audit", "export", "--json").document
    assert {it["name"]: it["withdrawal_reason"] for it in document["files"]}[name] == FORMULA


def test_acts_are_exported_with_the_very_text_that_their_hash_covers(published: Path) -> None:
    acts = ecosmig(published, "audit", "export", "--acts", "--json").document["acts"]
    listed = ecosmig(published, "audit", "list", "--acts", "--json").document["acts"]
    assert [it["hash"] for it in acts] == [it["hash"] for it in listed]
    assert json.loads(acts[0]["content"])["folder_id"]
    rows = table(ecosmig(published, "audit", "export", "--acts").out)
    assert [row["content"] for row in rows] == [it["content"] for it in acts]


def test_a_file_is_written_whole_for_its_owner_and_not_over_another(published: Path) -> None:
    done = ecosmig(published, "audit", "export", "--out", "it.csv", "--json")
    assert done.document["written"] == "it.csv"
    assert (published / "it.csv").read_bytes().decode() == ecosmig(published, "audit", "export").out
    assert (published / "it.csv").stat().st_mode & 0o777 == 0o600
    again = ecosmig(published, "audit", "export", "--out", "it.csv")
    assert (again.status, "it.csv is there already" in again.err) == (2, True)
    assert ecosmig(published, "audit", "export", "--out", "it.csv", "--force", "--format", "json").status == 0
    assert json.loads((published / "it.csv").read_text())["files"]


MISUSED = {
    "--all --supplier P00001": "--all and --supplier don't go together",
    "--supplier P99999": "--supplier P99999: it has no folder here",
    "--from 2024-03-05 --to 2024-03-05": "is not before",
    "--from 2024-03-06 --to 2024-03-05": "is not before",
    "--to 2999-01-01": "is later than now",
    "--from yesterday": "--from yesterday: not an instant",
    "--files": "--files goes with --evidence",
    "--unsigned": "--unsigned goes with --evidence",
    "--acts --supplier P00001": "--acts exports the whole chain",
    "--spreadsheet --format json": "--spreadsheet goes with --format csv",
    "--json --format csv": "--json puts one JSON document on stdout",
    "--evidence --format csv": "--format doesn't go with --evidence",
    "--evidence --report 1 --unsigned": "--report doesn't go with --evidence",
    "--evidence --files --unsigned": "it is for one supplier alone",
    "--evidence": "there is no certificate to sign the pack with",
    "--evidence --certificate none.pem": "none.pem: the key file can't be read",
    "--evidence --unsigned --certificate none.pem": "don't go together",
    "--evidence --unsigned --deadline soon": "--deadline soon",
    "--evidence --unsigned --out data": "data is there already",
    "--evidence --unsigned --out data --force": "only a folder that is a pack is written over",
    "--evidence --unsigned --out none/pack.zip": "none/pack.zip can't be written",
}


def test_what_makes_no_sense_is_refused_with_what_to_do_and_nothing_is_written(published: Path) -> None:
    before = sorted(published.rglob("*"))
    for options, said in MISUSED.items():
        done = ecosmig(published, "audit", "export", *options.split())
        assert (done.status, said in done.err, "next: " in done.err) == (2, True, True), (options, done.err)
    assert sorted(published.rglob("*")) == before


def test_a_pack_of_one_supplier_is_made_checked_and_tells_the_fingerprint(published: Path) -> None:
    keyed(published)
    made = ecosmig(published, *EVIDENCE, "--supplier", "P00001", "--certificate", "publisher.pem", "--files", "--json")
    assert made.status == 0, made.err
    document = made.document
    assert (document["suppliers"], document["from"]) == (["P00001"], "2024-03-04T06:00:00Z")
    done = checked(published, "--fingerprint", document["fingerprint"])
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert checked(published, "--fingerprint", "00" * 32).returncode == 1
    files = {path.name: path.read_bytes() for path in (published / "pack/files").iterdir()}
    assert files == {path.name: path.read_bytes() for path in folder_of(published, "P00001").iterdir()}
    again = ecosmig(published, *EVIDENCE, "--supplier", "P00002", "--certificate", "publisher.pem", "--force")
    assert "Signed. The certificate's SHA-256 fingerprint: " + document["fingerprint"] in again.out
    assert checked(published).returncode == 0
    assert not (published / "pack/files").exists()


def answers(home: Path, done: Ended) -> dict[str, str]:
    assert done.status == 0, done.err
    document = json.loads((home / "pack/server.json").read_text(encoding="utf-8"))
    return {it["name"]: it["outcome"] for it in document["items"]}


def test_the_folders_own_word_is_in_the_pack_of_what_was_altered_and_is_gone_too(published: Path) -> None:
    keyed(published)
    first, second, *rest = sorted(folder_of(published, "P00001").iterdir())
    second.chmod(0o600)
    second.write_bytes(b"altered")
    first.unlink()
    made = ecosmig(published, *EVIDENCE, "--supplier", "P00001", "--certificate", "publisher.pem")
    assert answers(published, made) == {
        first.name: "not-there",
        second.name: "different",
        **{path.name: "as-issued" for path in rest},
    }
    # The pack is what was exported, whatever the folder holds by now.
    done = checked(published)
    assert done.returncode == 0
    assert "1 items different" in done.stdout


def test_a_folder_that_does_not_answer_leaves_its_times_out_and_that_is_said(published: Path) -> None:
    keyed(published)
    shutil.rmtree(folder_of(published, "P00001"))
    made = ecosmig(published, *EVIDENCE, "--supplier", "P00001", "--certificate", "publisher.pem")
    assert answers(published, made) == {}
    assert "The library did not answer for all folders" in made.err
    assert "asked: 0 folders answered, 1 did not" in (published / "pack/README.txt").read_text(encoding="utf-8")
    offline = ecosmig(published, *EVIDENCE, "--supplier", "P00001", "--unsigned", "--offline", "--force")
    assert (offline.status, offline.err) == (0, "")
    assert not (published / "pack/server.json").exists()
    assert "NOT SIGNED" in offline.out


def test_a_pack_is_called_by_whom_and_when_it_is_for(published: Path) -> None:
    span = ("--from", "2024-03-04", "--to", "2024-03-05")
    done = ecosmig(published, "audit", "export", "--evidence", "--unsigned", "--offline", *span)
    assert done.status == 0
    assert (published / "evidence-all-20240304-20240305.zip").is_file()
