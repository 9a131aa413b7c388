"""One stand-in for all tests of a worker; each test has a place of its own in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.sandbox import Clock, Sandbox
from tests.destinations.sharepoint.driven import DrivenTime
from tests.destinations.sharepoint_onboarding.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def driven() -> DrivenTime:
    return DrivenTime()


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory, driven: DrivenTime) -> Iterator[Sandbox]:
    with Sandbox(tmp_path_factory.mktemp("sharepoint"), clock=Clock(driven.now)) as running:
        yield running


@pytest.fixture
def place(socket_enabled: None, sandbox: Sandbox, driven: DrivenTime) -> Iterator[Place]:  # noqa: ARG001 - loopback
    driven.begin_anew()
    place = Place(sandbox, driven)
    yield place
    sandbox.faults.clear()
