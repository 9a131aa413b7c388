"""A stand-in for each test, and its two clients."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.sandbox import Sandbox
from tests.sandbox.client import Client

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def new_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder in which nothing happened yet; making keys takes time, copying them none."""
    return tmp_path_factory.mktemp("sandbox") / "new"


@pytest.fixture
def sandbox(tmp_path: Path, new_state: Path, socket_enabled: None) -> Iterator[Sandbox]:  # noqa: ARG001 - for loopback
    if not new_state.exists():
        Sandbox(new_state).stop()
    shutil.copytree(new_state, tmp_path / "state")
    with Sandbox(tmp_path / "state") as running:
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
