"""Faults as SharePoint has them on a bad day: each passes by itself, and none harms what is stored."""

from __future__ import annotations

from ecosmig_publish.sandbox.faults import Fault

_WRITES = r"/content$|/items/[^/]+$|/upload/"
_LISTINGS = r"/children|delta"

PASSING = (
    Fault("throttle", retry_after="5"),
    Fault("throttle", retry_after="30"),
    Fault("error", status=500),
    Fault("error", status=502),
    Fault("error", status=503, retry_after="10"),
    Fault("error", status=504, after=True),
    Fault("reset"),
    Fault("reset", after=True),
    Fault("cut_body"),
    Fault("expired_token"),
    Fault("locked", method="PATCH", path=_WRITES),
    Fault("hash_late", method="PUT", path=_WRITES, reads=2),
    # Longer than a run waits: the next one finds it.
    Fault("hash_late", method="PUT", path=_WRITES, reads=50),
    Fault("stale", method="GET", path=_LISTINGS, seconds=600.0),
    Fault("empty_page", method="GET", path=_LISTINGS),
    Fault("repeated_item", method="GET", path=_LISTINGS),
)
"""Told to wait, errors with and without the thing done, replies lost, hashes that come late, listings not yet whole."""
