"""The SharePoint destination passes the conformance suite on a live tenant, where one is named.

ECOSMIG_LIVE_CONFIG=/path/to/ecosmig.toml python -m pytest tests/destinations/sharepoint/test_live_tenant_conforms.py
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.destinations.conformance import (
    TestAdministering,
    TestFolderChecks,
    TestListing,
    TestOnboarding,
    TestPlacing,
    TestRacing,
)
from tests.destinations.sharepoint.live import CONFIGURATION, LiveBench

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["TestAdministering", "TestFolderChecks", "TestListing", "TestOnboarding", "TestPlacing", "TestRacing"]

pytestmark = [
    pytest.mark.enable_socket,
    pytest.mark.skipif(CONFIGURATION not in os.environ, reason=f"{CONFIGURATION} names no live tenant"),
]


@pytest.fixture
def bench() -> Iterator[LiveBench]:
    bench = LiveBench()
    yield bench
    bench.close()
