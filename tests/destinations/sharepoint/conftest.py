"""One stand-in for all tests of a worker; each test has folders of its own in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.sandbox import Clock, Sandbox
from tests.destinations.sharepoint.driven import DrivenTime
from tests.destinations.sharepoint.stand import Stand

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
def stand(socket_enabled: None, sandbox: Sandbox, driven: DrivenTime) -> Iterator[Stand]:  # noqa: ARG001 - loopback
    driven.begin_anew()
    sandbox.forget_waits()
    stand = Stand(sandbox, driven)
    yield stand
    sandbox.faults.clear()
