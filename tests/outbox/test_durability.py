"""What is on disk when a slot is recorded, and what a failing disk leaves."""

from __future__ import annotations

import errno
import os
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ecosmig_publish.emrr.terms import Report, Slot
from ecosmig_publish.errors import ExitStatus, OutboxError
from ecosmig_publish.outbox import Outbox
from tests.outbox.batches import activity, batch
from tests.outbox.test_writing import A, B, written

SLOT = Slot(datetime(2024, 2, 26, 6, tzinfo=UTC), Report.ECOSMIG_005)


class Syncs:
    """What was made durable, and how large it was then."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sizes: dict[str, int] = {}
        self._real = os.fsync
        monkeypatch.setattr(os, "fsync", self._sync)

    def _sync(self, descriptor: int) -> None:
        self._real(descriptor)
        self.sizes[str(Path(f"/proc/self/fd/{descriptor}").readlink())] = os.fstat(descriptor).st_size


def test_every_file_is_durable_and_whole_when_writing_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    syncs = Syncs(monkeypatch)
    slot = written(tmp_path, [batch([activity(A, 1)] * 5 + [activity(B, 1)])], rows_per_file=2)
    assert len(slot.files) == 4
    assert syncs.sizes == {str(file.path): file.path.stat().st_size for file in slot.files}


def test_a_sealed_directory_and_all_that_leads_to_it_is_durable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    syncs = Syncs(monkeypatch)
    outbox = Outbox(tmp_path / "state/outbox")
    directory = outbox.begin(SLOT)
    outbox.seal(directory)
    assert set(syncs.sizes) == {str(directory), str(outbox.path), str(outbox.path.parent)}


def test_directories_are_open_to_their_owner_alone(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "state/outbox")
    directory = outbox.begin(SLOT)
    assert [stat.S_IMODE(path.stat().st_mode) for path in (outbox.path, directory)] == [0o700, 0o700]


def test_two_attempts_at_a_slot_never_share_a_directory(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    assert outbox.begin(SLOT) != outbox.begin(SLOT)
    assert all(name.startswith("ECOSMIG-005_20240226T060000_") for name in outbox.names())


def test_a_sweep_takes_what_no_ledger_knows_and_nothing_else(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    known, unknown = outbox.begin(SLOT), outbox.begin(SLOT)
    (unknown / "half.csv").write_bytes(b"00,")
    (tmp_path / "notes").mkdir()
    (tmp_path / "ECOSMIG-notes.txt").write_text("somebody's")
    assert outbox.sweep({known.name}) == [unknown.name]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([known.name, "notes", "ECOSMIG-notes.txt"])


def test_what_a_ledger_has_recorded_is_never_swept_though_the_present_one_does_not_know_it(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    recorded, begun = outbox.begin(SLOT), outbox.begin(SLOT)
    outbox.mark_issued(recorded)
    assert outbox.unknown_issued(()) == [recorded.name]
    assert outbox.unknown_issued({recorded.name}) == []
    assert outbox.sweep(()) == [begun.name]
    assert recorded.exists()


def test_a_mark_is_durable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outbox = Outbox(tmp_path)
    directory = outbox.begin(SLOT)
    syncs = Syncs(monkeypatch)
    outbox.mark_issued(directory)
    assert set(syncs.sizes) == {str(directory)}


def test_a_recorded_directory_that_a_crash_left_without_its_mark_is_given_it_by_the_next_sweep(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    directory = outbox.begin(SLOT)
    assert outbox.sweep({directory.name}) == []
    assert outbox.unknown_issued(()) == [directory.name]


def test_a_file_that_was_read_elsewhere_is_kept_durably(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outbox = Outbox(tmp_path)
    directory = outbox.begin(SLOT)
    syncs = Syncs(monkeypatch)
    fingerprint = outbox.keep(directory, "it.csv", [b"00,", b"99\r\n"])
    assert (directory / "it.csv").read_bytes() == b"00,99\r\n"
    assert fingerprint == outbox.fingerprint(f"{directory.name}/it.csv")
    assert syncs.sizes == {str(directory / "it.csv"): 7}


def test_an_outbox_that_was_never_made_is_empty(tmp_path: Path) -> None:
    assert Outbox(tmp_path / "none").sweep(()) == []


def test_a_file_that_is_gone_is_said_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(OutboxError, match=r"some/file\.csv: the file is gone") as refused:
        Outbox(tmp_path).file("some/file.csv")
    assert "backup" in refused.value.hint


def failing(monkeypatch: pytest.MonkeyPatch, call: str, number: int) -> None:
    def fail(*_arguments: object, **_keywords: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, call, fail)


@pytest.mark.parametrize("call", ["write", "fsync", "open"])
@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (errno.ENOSPC, "Make room"),
        (errno.EDQUOT, "quota"),
        (errno.EROFS, "Mount it writable"),
        (errno.EMFILE, "ulimit -n"),
        (errno.EFBIG, "ulimit -f"),
        (errno.EIO, "Set the outbox's disk right"),
    ],
)
def test_a_failing_disk_is_said_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int, advice: str
) -> None:
    failing(monkeypatch, call, number)
    with pytest.raises(OutboxError, match=os.strerror(number)) as refused:
        written(tmp_path, [batch([activity(A, 1)])])
    assert advice in refused.value.hint
    assert refused.value.exit_status == ExitStatus.FAULT
    assert isinstance(refused.value.__cause__, OSError)


def test_a_file_on_the_outbox_s_path_is_said(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    with pytest.raises(OutboxError, match="state") as refused:
        Outbox(tmp_path / "state/outbox").begin(SLOT)
    assert "move it away" in refused.value.hint


def test_a_disk_that_takes_little_at_a_time_gets_whole_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write

    def little(descriptor: int, data: Any) -> int:
        return real(descriptor, data[:7])

    monkeypatch.setattr(os, "write", little)
    slot = written(tmp_path, [batch([activity(A, 1)] * 3)])
    assert slot.files[0].path.stat().st_size == slot.files[0].fingerprint.size
    assert slot.files[0].path.read_bytes().endswith(b"99,3,DCC Controlled\r\n")
