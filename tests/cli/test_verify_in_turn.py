"""`verify --deep --budget`: what an operator is told, and what the next run knows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.settings import load_settings
from ecosmig_publish.wiring import Wiring
from tests.cli.driving import ecosmig, folder_of

if TYPE_CHECKING:
    from pathlib import Path

IN_TURN = ("verify", "--deep", "--budget", "10m")


def test_everything_is_read_once_and_status_and_the_checks_know_of_it(
    published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    count = len(list(published.glob("published/*/*.csv")))
    size = sum(path.stat().st_size for path in published.glob("published/*/*.csv"))
    first = ecosmig(published, *IN_TURN)

    assert first.status == 0
    assert re.sub(r"in \d+s|\d{4}-\S+ \S+Z", "…", first.out).splitlines() == [
        f"{count} files ({size / 1e6:,.1f} MB) read again …: all are as they were issued.",
        f"All {count} published files were read again since ….",
        "Nothing more is due: each file was read again within the 30 days wanted.",
    ]
    again = ecosmig(published, *IN_TURN, "--json").document
    assert (again["files"], again["ended"], again["keeps_up"], again["published"]["files"]) == (0, True, True, count)
    assert f"Read again, every byte: {count} files since" in ecosmig(published, "status").out
    # One act for all of them, and it is a link like any other.
    assert "read-files" in ecosmig(published, "audit", "list", "--acts").out
    assert ecosmig(published, "audit", "check").status in (0, 20)
    assert ecosmig(published, "ledger", "check").status == 0


def test_what_is_damaged_is_named_until_it_is_mended(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    altered, gone, *others = sorted(folder_of(published, "P00001").glob("*.csv"))
    whole, lost = altered.read_bytes(), gone.read_bytes()
    altered.write_bytes(whole.replace(b",", b";", 1))
    gone.unlink()
    for _ in range(2):
        found = ecosmig(published, *IN_TURN)
        assert found.status == 20
        assert "1 altered; next: move it out of the folder, put the outbox's copy" in found.out
        assert "1 missing; next: put it back into its folder" in found.out
        assert "2 were not as issued when last read; they are tried again at each run." in found.out
        assert [line for line in found.out.splitlines() if len(line) > 80 and "ecosmig" not in line] == []
    document = ecosmig(published, *IN_TURN, "--json").document
    named = {(it["kind"], it["name"]) for it in document["discrepancies"]}
    assert named == {("altered", altered.name), ("missing", gone.name)}
    assert document["published"]["failed"] == 2
    assert others

    altered.write_bytes(whole)
    gone.write_bytes(lost)
    assert ecosmig(published, *IN_TURN).status == 0
    assert ecosmig(published, *IN_TURN, "--json").document["published"]["failed"] == 0


def test_it_goes_on_while_a_run_holds_the_lock(published: Path) -> None:
    wiring = Wiring(load_settings(published / "ecosmig.toml", {}, published))
    with wiring.locked_ledger() as ledger:
        assert ecosmig(published, *IN_TURN).status == 0
        assert ledger.reading_counts()[0] > 0
        ledger.record_finding("missing", {"name": "the run still records"})


@pytest.mark.parametrize(
    "options",
    [
        ["--budget", "10m"],
        ["--deep", "--within", "7"],
        ["--deep", "--budget", "10m", "--supplier", "P00001"],
        ["--deep", "--budget", "10m", "--changes"],
        ["--deep", "--budget", "soon"],
        ["--deep", "--budget", "0s"],
        ["--source", "--budget", "10m"],
    ],
    ids=" ".join,
)
def test_options_that_make_no_sense_together_are_refused_with_what_would(configured: Path, options: list[str]) -> None:
    refused = ecosmig(configured, "verify", *options)
    assert refused.status == 2
    assert "  next: " in refused.err
