"""A stand-in for each test, and its two clients."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.sandbox import Sandbox
from tests.sandbox.client import Client

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def sandbox(tmp_path: Path, socket_enabled: None) -> Iterator[Sandbox]:  # noqa: ARG001 - lets loopback through
    with Sandbox(tmp_path / "sandbox") as running:
        yield running


@pytest.fixture
def publisher(sandbox: Sandbox) -> Iterator[Client]:
    client = Client(sandbox)
    yield client
    client.close()


@pytest.fixture
def administrator(sandbox: Sandbox) -> Iterator[Client]:
    client = Client(sandbox, sandbox.administrator)
    yield client
    client.close()
