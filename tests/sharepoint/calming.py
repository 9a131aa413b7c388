"""The stand-in between two trials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.sandbox import Analytics

if TYPE_CHECKING:
    from ecosmig_publish.sandbox import Sandbox
    from tests.destinations.sharepoint.driven import DrivenTime


def calm(sandbox: Sandbox, driven: DrivenTime) -> None:
    """Let time be the machine's again, and the stand-in forget what a trial wanted of it."""
    driven.begin_anew()
    sandbox.faults.clear()
    sandbox.clear_requests()
    # Time went back: no minute may be counted, and nobody be told to wait, until later than now.
    sandbox.forget_waits()
    sandbox._throttle._usage.clear()
    sandbox.owners_only_see_grants = False
    sandbox.keeps_truncated = False
    sandbox.resource_units_per_minute = 0
    sandbox.latency = 0.0
    sandbox.analytics = Analytics.COUNTS
