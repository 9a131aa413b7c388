"""A slot's rows become its recipients' files."""

from __future__ import annotations

import stat
import threading
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from ecosmig_publish.emrr.records import detail_line, header_line, trailer_line
from ecosmig_publish.emrr.terms import Report, Signifier
from ecosmig_publish.errors import OutboxError, SourceError
from ecosmig_publish.fingerprint import fingerprint_file
from ecosmig_publish.outbox.writing import HeldRow, WrittenSlot, write_slot
from tests.outbox.batches import CREATED_AT, PERIOD, activity, batch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ecosmig_publish.outbox.file import WrittenFile

A, B, C = (Signifier(f"PXX00{number}") for number in (1, 2, 3))
_005 = Report.ECOSMIG_005


class Numbers:
    """Streams that have come to `last` each."""

    def __init__(self, last: int = 0) -> None:
        self._last = last
        self._used: dict[Signifier, int] = {}

    def __call__(self, recipient: Signifier) -> int:
        self._used[recipient] = self._used.get(recipient, self._last) + 1
        return self._used[recipient]


def written(directory: Path, batches: Iterable[Any], **keywords: Any) -> WrittenSlot:
    settings: dict[str, Any] = {"rows_per_file": 999_999, "next_sequence": Numbers(), **keywords}
    return write_slot(batches, report=_005, period=PERIOD, created_at=CREATED_AT, directory=directory, **settings)


def content(recipient: Signifier, sequence: int, days: Iterable[int]) -> bytes:
    details = [detail_line(_005, (datetime(2024, 2, day).date(), 1, 0)) for day in days]  # noqa: DTZ001
    header = header_line(_005, recipient, sequence, CREATED_AT, PERIOD)
    return b"".join([header, *details, trailer_line(len(details))])


def facts(file: WrittenFile) -> tuple[str, int, int, int]:
    return file.recipient, file.sequence, file.part, file.rows


def test_each_recipient_gets_a_file_of_its_own_rows_in_their_order(tmp_path: Path) -> None:
    slot = written(tmp_path, [batch([activity(A, 3), activity(A, 1), activity(B, 2)])])
    assert [facts(file) for file in slot.files] == [(A, 1, 1, 2), (B, 1, 1, 1)]
    assert [file.path.read_bytes() for file in slot.files] == [content(A, 1, [3, 1]), content(B, 1, [2])]
    assert [file.path.name for file in slot.files] == [file.name for file in slot.files]
    assert slot.files[0].name == "ECOSMIG-005_PXX001_1_20240226060000.csv"
    assert slot.rows == 3


def test_rows_of_a_recipient_that_come_in_several_batches_are_one_file(tmp_path: Path) -> None:
    batches = [batch([activity(A, 1)]), batch([]), batch([activity(A, 2), activity(B, 3)]), batch([activity(B, 4)])]
    slot = written(tmp_path, batches)
    assert [file.path.read_bytes() for file in slot.files] == [content(A, 1, [1, 2]), content(B, 1, [3, 4])]


def test_a_written_file_has_the_fingerprint_of_its_bytes(tmp_path: Path) -> None:
    slot = written(tmp_path, [batch([activity(A, day % 28 + 1) for day in range(20_000)])])
    assert slot.files[0].fingerprint == fingerprint_file(slot.files[0].path)


