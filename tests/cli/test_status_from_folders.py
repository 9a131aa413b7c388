"""`ecosmig status --deadline … --from-folders` on a host that has the configuration and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.calendar import last_due_slot, period_of
from ecosmig_publish.emrr.filename import FileName, format_file_name
from ecosmig_publish.emrr.records import header_line
from ecosmig_publish.emrr.terms import Report, Signifier
from ecosmig_publish.sandbox import Sandbox
from tests.cli.driving import ecosmig

if TYPE_CHECKING:
    from pathlib import Path

A, B = "PXX001", "PXX002"
WATCH = ("status", "--deadline", "30m", "--from-folders")
ROOT = "ECoS Migration Reports"


def _configure(home: Path, destination: str, suppliers: tuple[str, ...] = (), empty_reports: str = "skip") -> None:
    """Configure a publisher that has been at work for a week; of nothing but its destination there is a trace here."""
    start = datetime.now(UTC) - timedelta(days=7)
    blocks = "".join(f'[[suppliers]]\nsignifier = "{it}"\nusers = ["x@y.test"]\n' for it in suppliers)
    text = f'start = {start:%Y-%m-%dT%H:%M:%SZ}\nempty_reports = "{empty_reports}"\n{destination}{blocks}'
    (home / "ecosmig.toml").write_text(text, encoding="utf-8")


def _files(recipient: str, number: int = 1) -> dict[str, bytes]:
    """The file of each report's last slot for a recipient, by name."""
    files = {}
    for report in Report:
        slot = last_due_slot(report, datetime.now(UTC))
        name = format_file_name(FileName(report, Signifier(recipient), number, slot.due_at))
        files[name] = header_line(report, Signifier(recipient), number, slot.due_at, period_of(slot))
    return files


def _a_month_of_files(recipient: str) -> list[str]:
    """The names of a recipient's files of 002, four a day, of thirty days up to a week ago."""
    last = last_due_slot(Report.ECOSMIG_002, datetime.now(UTC) - timedelta(days=7))
    made = [last.due_at - timedelta(hours=6) * number for number in range(120)]
    return [
        format_file_name(FileName(last.report, Signifier(recipient), 200 - number, created_at))
        for number, created_at in enumerate(made)
    ]


def test_over_sharepoint_the_right_to_read_is_enough_and_only_reading_is_done(
    tmp_path: Path,
    socket_enabled: None,  # noqa: ARG001 - for loopback
) -> None:
    host = tmp_path / "host"
    host.mkdir()
    with Sandbox(tmp_path / "sharepoint") as sandbox:
        watcher = sandbox.register("watcher", site_role="read")
        destination = sandbox.configuration().replace(sandbox.publisher.client_id, watcher.client_id)
        _configure(host, destination.replace(str(sandbox.publisher.pem), str(watcher.pem)), (A, B))
        library = sandbox.library()
        # There is no staging folder: whoever only reads may not see it.
        library.make_folder(f"{ROOT}/{B} Baker")
        for name, data in _files(A).items():
            library.put(f"{ROOT}/{A} Able/{name}", data)

        alive = ecosmig(host, *WATCH, "--json")
        cost = len(sandbox.requests())
        sandbox.clear_requests()
        for name in _a_month_of_files(A):
            library.put(f"{ROOT}/{A} Able/{name}", b"00,\r\n")
        grown = ecosmig(host, *WATCH, "--json")
        cost_with_history = len(sandbox.requests())
        for name in (*_files(A), *_a_month_of_files(A)):
            library.remove(f"{ROOT}/{A} Able/{name}")
        dead = ecosmig(host, *WATCH, "--json")
        library.move(ROOT, "Elsewhere")
        gone = ecosmig(host, *WATCH)
        asked = {request.method for request in sandbox.requests() if request.path.startswith("/v1.0/")}

    assert (alive.status, alive.document["overdue"], alive.document["empty"]) == (0, [], [B])
    assert [it["state"] for it in alive.document["reports"]][:2] == ["up to date", "up to date"]
    assert (alive.document["files"], alive.document["headers_read"]) == (6, 6)
    assert (grown.status, grown.document["files"], cost_with_history) == (0, 6 + 120, cost)
    assert dead.status == 10
    assert {(it["report"], it["recipient"]) for it in dead.document["overdue"]} >= {
        ("ECOSMIG-001", None),
        ("ECOSMIG-002", None),
    }
    assert (gone.status, gone.out) == (10, "")
    assert "has no folder 'ECoS Migration Reports'" in gone.err
    assert "next: Check destination.sharepoint.root_folder" in gone.err
    assert asked == {"GET"}
    assert [path.name for path in host.iterdir()] == ["ecosmig.toml"]


def test_on_disk_it_names_recipients_that_lack_files_and_numbers_that_are_not_there(tmp_path: Path) -> None:
    _configure(tmp_path, '[destination.folder]\npath = "published"\n', empty_reports="issue")
    for recipient in (A, B):
        (tmp_path / "published" / f"{recipient} Party").mkdir(parents=True)
        for name, data in _files(recipient, number=3).items():
            (tmp_path / "published" / f"{recipient} Party" / name).write_bytes(data)
    # B's are a week old, but for 001, of which the last two are numbers 1 and 3.
    folder = tmp_path / "published" / f"{B} Party"
    for path in folder.glob("ECOSMIG-002_*"):
        path.unlink()
    a_week_before = last_due_slot(Report.ECOSMIG_001, datetime.now(UTC) - timedelta(days=6))
    first = FileName(Report.ECOSMIG_001, Signifier(B), 1, a_week_before.due_at)
    (folder / format_file_name(first)).write_bytes(
        header_line(first.report, first.recipient, 1, first.created_at, period_of(a_week_before))
    )

    told = ecosmig(tmp_path, *WATCH)
    document = ecosmig(tmp_path, *WATCH, "--json").document

    assert told.status == 10
    assert {(it["report"], it["recipient"]) for it in document["overdue"]} == {("ECOSMIG-002", B)}
    assert "no file in its folder" in told.out
    assert f"gap: {B}: ECOSMIG-001: number 2 is not there" in told.out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ecosmig.toml", "published"]


def test_folders_that_are_not_there_end_with_10_and_a_next_step(tmp_path: Path) -> None:
    _configure(tmp_path, '[destination.folder]\npath = "not mounted"\n')

    told = ecosmig(tmp_path, *WATCH)

    assert (told.status, told.out) == (10, "")
    assert "next: Mount it here" in told.err
    assert [path.name for path in tmp_path.iterdir()] == ["ecosmig.toml"]


def test_without_a_deadline_it_is_wrong_usage(tmp_path: Path) -> None:
    _configure(tmp_path, "")

    told = ecosmig(tmp_path, "status", "--from-folders")

    assert (told.status, "next: ecosmig status --deadline 30m --from-folders" in told.err) == (2, True)
