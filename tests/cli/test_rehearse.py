"""A rehearsal: what would have happened, in an installation of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from ecosmig_publish.cli.views.rehearse_installation import rehearsal_home
from ecosmig_publish.settings import load_settings
from tests.cli.driving import Ended, ecosmig
from tests.installation import Installation, at
from tests.workflows.made import A, attempt, details, device_id, failed, installation, source

if TYPE_CHECKING:
    from pathlib import Path

    from tests.plain.data import Data

MARCH = datetime(2024, 3, 31, 22)  # noqa: DTZ001 - naive UTC, as in the source
STARTS = [at(f"2024-04-01T{hour:02}:00:30") for hour in (0, 6, 12)]
"""The 1st of April 2024 is a Monday: every report but 003 falls due on it."""
OFF = "2024-04-01T17:50Z/2024-05-01T00:00Z"
"""A month is long: the scheduler is off from its first evening on."""
CONFIGURATION = """\
start = 2024-03-31T12:00:00Z
[source]
url = "parquet:data"
[operations]
log = "told/log.jsonl"
metrics = "told/metrics.prom"
on_failure = ["touch", "told/failure"]
on_finding = ["touch", "told/finding"]
"""


def month_of_two() -> Data:
    data = source()
    data.migration_attempts += [
        attempt(1, 1, MARCH),
        attempt(2, 2, MARCH),
        failed(3, 3, MARCH),
        # Recorded between the runs of 06:00 and 12:00: the one before can't see it.
        failed(4, 3, MARCH + timedelta(minutes=5), recorded_at=MARCH + timedelta(hours=12)),
        failed(5, 4, MARCH + timedelta(hours=12)),
        # There is no such Device, nor anybody responsible for it: held.
        attempt(6, 99, MARCH),
    ]
    data.devices[1]["installed_with_ecos"] = True
    data.device_status_events.append(installation(1, 2, MARCH))
    return data


def rehearse(home: Path, *arguments: str) -> Ended:
    return ecosmig(home, "rehearse", "--month", "2024-04", "--missed", OFF, *arguments)


def standing(home: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(path.relative_to(home)): (path.read_bytes() if path.is_file() else b"", path.stat().st_mtime_ns)
        for path in sorted(home.rglob("*"))
    }


@dataclass(frozen=True, slots=True)
class Played:
    """A rehearsal beside an installation that had published before: the latter's files, before and after."""

    run: Ended
    before: dict[str, tuple[bytes, int]]
    after: dict[str, tuple[bytes, int]]
    kept: Path

    @property
    def document(self) -> Any:
        return self.run.document

    @property
    def files(self) -> dict[str, bytes]:
        seen = self.kept / "seen-by-suppliers"
        return {f"{path.parent.name[:6]}/{path.name}": path.read_bytes() for path in sorted(seen.glob("*/*"))}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration, its source, and what it has issued and published."""
    home = tmp_path_factory.mktemp("real")
    # Absolute, so that it leads here from wherever it is read.
    ledger = f'[ledger]\nurl = "sqlite:{home}/state/ecosmig.db"\n'
    (home / "ecosmig.toml").write_text(CONFIGURATION + ledger, encoding="utf-8")
    month_of_two().write_parquet(home / "data")
    assert ecosmig(home, "supplier", "onboard", "--all").status == 0
    assert ecosmig(home, "publish", "--all", "--as-of", "2024-03-31T18:00:00Z").status == 0
    return home


def played(home: Path, kept: Path, *arguments: str) -> Played:
    before = standing(home)
    run = rehearse(home, "--dir", str(kept), "--json", *arguments)
    return Played(run, before, standing(home), kept)


@pytest.fixture(scope="module")
def calm(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Played:
    return played(home, tmp_path_factory.mktemp("calm"))


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What `publish --all --as-of` at the same instants puts into folders on disk."""
    home = tmp_path_factory.mktemp("by-hand")
    made = Installation(home, at("2024-03-31T23:59:59"), f"parquet:{home / 'data'}")
    month_of_two().write_parquet(home / "data")
    made.onboard_all()
    assert [made.run(start).exit_status for start in STARTS] == [0, 0, 0]
    return made.published()


pytestmark = pytest.mark.enable_socket


def test_nothing_of_the_installation_is_touched_and_nobody_is_told(calm: Played) -> None:
    assert calm.after == calm.before
    # So that there was something to tell.
    assert calm.run.status == 10


def test_it_comes_to_the_files_that_publish_comes_to_at_the_same_instants(
    calm: Played, by_hand: dict[str, bytes]
) -> None:
    assert calm.files == by_hand
    # The failure that was recorded at 10:00 is reported at 12:00, as the second file of its stream.
    (row,) = details(calm.files, f"{A}/ECOSMIG-002_{A}_2_20240401120030.csv")
    assert row[1] == device_id(3)


