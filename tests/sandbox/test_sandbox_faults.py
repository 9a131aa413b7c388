"""Faults on request: each kind does what it says, at the request that it was asked for, and at no other."""

from __future__ import annotations

import time
from random import Random
from typing import TYPE_CHECKING

import pytest
import requests

from ecosmig_publish.sandbox import Fault
from tests.sandbox.client import error_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecosmig_publish.sandbox import Sandbox
    from tests.sandbox.client import Client

pytestmark = pytest.mark.enable_socket

BROKEN = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)


def soon(true: Callable[[], bool]) -> bool:
    """Whether something of another thread becomes true within five seconds."""
    end = time.monotonic() + 5
    while not true() and time.monotonic() < end:
        time.sleep(0.005)
    return true()


def put(client: Client, data: bytes = b"content", name: str = "a.csv") -> requests.Response:
    return client.put(f"{client.drive}/root:/{name}:/content", data)


def test_a_fault_happens_at_its_request_and_as_often_as_asked(sandbox: Sandbox, publisher: Client) -> None:
    publisher.get(publisher.drive)
    sandbox.faults.add(Fault("error", at=2, times=2))
    statuses = [publisher.get(publisher.drive).status_code for _ in range(4)]
    assert statuses == [200, 503, 503, 200]
    assert sandbox.faults.waiting() == []


def test_a_fault_counts_only_the_requests_that_fit(sandbox: Sandbox, publisher: Client) -> None:
    publisher.upload("b.csv")
    sandbox.faults.add(Fault("error", method="PUT", path="a.csv:/content$", at=2, status=504))
    assert put(publisher).status_code == 201
    assert put(publisher, name="b.csv").status_code == 200
    assert publisher.get(f"{publisher.drive}/root:/a.csv").status_code == 200
    assert put(publisher).status_code == 504


def test_a_fault_may_last_until_it_is_cleared(sandbox: Sandbox, publisher: Client) -> None:
    publisher.get(publisher.drive)
    sandbox.faults.add(Fault("error", times=0))
    assert {publisher.get(publisher.drive).status_code for _ in range(3)} == {503}
    sandbox.faults.clear()
    assert publisher.get(publisher.drive).status_code == 200


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (Fault("error", method="PUT", status=500), 500, "generalException"),
        (Fault("error", method="PUT", status=503, retry_after="4"), 503, "serviceNotAvailable"),
        (Fault("error", method="PUT", status=509), 509, "generalException"),
        (Fault("expired_token", method="PUT"), 401, "InvalidAuthenticationToken"),
        (Fault("locked", method="PUT"), 423, "resourceLocked"),
        (Fault("quota", method="PUT"), 507, "quotaLimitReached"),
        (Fault("throttle", method="PUT"), 429, "activityLimitReached"),
    ],
)
def test_a_refusal_on_request_does_nothing(
    sandbox: Sandbox, publisher: Client, fault: Fault, status: int, code: str
) -> None:
    sandbox.faults.add(fault)
    answer = put(publisher)
    assert error_of(answer)[:2] == (status, code)
    assert answer.headers.get("Retry-After", "") == (fault.retry_after or ("1" if fault.kind == "throttle" else ""))
    assert sandbox.library().files() == {}


def test_a_reset_before_does_nothing_and_a_lost_reply_everything(sandbox: Sandbox, publisher: Client) -> None:
    sandbox.faults.add(Fault("reset", path="b.csv"), Fault("reset", path="a.csv", after=True))
    for name in ("a.csv", "b.csv"):
        with pytest.raises(BROKEN):
            put(publisher, name=name)
    assert list(sandbox.library().files()) == ["a.csv"]
    assert [request.status for request in sandbox.requests()][-2:] == [0, 0]


def test_an_error_after_everything_was_done(sandbox: Sandbox, publisher: Client) -> None:
    sandbox.faults.add(Fault("error", method="PUT", after=True, status=504))
    assert put(publisher).status_code == 504
    assert list(sandbox.library().files()) == ["a.csv"]


def test_a_hanging_answer_comes_never_and_holds_nobody_else_up(sandbox: Sandbox, publisher: Client) -> None:
    publisher.get(publisher.drive)
    sandbox.faults.add(Fault("hang"))
    headers = {"Authorization": f"Bearer {publisher.token}"}
    with pytest.raises(requests.ReadTimeout):
        requests.get(
            f"{sandbox.url}/v1.0{publisher.drive}", headers=headers, verify=str(sandbox.ca_bundle), timeout=0.3
        )
    assert publisher.get(publisher.drive).status_code == 200


def test_a_stand_in_with_a_hanging_answer_stops_all_the_same(sandbox: Sandbox, publisher: Client) -> None:
    import threading  # noqa: PLC0415

    publisher.get(publisher.drive)
    sandbox.faults.add(Fault("hang"))
    failed = threading.Event()

    def ask() -> None:
        try:
            publisher.get(publisher.drive)
        except requests.RequestException:
            failed.set()

    thread = threading.Thread(target=ask)
    thread.start()
    assert soon(lambda: not sandbox.faults.waiting())
    sandbox.stop()
    thread.join(5)
    assert failed.is_set()


def test_a_slow_answer_takes_its_time(sandbox: Sandbox, publisher: Client) -> None:
    publisher.get(publisher.drive)
    sandbox.faults.add(Fault("slow", seconds=0.2))
    began = time.monotonic()
    assert publisher.get(publisher.drive).status_code == 200
    assert time.monotonic() - began >= 0.2


