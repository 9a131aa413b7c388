"""A fault of each kind at each request of a conversation: always one right file, never a wrong one, never too early."""

from __future__ import annotations

import hashlib
import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.sandbox import Fault
from tests.destinations.conformance.bench import Sample, sample

if TYPE_CHECKING:
    from pathlib import Path

    from ecosmig_publish.destinations import Folder, Placed
    from ecosmig_publish.destinations.sharepoint import SharePointDestination
    from tests.destinations.sharepoint.stand import Stand

SMALL = b"00,ECOSMIG-001\r\n10,1\r\n99,1\r\n"
LARGE = random.Random(1).randbytes((4 << 20) + 7)
IN_PARTS = random.Random(2).randbytes((10 << 20) + 11)

PASSING = {
    "fewer-requests": Fault("throttle", retry_after="3"),
    "busy": Fault("error", status=503, retry_after="2"),
    "out-of-order": Fault("error", status=500),
    "bad-gateway-though-done": Fault("error", status=502, after=True),
    "too-late-though-done": Fault("error", status=504, after=True),
    "reset": Fault("reset"),
    "reply-lost": Fault("reset", after=True),
    "answer-cut-short": Fault("cut_body"),
    "token-out-of-date": Fault("expired_token"),
    "slow": Fault("slow", seconds=0.05),
    "late-hash": Fault("hash_late", reads=2),
    "very-late-hash": Fault("hash_late", reads=50),
    "byte-flipped": Fault("flip", rehash=True),
    "stored-cut-short": Fault("truncated", keep_bytes=5),
    "locked": Fault("locked"),
}
OFTEN = ("fewer-requests", "busy", "bad-gateway-though-done", "reset", "reply-lost", "answer-cut-short")


def place(publisher: SharePointDestination, folder: Folder, file: Sample) -> Placed:
    return publisher.place(folder, file.name, file.path, file.fingerprint)


def assert_one_right_file(stand: Stand, folder: Folder, file: Sample) -> None:
    assert stand.standing(folder) == {file.name: file.data}
    assert stand.ever_visible(folder) == {file.name: {hashlib.sha256(file.data).hexdigest()}}
    assert [request for request in stand.sandbox.requests() if request.too_early] == []


@pytest.mark.parametrize("name", PASSING)
def test_a_fault_at_each_request_of_a_warm_publisher_leaves_one_right_file(
    stand: Stand, tmp_path: Path, name: str
) -> None:
    publisher = stand.publisher()
    place(publisher, stand.recipient("PXX005"), sample(tmp_path, b"warm"))
    for at in (1, 2, 3):
        folder = stand.recipient("PXX001", f"{name} {at}")
        file = sample(tmp_path, SMALL)
        with stand.fault(replace(PASSING[name], at=at)):
            place(publisher, folder, file)
        assert_one_right_file(stand, folder, file)


@pytest.mark.parametrize("name", OFTEN)
@pytest.mark.parametrize("times", [2, 3])
def test_faults_in_a_row_from_each_request_on_leave_one_right_file(
    stand: Stand, tmp_path: Path, name: str, times: int
) -> None:
    publisher = stand.publisher()
    place(publisher, stand.recipient("PXX005"), sample(tmp_path, b"warm"))
    for at in (1, 2):
        folder = stand.recipient("PXX001", f"{name} {at}")
        file = sample(tmp_path, SMALL)
        with stand.fault(replace(PASSING[name], at=at, times=times)):
            place(publisher, folder, file)
        assert_one_right_file(stand, folder, file)


@pytest.mark.parametrize("name", ["fewer-requests", "out-of-order", "reply-lost"])
def test_a_fault_at_each_request_of_a_first_run_leaves_one_right_file(stand: Stand, tmp_path: Path, name: str) -> None:
    # Sign-in (2), site, library, two folders, listing, permissions, staging, move.
    for at in range(1, 11):
        publisher = stand.publisher()
        folder = stand.recipient("PXX001", f"{name} {at}")
        file = sample(tmp_path, SMALL)
        with stand.fault(replace(PASSING[name], at=at)):
            publisher.check_folder(folder)
            place(publisher, folder, file)
        assert_one_right_file(stand, folder, file)


