from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.postgresql import Server

_BEFORE_COLLECTING = 20_000
"""New objects; an Ibis expression is thousands, and most of them last as long as it does."""


def pytest_collection_finish() -> None:
    """Let the collector leave alone what lives as long as the process: modules, and the tests themselves.

    It would go through them again and again, and each child of a test would get a copy of theirs.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_BEFORE_COLLECTING)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """One PostgreSQL server for all tests of this process; each of them takes a database of its own."""
    from tests.postgresql import Server  # noqa: PLC0415 - few tests need it

    with Server.started() as started:
        yield started
