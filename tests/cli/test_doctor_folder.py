"""`ecosmig doctor` and `ecosmig supplier` where folders on a disk are the destination."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.cli.driving import ecosmig, folder_of

if TYPE_CHECKING:
    from pathlib import Path

A = "P00001"
_OF_SQLITE = {".db-wal", ".db-shm"}


def by_name(home: Path) -> dict[str, dict[str, str]]:
    return {check["name"]: check for check in ecosmig(home, "doctor", "--json").document["checks"]}


def test_an_onboarded_installation_is_fit(onboarded: Path) -> None:
    run = ecosmig(onboarded, "doctor")
    assert run.status == 0
    assert run.out.splitlines()[-1].endswith(" 0 findings.")
    assert set(by_name(onboarded)) == {
        "configuration",
        "data",
        "ledger",
        "anchor",
        "outbox",
        "destination",
        "folder P00001",
        "folder P00002",
        "folder P00003",
    }


def test_it_leaves_everything_as_it_was(onboarded: Path) -> None:
    before = sorted(onboarded.rglob("*"))
    ecosmig(onboarded, "doctor")
    assert [path for path in sorted(onboarded.rglob("*")) if path not in before and path.suffix not in _OF_SQLITE] == []


def test_before_anybody_is_onboarded_it_says_how(configured: Path) -> None:
    run = ecosmig(configured, "doctor")
    assert (run.status, "next: ecosmig supplier onboard --all" in run.out) == (0, True)


def test_a_folder_that_is_gone_is_a_finding(onboarded: Path) -> None:
    shutil.rmtree(folder_of(onboarded, A))
    assert ecosmig(onboarded, "doctor").status == 20
    assert by_name(onboarded)[f"folder {A}"]["level"] == "finding"


def test_data_that_is_gone_is_a_finding_and_the_rest_is_looked_at(onboarded: Path) -> None:
    shutil.rmtree(onboarded / "data")
    checks = by_name(onboarded)
    assert [name for name, check in checks.items() if check["level"] == "finding"] == ["data"]
    assert f"folder {A}" in checks


def test_a_ledger_that_does_not_open_is_one_finding(onboarded: Path) -> None:
    (onboarded / "state" / "ecosmig.db").write_bytes(b"this is no database" * 100)
    run = ecosmig(onboarded, "doctor", "--json")
    assert (run.status, run.document["findings"]) == (20, 1)


def test_a_configuration_with_a_fault_is_wrong_usage(configured: Path) -> None:
    (configured / "ecosmig.toml").write_text("star = 1\n")
    assert ecosmig(configured, "doctor").status == 2


def test_access_is_that_of_the_disk(onboarded: Path) -> None:
    folder_of(onboarded, A).chmod(0o700)
    run = ecosmig(onboarded, "supplier", "access", A, "--json")
    assert run.status == 0
    (seen,) = run.document["suppliers"]
    assert [reader.split()[0] for reader in seen["readers"]] == ["user"]
    folder_of(onboarded, A).chmod(0o755)
    (seen,) = ecosmig(onboarded, "supplier", "access", A, "--json").document["suppliers"]
    assert [reader.split()[0] for reader in seen["readers"]] == ["user", "group", "everybody"]
    assert "everybody on this machine can read it: chmod o-rwx" in seen["remarks"]


@pytest.mark.parametrize("options", [["--yes"], []])
def test_offboarding_keeps_the_files(published: Path, options: list[str]) -> None:
    before = sorted(folder_of(published, A).iterdir())
    run = ecosmig(published, "supplier", "offboard", A, *options)
    assert run.status == (0 if options else 2)
    assert sorted(folder_of(published, A).iterdir()) == before