@pytest.mark.parametrize("name", [name for name in PASSING if name not in ("slow", "stored-cut-short")])
def test_a_fault_at_each_request_of_an_upload_session_leaves_one_right_file(
    stand: Stand, tmp_path: Path, name: str
) -> None:
    publisher = stand.publisher()
    place(publisher, stand.recipient("PXX005"), sample(tmp_path, b"warm"))
    # A look, the session, its one part, the move, and what follows a fault at them.
    for at in range(1, 6):
        folder = stand.recipient("PXX001", f"{name} {at}")
        file = sample(tmp_path, LARGE)
        with stand.fault(replace(PASSING[name], at=at)):
            place(publisher, folder, file)
        assert_one_right_file(stand, folder, file)


@pytest.mark.parametrize("name", ["busy", "too-late-though-done", "reset"])
def test_a_fault_at_each_part_of_a_large_file_leaves_one_right_file(stand: Stand, tmp_path: Path, name: str) -> None:
    publisher = stand.publisher()
    file = sample(tmp_path, IN_PARTS)
    for at in (1, 2):
        folder = stand.recipient("PXX001", f"{name} {at}")
        with stand.fault(replace(PASSING[name], at=at, method="PUT", path="^/upload/")):
            place(publisher, folder, file)
        assert_one_right_file(stand, folder, file)


@pytest.mark.parametrize("fault", [Fault("hang"), Fault("hang", after=True)], ids=["not-done", "done"])
def test_a_server_that_never_answers_is_left_after_the_time_out(stand: Stand, tmp_path: Path, fault: Fault) -> None:
    publisher = stand.publisher(timeout=0.3)
    place(publisher, stand.recipient("PXX005"), sample(tmp_path, b"warm"))
    for at in (1, 2):
        folder = stand.recipient("PXX001", f"hang {at}")
        file = sample(tmp_path, SMALL)
        with stand.fault(replace(fault, at=at)):
            place(publisher, folder, file)
        assert_one_right_file(stand, folder, file)


def test_after_a_lost_reply_nothing_is_sent_twice(stand: Stand, tmp_path: Path) -> None:
    publisher = stand.publisher()
    place(publisher, stand.recipient("PXX005"), sample(tmp_path, b"warm"))
    for method in ("PUT", "PATCH"):
        folder = stand.recipient("PXX001", method)
        stand.sandbox.clear_requests()
        with stand.fault(Fault("reset", after=True, method=method)):
            place(publisher, folder, sample(tmp_path, SMALL))
        asked = [request.method for request in stand.sandbox.requests()]
        assert asked == (["PUT", "GET", "PATCH"] if method == "PUT" else ["PUT", "PATCH", "GET"])


def test_a_large_file_goes_on_where_its_connection_broke(stand: Stand, tmp_path: Path) -> None:
    publisher, folder = stand.publisher(), stand.recipient()
    file = sample(tmp_path, IN_PARTS)
    with stand.fault(Fault("reset", method="PUT", path="^/upload/", at=2)):
        place(publisher, folder, file)
    received = [request.received for request in stand.sandbox.requests() if request.path.startswith("/upload/")]
    # The first part, 10 MiB, is not sent again.
    assert sum(received) < len(IN_PARTS) + (1 << 20)
    assert [request.method for request in stand.sandbox.requests() if request.path.startswith("/upload/")] == [
        "PUT", "PUT", "GET", "PUT",
    ]  # fmt: skip


def test_a_session_that_is_gone_is_begun_anew(stand: Stand, tmp_path: Path) -> None:
    folder, file = stand.recipient(), sample(tmp_path, IN_PARTS)
    uploads, database = stand.sandbox._tenant.uploads, stand.sandbox._tenant.database

    def forget_all_sessions() -> None:
        for row in database.rows("SELECT id FROM upload"):
            uploads.end(row[0])
        stand.driven.meanwhile = None

    stand.driven.meanwhile = forget_all_sessions
    with stand.fault(Fault("error", status=503, method="PUT", path="^/upload/", at=2)):
        place(stand.publisher(), folder, file)
    assert_one_right_file(stand, folder, file)
    assert sum(line.endswith("/createUploadSession") for line in stand.asked()) == 2
