"""Whoever stops a run doesn't wait for what the engine still computes."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.migration_data import open_migration_data
from ecosmig_publish.outbox.ahead import read_ahead
from tests.workflows.made import source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def test_a_reader_that_is_left_by_an_exception_is_interrupted_where_it_computes() -> None:
    interrupted = threading.Event()

    def computing() -> Iterator[int]:
        yield 1
        interrupted.wait()

    def leave_early() -> None:
        with read_ahead(computing(), interrupted.set) as coming:
            assert next(coming) == 1
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        leave_early()


def test_a_reader_that_is_read_to_its_end_is_not() -> None:
    interrupted = threading.Event()
    with read_ahead(iter([1, 2]), interrupted.set) as coming:
        assert list(coming) == [1, 2]
    assert not interrupted.is_set()


def test_an_interrupted_engine_ends_what_it_computes(tmp_path: Path) -> None:
    source(devices=40).write_parquet(tmp_path)
    with open_migration_data(f"parquet:{tmp_path}", base=tmp_path) as data:
        devices = data.tables.devices
        # Forty to the sixth: nobody waits for its end.
        product = devices.select("device_id")
        for number in range(5):
            product = product.cross_join(devices.select(**{f"other_{number}": devices.device_id}))
        endless = product.order_by(*product.columns)
        begun, ended = threading.Event(), []

        def compute() -> None:
            begun.set()
            try:
                list(data.stream(endless))
            except KeyboardInterrupt as error:
                ended.append(error)

        thread = threading.Thread(target=compute)
        thread.start()
        begun.wait()
        while thread.is_alive():
            # It may not have come to the engine yet.
            data.interrupt()
            thread.join(timeout=0.1)
        assert len(ended) == 1
