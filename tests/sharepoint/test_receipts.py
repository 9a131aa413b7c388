"""What a recipient's reading becomes: asked for on request, then shown by status, list and page."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.sandbox import Analytics
from tests.cli.driving import ecosmig
from tests.sharepoint.installation import mail_of
from tests.sharepoint.issued import FIRST
from tests.workflows.made import A

if TYPE_CHECKING:
    from pathlib import Path

    from ecosmig_publish.sandbox import Sandbox
    from tests.sharepoint.issued import Issued

pytestmark = pytest.mark.enable_socket


def test_what_a_recipient_opened_is_seen_and_the_rest_is_not_yet(
    sandbox: Sandbox, issued: Issued, tmp_path: Path
) -> None:
    made = issued.waiting(tmp_path)
    made.run(FIRST)
    opened = min(made.sandbox.library().files(made.folder(A)))
    sandbox.library().open_as(opened, mail_of(A))
    sandbox.analytics = Analytics.NAMES
    before = ecosmig(made.home, "status", "--json").document["seen_by_recipients"]
    sandbox.clear_requests()

    asked = ecosmig(made.home, "audit", "receipts", "--json")

    assert asked.status == 0
    assert [it["name"] for it in asked.document["receipts"] if it["seen_by_recipient"] == "yes"] == [
        opened.rpartition("/")[2]
    ]
    assert asked.document["counts"] == {"yes": 1, "opened": 0, "not yet": 5, "unknown": 0}
    assert sum("/analytics/" in request.path for request in sandbox.requests()) == 6
    assert before == {"yes": 0, "opened": 0, "not yet": 0, "unknown": 6, "asked_at": None}
    status = ecosmig(made.home, "status", "--json").document["seen_by_recipients"]
    assert (status["yes"], status["not yet"], status["unknown"]) == (1, 5, 0)
    assert "1 seen, 0 opened, not said by whom, 5 not yet, 0 unknown" in ecosmig(made.home, "status").out
    listed = ecosmig(made.home, "audit", "list", "--json").document["files"]
    assert Counter(it["seen_by_recipient"] for it in listed) == {"yes": 1, "not yet": 5}
    assert "seen by the recipient" in ecosmig(made.home, "audit", "list", "--supplier", A).out
    assert ecosmig(made.home, "ledger", "check").status == 0
    # Seen is seen: that file is not asked about again.
    assert ecosmig(made.home, "audit", "receipts", "--json").document["asked"] == 5


def test_where_the_service_refuses_it_is_unknown_and_said_why(sandbox: Sandbox, issued: Issued, tmp_path: Path) -> None:
    made = issued.waiting(tmp_path)
    made.run(FIRST)
    sandbox.analytics = Analytics.REFUSED

    told, document = ecosmig(made.home, "audit", "receipts"), ecosmig(made.home, "audit", "receipts", "--json").document

    assert told.status == 0
    assert "the service doesn't tell this application (403 accessDenied)" in told.out
    assert (document["files"], document["asked"], document["counts"]["unknown"]) == (6, 3, 6)
    assert {it["seen_by_recipient"] for it in document["receipts"]} == {"unknown"}
