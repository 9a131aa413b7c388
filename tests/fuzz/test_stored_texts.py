"""What the program left for itself, after somebody else wrote into it; and the source's CSV."""

from __future__ import annotations

import csv
import fcntl
import io
import json
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosmig_publish.errors import LedgerError, LockedError, SourceError
from ecosmig_publish.ledger.lock import run_lock
from ecosmig_publish.migration_data import open_migration_data
from ecosmig_publish.migration_data.contract import CONTRACT
from ecosmig_publish.operations.telling.last_run import NAME, read_last_run
from tests.fuzz.examples import fuzzed, refusal
from tests.fuzz.json_shapes import ANYTHING
from tests.fuzz.mutations import spoilt
from tests.fuzz.test_headers import NOW

if TYPE_CHECKING:
    from pathlib import Path

NOTE = b'{"host": "a", "pid": 12, "since": "2026-06-01T00:00:00Z"}'
NESTED = (b"[" * 4_000, b'{"a":' * 800)
TEXTS = st.one_of(
    spoilt(NOTE), st.binary(max_size=60), st.sampled_from(NESTED), ANYTHING.map(lambda it: json.dumps(it).encode())
)


@fuzzed(150)
@given(TEXTS)
def test_any_note_in_a_lock_that_somebody_holds_is_another_run(tmp_path: Path, note: bytes) -> None:
    path = tmp_path / "lock"
    path.write_bytes(note)

    def take() -> None:
        with run_lock(path, now=lambda: NOW):
            raise AssertionError("somebody else holds it")

    descriptor = os.open(path, os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        assert refusal(take, LockedError, LedgerError) is not None
    finally:
        os.close(descriptor)


@fuzzed(150)
@given(TEXTS)
def test_any_note_in_a_lock_that_nobody_holds_is_in_nobodys_way(tmp_path: Path, note: bytes) -> None:
    path = tmp_path / "lock"
    path.write_bytes(note)
    with run_lock(path, now=lambda: NOW):
        pass


@fuzzed(150)
@given(TEXTS)
def test_any_summary_of_the_last_run_is_one_or_none(tmp_path: Path, text: bytes) -> None:
    (tmp_path / NAME).write_bytes(text)
    read_last_run(tmp_path)


def table(name: str) -> bytes:
    """Return a right CSV table of the contract, with one row of texts that many columns take."""
    columns = CONTRACT[name].columns
    lines = io.StringIO(newline="")
    writer = csv.writer(lines)
    writer.writerow([column.name for column in columns])
    values = {"text": "=1+1", "integer": "1", "timestamp": "2024-02-26 04:59:59.9", "boolean": "true"}
    writer.writerow([values[column.kind.name.lower()] for column in columns])
    return lines.getvalue().encode()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    for name in CONTRACT:
        (tmp_path / f"{name}.csv").write_bytes(table(name))
    return tmp_path


def read_all(home: Path) -> None:
    with open_migration_data("csv:.", base=home) as data:
        for name in CONTRACT:
            data.fetch(getattr(data.tables, name))


def test_a_right_source_is_read(source: Path) -> None:
    assert refusal(lambda: read_all(source), SourceError) is None


@fuzzed(60)
@given(
    st.sampled_from(sorted(CONTRACT)).flatmap(
        lambda name: st.tuples(
            st.just(name),
            st.one_of(
                spoilt(table(name)),
                st.binary(max_size=80),
                st.sampled_from((b"", b"\n", b"\0", b"a\0b,c\r\n1,2\r\n", b'"', b"," * 5000, b"x" * 200_000 + b"\r\n")),
            ),
        )
    )
)
def test_any_table_is_read_or_a_source_that_cant_be_used(source: Path, spoilt_table: tuple[str, bytes]) -> None:
    name, content = spoilt_table
    whole = (source / f"{name}.csv").read_bytes()
    (source / f"{name}.csv").write_bytes(content)
    try:
        refusal(lambda: read_all(source), SourceError)
    finally:
        (source / f"{name}.csv").write_bytes(whole)
