from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.postgresql import Server


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """One PostgreSQL server for all tests of this process; each of them takes a database of its own."""
    from tests.postgresql import Server  # noqa: PLC0415 - few tests need it

    with Server.started() as started:
        yield started