def test_what_is_kept_is_its_owners_alone_in_a_folder_that_was_there_too(calm: Played, tmp_path: Path) -> None:
    for name in ("seen-by-suppliers", "sharepoint", "state"):
        assert (calm.kept / name).stat().st_mode & 0o077 == 0
    with rehearsal_home(tmp_path / "new") as home:
        assert home.stat().st_mode & 0o077 == 0


def test_with_faults_it_comes_to_the_same_files_each_once(
    home: Path, by_hand: dict[str, bytes], tmp_path: Path
) -> None:
    disturbed = played(home, tmp_path / "disturbed", "--faults", "200", "--seed", "5")
    document = disturbed.document
    assert disturbed.files == by_hand
    assert sum(sum(run["disturbed"].values()) for run in document["runs"]) > 10
    assert (document["waiting"], document["astray"], document["discrepancies"]) == ([], [], [])


def test_the_document_says_what_would_have_happened(calm: Played) -> None:
    document = calm.document
    runs = document["runs"]
    assert [run["began_at"] for run in runs] == [f"2024-04-01T{hour:02}:00:30Z" for hour in (0, 6, 12)]
    assert [run["exit_status"] for run in runs] == [0, 0, 0]
    # 002 at each run; 001, 004, 005 and 006 at 06:00.
    assert [run["issued"] for run in runs] == [1, 5, 1]
    day, *others = document["days"]
    # The scheduler is off before 18:00: 002 falls due once more.
    assert {key: day[key] for key in ("day", "runs", "due", "issued", "files", "held", "braked", "exit_status")} == {
        "day": "2024-04-01",
        "runs": 3,
        "due": 8,
        "issued": 7,
        "files": len(calm.files),
        "held": 1,
        "braked": 0,
        "exit_status": 0,
    }
    assert len(others) == 29
    # On the 2nd, a Tuesday: 001, 003 and four of 002. Nothing runs, and what is held stays so.
    assert {key: others[0][key] for key in ("day", "runs", "due", "issued", "held", "exit_status")} == {
        "day": "2024-04-02",
        "runs": 0,
        "due": 6,
        "issued": 0,
        "held": 1,
        "exit_status": None,
    }
    assert document["files"] == document["proved"] == len(calm.files)
    assert document["held"] == [
        {"report": "ECOSMIG-001", "reason": "no-device", "rows": 1},
        {"report": "ECOSMIG-001", "reason": "no-responsible-supplier", "rows": 1},
    ]
    assert {it["report"]: (it["due"], it["issued"]) for it in document["reports"]} == {
        "ECOSMIG-001": (30, 1),
        "ECOSMIG-002": (120, 3),
        "ECOSMIG-003": (1, 0),
        "ECOSMIG-004": (5, 1),
        "ECOSMIG-005": (5, 1),
        "ECOSMIG-006": (1, 1),
    }
    assert (document["waiting"], document["astray"], document["discrepancies"]) == ([], [], [])
    assert document["faults"] == []
    assert document["without_files"] == []
    # Each run anchors its acts, the first those of onboarding among them.
    assert document["anchors"] == 3
    assert document["largest_run"]["began_at"] == "2024-04-01T06:00:30Z"


def test_what_the_scheduler_missed_is_not_issued_and_ends_with_10(calm: Played) -> None:
    document = calm.document
    # The 002 of that evening; 29 days of 001 and of four 002; 003; four more Mondays of 004 and 005.
    assert len(document["not_issued"]) == 1 + 29 + 29 * 4 + 1 + 4 * 2
    assert (document["exit_status"], document["is_whole"]) == (10, False)


def test_it_says_what_would_have_needed_a_person_and_how_far_the_source_reaches(calm: Played) -> None:
    document = calm.document
    held, not_issued = document["tasks"]
    assert held["what"] == "1 row is held until it can be reported"
    assert not_issued["what"].startswith(f"{len(document['not_issued'])} slots are not issued at the end, ECOSMIG-002")
    assert document["source"] == {
        # Each a second after it was completed.
        "recorded_from": "2024-03-31T22:00:01Z",
        "recorded_until": "2024-04-01T10:00:01Z",
        "says": "no row was recorded after 2024-04-01 10:00Z: the last 29 days have nothing new",
    }
    assert f"The source and 2024-04: {document['source']['says']}" in calm.run.err


