"""The judge can say no: each promise, broken by hand once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.simulation.history import Event, Gone, History, Promise, ReadersBecame, Stood

if TYPE_CHECKING:
    from tests.simulation.file_read import ReadFile

A, B = "PXX001", "PXX002"
ONE = "00-DB-12-34-56-78-90-A1"


class OneDevice:
    """Device ONE is A's, and has one success at six o'clock."""

    def found(self, file: ReadFile, fields: list[str]) -> tuple[str, str | None] | None:  # noqa: ARG002 - see `SourceRows`
        return ("attempt:1", A) if fields[0] == ONE and fields[6] == "20240301T060000" else None


def named(number: int, owner: str = A, second: int = 0) -> str:
    return f"ECOSMIG-001_{owner}_{number}_202403020600{second:02}.csv"


def content(number: int, owner: str = A, *devices: str, rows: int | None = None) -> bytes:
    title = "Detail Report: ECoS Migrations Completed Successfully"
    span = "20240302T060000,20240301T000000,20240301T235959"
    lines = [f"00,ECOSMIG-001,{owner},{number},{title},{span},DCC Controlled"]
    lines += [f"10,{device},1200034567013,ESME,1057,54342152,00123402,20240301T060000" for device in devices]
    lines.append(f"99,{len(devices) if rows is None else rows},DCC Controlled")
    return "".join(f"{line}\r\n" for line in lines).encode()


def stood(number: int, *devices: str, owner: str = A, folder: str = A) -> Stood:
    return Stood(folder, named(number, owner), content(number, owner, *devices))


def broken(*events: Event) -> list[Promise]:
    history = History(OneDevice())
    for event in events:
        history.see(event)
    return [violation.promise for violation in history.violations]


def test_a_stream_in_order_with_each_row_once_breaks_nothing() -> None:
    history = History(OneDevice())
    for event in (stood(1), stood(2, ONE), stood(3), stood(1, owner=B, folder=B)):
        history.see(event)
    history.close({("ECOSMIG-001", A): 3, ("ECOSMIG-001", B): 1})
    history.account("ECOSMIG-001", due=["attempt:1", "attempt:2"], held=["attempt:2"], holdable=["attempt:2"])
    assert (history.violations, history.files, history.with_rows) == ([], 4, 1)


def test_the_same_file_seen_again_breaks_nothing() -> None:
    assert broken(stood(1), stood(2, ONE), stood(1), stood(2, ONE)) == []


@pytest.mark.parametrize(
    ("events", "promise"),
    [
        ([stood(1), stood(3)], Promise.DISORDER),
        ([stood(2)], Promise.DISORDER),
        ([stood(1), Stood(A, named(1), content(1, A, ONE))], Promise.DUPLICATE),
        ([stood(1), Stood(A, named(1, second=1), content(1))], Promise.DUPLICATE),
        ([stood(1, ONE), stood(2, ONE)], Promise.DUPLICATE),
        ([stood(1, "00-DB-12-34-56-78-90-A2")], Promise.DUPLICATE),
        ([Stood(A, named(1), b"mine", by="somebody"), stood(1)], Promise.DUPLICATE),
        ([stood(1, owner=A, folder=B)], Promise.MISDELIVERY),
        ([Stood("", named(1), content(1))], Promise.MISDELIVERY),
        ([Stood(A, named(1), content(1, B))], Promise.MISDELIVERY),
        ([ReadersBecame(A, right=False), stood(1)], Promise.MISDELIVERY),
        ([Stood(A, named(1), content(2))], Promise.DISORDER),
        ([Stood(A, named(1), content(1)[:-2])], Promise.DISORDER),
        ([Stood(A, named(1), content(1, rows=1))], Promise.DISORDER),
        ([Stood(A, "notes.txt", content(1))], Promise.DISORDER),
    ],
    ids=[
        "a number is left out",
        "the first number is not 1",
        "a name with other bytes",
        "a number with another name",
        "a row twice",
        "a row that the source has not",
        "somebody's file is overwritten",
        "a file in another's folder",
        "a file in nobody's folder",
        "another's header under one's name",
        "a folder that others can read",
        "the header says another number",
        "cut short",
        "a row that its trailer counts is missing",
        "no name of a report file",
    ],
)
def test_what_breaks_a_promise_is_said(events: list[Event], promise: Promise) -> None:
    assert promise in broken(*events)


def test_a_row_of_anothers_is_a_misdelivery_even_under_the_right_name() -> None:
    assert broken(stood(1, ONE, owner=B, folder=B)) == [Promise.MISDELIVERY]


def test_what_people_do_is_theirs_and_a_folder_put_right_is_published_to_again() -> None:
    mine = Stood(A, named(1), b"mine", by="somebody")
    shut, opened = ReadersBecame(A, right=False), ReadersBecame(A, right=True)
    assert broken(mine, Gone(A, named(1)), shut, opened, stood(1)) == []


def close(last: int, *events: Event) -> list[Promise]:
    history = History(OneDevice())
    for event in events:
        history.see(event)
    history.close({("ECOSMIG-001", A): last})
    return [violation.promise for violation in history.violations]


def test_a_number_that_the_ledger_issued_and_no_folder_holds_is_a_gap() -> None:
    assert close(2, stood(1)) == [Promise.GAP]


def test_a_number_that_the_ledger_does_not_know_is_a_duplicate_to_come() -> None:
    assert close(1, stood(1), stood(2)) == [Promise.DUPLICATE]


def test_a_stream_that_the_ledger_does_not_know_is_said() -> None:
    assert close(0, stood(1, owner=B, folder=B)) == [Promise.DUPLICATE]


def account(*, due: list[str], held: list[str], holdable: list[str]) -> list[Promise]:
    history = History(OneDevice())
    history.see(stood(1, ONE))
    history.account("ECOSMIG-001", due=due, held=held, holdable=holdable)
    return [violation.promise for violation in history.violations]


def test_a_row_that_is_neither_reported_nor_held_is_lost() -> None:
    assert account(due=["attempt:1", "attempt:2"], held=[], holdable=[]) == [Promise.LOST]


def test_a_row_that_is_reported_and_held_is_one_too_many() -> None:
    assert account(due=["attempt:1"], held=["attempt:1"], holdable=["attempt:1"]) == [Promise.DUPLICATE]


def test_a_row_that_is_held_without_a_reason_is_said() -> None:
    assert account(due=["attempt:1", "attempt:2"], held=["attempt:2"], holdable=[]) == [Promise.LOST]
