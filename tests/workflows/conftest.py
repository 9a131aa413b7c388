"""A stand-in for each test that publishes to SharePoint; making keys takes time, copying them none."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.sandbox import Clock, Sandbox
from tests.destinations.sharepoint.driven import DrivenTime
from tests.workflows.tenant import Tenant, named

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def new_tenant(tmp_path_factory: pytest.TempPathFactory) -> Path:
    state = tmp_path_factory.mktemp("tenant") / "new"
    Sandbox(state).stop()
    return state


@pytest.fixture
def tenant(tmp_path: Path, new_tenant: Path, socket_enabled: None) -> Iterator[Tenant]:  # noqa: ARG001 - for loopback
    time = DrivenTime()
    shutil.copytree(new_tenant, tmp_path / "sharepoint")
    with Sandbox(tmp_path / "sharepoint", clock=Clock(time.now)) as sandbox:
        sandbox.people.add_person("ana@able-energy.test", "Ana", guest=True)
        sandbox.people.add_person("eve@elsewhere.test", "Eve", guest=True)
        team = sandbox.people.add_team("PXX002 readers")
        suppliers = named("PXX001", users="ana@able-energy.test") + named("PXX002", group=team.id)
        yield Tenant(tmp_path, sandbox, time, suppliers)