def test_an_answer_that_breaks_off_promised_more(sandbox: Sandbox, publisher: Client) -> None:
    url = publisher.upload("a.csv", b"0123456789" * 100)["@microsoft.graph.downloadUrl"]
    sandbox.faults.add(Fault("cut_body", path="/download/"))
    with pytest.raises(BROKEN):
        publisher.send("GET", url)
    assert sandbox.requests()[-1].sent == 500


def test_a_hash_comes_after_so_many_reads_or_seconds(sandbox: Sandbox, publisher: Client) -> None:
    sandbox.faults.add(Fault("hash_late", path="a.csv", reads=2), Fault("hash_late", path="b.csv", seconds=30))
    # The answer to the PUT is the first of the two reads.
    first = [put(publisher), *(publisher.get(f"{publisher.drive}/root:/a.csv") for _ in range(2))]
    assert ["hashes" in answer.json()["file"] for answer in first] == [False, False, True]
    assert "hashes" not in put(publisher, name="b.csv").json()["file"]
    sandbox.clock.advance(31)
    assert "hashes" in publisher.get(f"{publisher.drive}/root:/b.csv").json()["file"]


def test_a_download_brings_the_hash(sandbox: Sandbox, publisher: Client) -> None:
    sandbox.faults.add(Fault("hash_late", method="PUT", reads=100))
    item = put(publisher).json()
    publisher.send("GET", item["@microsoft.graph.downloadUrl"])
    assert "hashes" in publisher.get(f"{publisher.drive}/items/{item['id']}").json()["file"]


@pytest.mark.parametrize("rehash", [True, False])
def test_a_flipped_byte_shows_in_the_hash_only_when_asked(sandbox: Sandbox, publisher: Client, rehash: bool) -> None:  # noqa: FBT001
    right = publisher.upload("right.csv", b"content")["file"]["hashes"]["quickXorHash"]
    sandbox.faults.add(Fault("flip", method="PUT", offset=3, rehash=rehash))
    item = put(publisher, b"content").json()
    assert sandbox.library().read("a.csv") == b"conuent"
    assert (item["file"]["hashes"]["quickXorHash"] == right) is not rehash


def test_a_put_that_is_cut_on_request_leaves_its_beginning(sandbox: Sandbox, publisher: Client) -> None:
    sandbox.faults.add(Fault("truncated", method="PUT", keep_bytes=4))
    with pytest.raises(BROKEN):
        put(publisher, b"0123456789")
    assert sandbox.library().read("a.csv") == b"0123"


@pytest.mark.parametrize("keeps", [True, False])
def test_a_client_that_leaves_within_a_put_leaves_a_beginning_only_where_that_is_asked(
    sandbox: Sandbox,
    publisher: Client,
    keeps: bool,  # noqa: FBT001
) -> None:
    sandbox.keeps_truncated = keeps

    data = bytes(range(256)) * 4096

    def leaving() -> object:
        yield data[: len(data) // 2]
        assert soon(lambda: any(part.stat().st_size for part in (sandbox.directory / "contents").iterdir()))
        raise ConnectionAbortedError

    path = f"{publisher.drive}/root:/a.csv:/content"
    with pytest.raises((*BROKEN, ConnectionAbortedError)):
        publisher.put(path, leaving())  # type: ignore[arg-type]
    assert soon(lambda: any(found.method == "PUT" for found in sandbox.requests()))
    stored = [sandbox.library().read(path) for path in sandbox.library().files()]
    assert [0 < len(found) < len(data) and data.startswith(found) for found in stored] == ([True] if keeps else [])


@pytest.mark.parametrize(
    ("fault", "status", "number"),
    [
        (Fault("error", path="oauth2/v2.0/token", status=503, retry_after="2"), 503, 90033),
        (Fault("throttle", path="oauth2/v2.0/token", retry_after="2"), 429, 90055),
    ],
)
def test_sign_in_has_faults_too_in_entras_words(
    sandbox: Sandbox, publisher: Client, fault: Fault, status: int, number: int
) -> None:
    sandbox.faults.add(fault)
    answer = publisher.sign_in()
    assert (answer.status_code, answer.headers["Retry-After"]) == (status, "2")
    assert (answer.json()["error"], answer.json()["error_codes"]) == ("temporarily_unavailable", [number])
    assert publisher.sign_in().status_code == 200


def test_latency_is_added_to_every_answer(sandbox: Sandbox, publisher: Client) -> None:
    publisher.get(publisher.drive)
    sandbox.latency = 0.1
    began = time.monotonic()
    publisher.get(publisher.drive)
    assert time.monotonic() - began >= 0.1


def test_strewn_faults_meet_about_their_share_of_requests_and_the_same_ones_again(
    sandbox: Sandbox, publisher: Client
) -> None:
    def statuses(seed: int) -> list[int]:
        sandbox.faults.strew([Fault("error", status=502, method="GET")], share=0.25, random=Random(seed))
        return [publisher.get(publisher.drive).status_code for _ in range(80)]

    # The first request signs in.
    publisher.get(publisher.drive)
    first = statuses(7)
    assert set(first) == {200, 502}
    assert 10 <= first.count(502) <= 30
    assert statuses(7) == first
    assert statuses(8) != first


def test_strewn_faults_meet_what_they_fit_and_nothing_once_they_are_cleared(
    sandbox: Sandbox, publisher: Client
) -> None:
    sandbox.faults.strew([Fault("error", method="PUT")], share=1.0, random=Random(1))
    assert publisher.get(publisher.drive).status_code == 200
    assert put(publisher).status_code == 503
    sandbox.faults.clear()
    assert put(publisher).status_code == 201