@pytest.mark.parametrize(
    ("rows", "parts"),
    [(1, [1]), (4, [4]), (5, [4, 1]), (8, [4, 4]), (9, [4, 4, 1])],
)
def test_above_the_most_that_a_file_takes_the_issue_goes_on_in_the_next_number(
    tmp_path: Path, rows: int, parts: list[int]
) -> None:
    days = [row % 28 + 1 for row in range(rows)]
    halves = [batch([activity(A, day) for day in part]) for part in (days[: rows // 2], days[rows // 2 :])]
    slot = written(tmp_path, [*halves, batch([activity(B, 1)])], rows_per_file=4)
    expected = [(A, 1 + part, 1 + part, count) for part, count in enumerate(parts)]
    assert [facts(file) for file in slot.files] == [*expected, (B, 1, 1, 1)]
    of_a = [file.path.read_bytes() for file in slot.files if file.recipient == A]
    assert of_a == [content(A, 1 + part, days[part * 4 : part * 4 + 4]) for part in range(len(parts))]


def test_numbers_go_on_from_the_stream_s_last(tmp_path: Path) -> None:
    slot = written(tmp_path, [batch([activity(A, 1)] * 3)], rows_per_file=2, next_sequence=Numbers(999_997))
    assert [file.sequence for file in slot.files] == [999_998, 999_999]


def test_a_stream_whose_six_digits_are_used_up_is_said(tmp_path: Path) -> None:
    with pytest.raises(OutboxError, match="1,000,000 has more than the header's six digits") as refused:
        written(tmp_path, [batch([activity(A, 1)] * 3)], rows_per_file=2, next_sequence=Numbers(999_998))
    assert refused.value.hint


def test_held_rows_are_kept_apart_with_their_reasons(tmp_path: Path) -> None:
    held = [
        activity("PXX009", 1, hold="unknown-party"),
        (*activity(A, 2, hold="empty:mpxn too-long:model")[:1], None, *activity(A, 2)[2:]),
    ]
    seen: list[Any] = []
    slot = written(tmp_path, [batch([*held, activity(A, 3)]), batch([activity(A, 4)])], on_keys=seen.append)
    assert slot.held == (
        HeldRow("1", ("unknown-party",), "PXX009"),
        HeldRow("2", ("empty:mpxn", "too-long:model"), None),
    )
    assert [key for keys in seen for key in keys.to_pylist()] == ["3", "4"]
    assert [file.path.read_bytes() for file in slot.files] == [content(A, 1, [3, 4])]
    assert slot.rows == 4


def test_rows_that_are_all_held_make_no_file_and_use_no_number(tmp_path: Path) -> None:
    slot = written(tmp_path, [batch([activity(A, 1, hold="no-device")])])
    assert slot.files == ()
    assert list(tmp_path.iterdir()) == []


def test_who_is_to_get_an_empty_report_gets_one_only_without_rows(tmp_path: Path) -> None:
    slot = written(tmp_path, [batch([activity(B, 1)])], empty_for=[A, B, C])
    assert [facts(file) for file in slot.files] == [(B, 1, 1, 1), (A, 1, 1, 0), (C, 1, 1, 0)]
    assert slot.files[1].path.read_bytes() == content(A, 1, [])


def test_no_rows_at_all_make_nothing(tmp_path: Path) -> None:
    assert written(tmp_path, []) == WrittenSlot((), (), 0)
    assert list(tmp_path.iterdir()) == []


def test_rows_written_are_counted_batch_by_batch(tmp_path: Path) -> None:
    counted: list[int] = []
    written(tmp_path, [batch([activity(A, 1)] * 3), batch([activity(A, 1)])], on_rows=counted.append)
    assert counted == [3, 1]


def test_a_recipient_whose_rows_come_in_two_runs_stops_the_slot(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="more than one run"):
        written(tmp_path, [batch([activity(A, 1), activity(B, 1), activity(A, 2)])])


def test_a_recipient_that_the_engine_encodes_by_dictionary_is_the_same(tmp_path: Path) -> None:
    plain = batch([activity(A, 1), activity(B, 2)])
    encoded = plain.set_column(1, "recipient", plain.column("recipient").dictionary_encode())
    (tmp_path / "plain").mkdir()
    (tmp_path / "encoded").mkdir()
    one, two = written(tmp_path / "plain", [plain]), written(tmp_path / "encoded", [encoded])
    assert [file.fingerprint for file in one.files] == [file.fingerprint for file in two.files]


def test_files_can_be_read_by_their_owner_alone(tmp_path: Path) -> None:
    slot = written(tmp_path, [batch([activity(A, 1)])])
    assert stat.S_IMODE(slot.files[0].path.stat().st_mode) == 0o600


def breaking(batches: Iterable[Any]) -> Iterator[Any]:
    yield from batches
    raise SourceError("the engine is gone", hint="Start it.")


def test_what_the_source_raises_midway_arrives_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="the engine is gone"):
        written(tmp_path, breaking([batch([activity(A, 1)])]))


@pytest.mark.parametrize("batches", [1, 50])
def test_whatever_ends_the_writing_no_thread_and_no_open_file_stays_behind(tmp_path: Path, batches: int) -> None:
    threads = set(threading.enumerate())
    many = [batch([activity(A, 1)] * 3)] * batches
    with pytest.raises(SourceError):
        written(tmp_path, breaking(many))
    with pytest.raises(OutboxError):
        written(tmp_path / "absent", iter(many))
    assert set(threading.enumerate()) == threads
    assert open_files(tmp_path) == []


def open_files(directory: Path) -> list[str]:
    targets = [str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    return [target for target in targets if target.startswith(str(directory))]


def test_a_source_that_is_left_midway_is_closed(tmp_path: Path) -> None:
    closed = threading.Event()

    def source() -> Iterator[Any]:
        try:
            while True:
                yield batch([activity(A, 1)])
        finally:
            closed.set()

    with pytest.raises(OutboxError):
        written(tmp_path / "absent", source())
    assert closed.is_set()


def test_memory_does_not_grow_with_the_report(tmp_path: Path) -> None:
    def most_held(batches: int) -> int:
        most = 0
        before = int(pa.total_allocated_bytes())
        rows = [activity(A, 1)] * 20_000

        def watch(_rows: int) -> None:
            nonlocal most
            most = max(most, int(pa.total_allocated_bytes()) - before)

        directory = tmp_path / str(batches)
        directory.mkdir()
        slot = written(directory, (batch(rows) for _ in range(batches)), on_rows=watch)
        assert slot.rows == batches * 20_000
        return most

    # Ten times the rows: what is read ahead and not yet let go of varies, what is written must not stay.
    assert most_held(60) < 3 * most_held(6)