def test_what_was_kept_can_be_looked_at(calm: Played) -> None:
    config = ["--config", str(calm.kept / "ecosmig.toml")]
    listed = ecosmig(calm.kept, "audit", "list", *config, "--json").document
    assert {f"{it['recipient']}/{it['name']}" for it in listed["files"]} == calm.files.keys()
    settings = load_settings(calm.kept / "ecosmig.toml", {}, calm.kept)
    assert settings.start == at("2024-03-31T23:59:59")
    assert settings.operations.log is None


def test_before_there_is_any_data_it_says_that_nothing_had_rows(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    off = ["--missed", "2001-01-01T00:10Z/2001-02-01T00:00Z", "--deadline", "1h"]
    run = ecosmig(home, "rehearse", "--month", "2001-01", *off)
    assert run.status == 10
    *_, where, verdict = run.out.splitlines()
    tables = [line for line in run.out.splitlines() if line.startswith(" ")]
    assert max(len(line) for line in tables if "next:" not in line and "slots are not issued" not in line) <= 80
    # 4 slots of 002 and all others but 003 due, the first issued: no files, rows, proofs, held rows; it ends with 0.
    assert ["2001-01-01", "8", "1", "0", "0", "0", "0", "0"] in [line.split() for line in tables]
    # A deadline that was missed: a slot that nobody issued is late.
    assert ["ECOSMIG-003", "1", "0", "0", "0", "0", "1", "-", "0"] in [line.split() for line in tables]
    assert "all rows were recorded after the month, from 2024-03-31 22:00Z on: no run sees any" in run.out
    assert "1 run ended: 1 with 0." in run.out
    assert where.startswith("Nothing was kept: --dir DIR")
    # All slots of a January that begins on a Monday but the first: 4 x 31 - 1 of 002, 31, five Mondays, 003, 006.
    assert verdict == f"Not everything is in order (exit status 10): {4 * 31 - 1 + 31 + 2 * 5 + 2} slots not issued."


@pytest.mark.parametrize(
    ("arguments", "said", "next_step"),
    [
        (["--month", "2026-13"], "--month 2026-13: no month", "2026-03"),
        (["--month", "March"], "--month March: no month", "2026-03"),
        (["--month", "2099-12"], "--month 2099-12: is still to come", "ecosmig rehearse --month 20"),
        (["--month", "2024-04", "--missed", "2024-04-03"], "not two instants", "2026-03-10T05:00Z/2026-03-12T09:00Z"),
        (["--month", "2024-04", "--missed", "2024-04-03/2024-04-03"], "before it begins", "whole days"),
        (["--month", "2024-04", "--missed", "2024-06-03T00Z/2024-06-04T00Z"], "not in 2024-04", "the month"),
        (["--month", "2024-04", "--after", "2h"], "--after", "--missed"),
        (["--month", "2024-04", "--deadline", "soon"], "--deadline soon", "30m"),
        (["--month", "2024-04", "--faults", "501"], "--faults", "--help"),
        ([], "--month", "--help"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_can_t_be_played_is_2_and_says_how_to_write_it(
    home: Path, arguments: list[str], said: str, next_step: str
) -> None:
    run = ecosmig(home, "rehearse", *arguments)
    assert (run.status, run.out) == (2, "")
    assert said in run.err
    assert next_step in run.err


def test_its_help_says_what_its_exit_statuses_mean_for_a_rehearsal(tmp_path: Path) -> None:
    text = ecosmig(tmp_path, "rehearse", "--help").out
    assert " 10  something was not: it waits, is braked, or the scheduler was off" in text
    assert "130  interrupted; what was made is taken away, unless --dir was given" in text


def test_a_source_that_can_t_be_used_is_30_before_anything_is_made(tmp_path: Path) -> None:
    (tmp_path / "ecosmig.toml").write_text(CONFIGURATION, encoding="utf-8")
    run = rehearse(tmp_path, "--json")
    assert (run.status, run.document["error"]["exit_status"]) == (30, 30)


def test_without_the_extra_it_says_what_to_install(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ecosmig_publish.sandbox", None)
    run = rehearse(home)
    assert run.status == 2
    assert "next: pip install 'ecosmig-publish[sandbox]'" in run.err


def test_interrupted_it_leaves_nothing_behind(home: Path, tmp_path: Path) -> None:
    before = standing(home)
    command = [sys.executable, "-m", "ecosmig_publish", "rehearse", "--month", "2024-04"]
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(command, cwd=home, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("Playing "):
                break
        assert list(tmp_path.iterdir()) != []
        process.send_signal(signal.SIGINT)
        rest = process.stderr.read()
    assert process.returncode == 130
    assert rest.startswith("ecosmig: interrupted; the installation is as it was")
    assert list(tmp_path.iterdir()) == []
    assert standing(home) == before
