"""One stand-in for all tests of a worker; each installation has a place of its own in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.sandbox import Clock, Sandbox
from tests.destinations.sharepoint.driven import DrivenTime
from tests.sharepoint.calming import calm
from tests.sharepoint.issued import Issued

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def driven() -> DrivenTime:
    return DrivenTime()


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, driven: DrivenTime) -> Iterator[Sandbox]:
    with Sandbox(tmp_path_factory.mktemp("sharepoint"), clock=Clock(driven.now)) as running:
        yield running


@pytest.fixture
def sandbox(socket_enabled: None, shared: Sandbox, driven: DrivenTime) -> Iterator[Sandbox]:  # noqa: ARG001 - loopback
    calm(shared, driven)
    yield shared
    calm(shared, driven)


@pytest.fixture(scope="session")
def issued(tmp_path_factory: pytest.TempPathFactory, shared: Sandbox, driven: DrivenTime) -> Issued:
    return Issued(tmp_path_factory.mktemp("issued"), shared, driven)
