"""Upload sessions and all their rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sandbox.client import error_of

if TYPE_CHECKING:
    from ecosmig_publish.sandbox import Sandbox
    from tests.sandbox.client import Client

pytestmark = pytest.mark.enable_socket

UNIT = 320 * 1024
DATA = bytes(range(256)) * (2 * UNIT // 256) + b"tail"
"""Two units and four bytes: three fragments of one unit."""
CONFLICT = "@microsoft.graph.conflictBehavior"


def test_fragments_in_order_make_the_file_at_the_last_one(sandbox: Sandbox, publisher: Client) -> None:
    url = publisher.begin_upload("f/big.csv")
    first = publisher.fragment(url, DATA[:UNIT], 0, len(DATA))
    assert (first.status_code, first.json()["nextExpectedRanges"]) == (202, [f"{UNIT}-{len(DATA) - 1}"])
    assert not sandbox.library().files()
    second = publisher.fragment(url, DATA[UNIT : 2 * UNIT], UNIT, len(DATA))
    assert second.json()["nextExpectedRanges"] == [f"{2 * UNIT}-{len(DATA) - 1}"]
    last = publisher.fragment(url, DATA[2 * UNIT :], 2 * UNIT, len(DATA))
    assert (last.status_code, last.json()["size"]) == (201, len(DATA))
    assert sandbox.library().read("f/big.csv") == DATA


def test_a_session_tells_how_far_it_is(publisher: Client) -> None:
    url = publisher.begin_upload("big.csv")
    assert publisher.send("GET", url).json()["nextExpectedRanges"] == ["0-"]
    publisher.fragment(url, DATA[:UNIT], 0, len(DATA))
    assert publisher.send("GET", url).json()["nextExpectedRanges"] == [f"{UNIT}-{len(DATA) - 1}"]


def test_a_fragment_that_is_no_multiple_of_320_kib_is_refused_unless_it_is_the_last(publisher: Client) -> None:
    url = publisher.begin_upload("big.csv")
    answer = publisher.fragment(url, DATA[: UNIT - 1], 0, len(DATA))
    assert error_of(answer) == (400, "invalidRequest", "fragmentLengthMismatch")
    assert publisher.send("GET", url).json()["nextExpectedRanges"] == ["0-"]


def test_a_fragment_of_60_mib_is_refused(publisher: Client) -> None:
    url = publisher.begin_upload("big.csv")
    span = f"bytes 0-{60 * 1024 * 1024 - 1}/{80 * 1024 * 1024}"
    answer = publisher.send("PUT", url, data=b"", headers={"Content-Range": span})
    assert error_of(answer)[2] == "maxFragmentLengthExceeded"


def test_a_fragment_that_is_there_already_or_comes_too_early_is_416(publisher: Client) -> None:
    url = publisher.begin_upload("big.csv")
    early = publisher.fragment(url, DATA[UNIT : 2 * UNIT], UNIT, len(DATA))
    assert error_of(early) == (416, "invalidRange", "fragmentOutOfOrder")
    publisher.fragment(url, DATA[:UNIT], 0, len(DATA))
    again = publisher.fragment(url, DATA[:UNIT], 0, len(DATA))
    assert error_of(again) == (416, "invalidRange", "fragmentOverlap")


def test_the_total_stays_what_the_first_fragment_said(publisher: Client) -> None:
    url = publisher.begin_upload("big.csv")
    publisher.fragment(url, DATA[:UNIT], 0, len(DATA))
    answer = publisher.fragment(url, DATA[UNIT : 2 * UNIT], UNIT, len(DATA) + 1)
    assert error_of(answer) == (400, "invalidRequest", "fragmentLengthMismatch")


def test_a_token_at_the_upload_address_is_refused(publisher: Client) -> None:
    url = publisher.begin_upload("big.csv")
    answer = publisher.fragment(url, b"data", 0, 4, Authorization=f"Bearer {publisher.token}")
    assert error_of(answer)[:2] == (401, "unauthenticated")


def test_a_changed_upload_address_is_refused(publisher: Client) -> None:
    url = publisher.begin_upload("big.csv")
    assert publisher.send("GET", url[:-4] + "0000").status_code == 401


def test_a_finished_session_is_404_as_an_expired_one_is(sandbox: Sandbox, publisher: Client) -> None:
    finished, expired = publisher.begin_upload("a.csv"), publisher.begin_upload("b.csv")
    publisher.fragment(finished, b"data", 0, 4)
    sandbox.clock.advance(16 * 60)
    for url in (finished, expired):
        assert error_of(publisher.send("GET", url)) == (404, "itemNotFound", "uploadSessionNotFound")


def test_each_fragment_puts_the_end_of_the_session_off(sandbox: Sandbox, publisher: Client) -> None:
    url = publisher.begin_upload("big.csv")
    sandbox.clock.advance(14 * 60)
    publisher.fragment(url, DATA[:UNIT], 0, len(DATA))
    sandbox.clock.advance(14 * 60)
    assert publisher.send("GET", url).status_code == 200


def test_a_cancelled_session_gives_its_name_back(publisher: Client) -> None:
    url = publisher.begin_upload("a.csv")
    taken = publisher.post(f"{publisher.drive}/root:/A.csv:/createUploadSession", {"item": {CONFLICT: "replace"}})
    assert error_of(taken)[:2] == (409, "nameAlreadyExists")
    assert publisher.send("DELETE", url).status_code == 204
    assert publisher.begin_upload("a.csv")


def test_a_taken_name_is_refused_when_the_session_begins(publisher: Client) -> None:
    publisher.upload("a.csv")
    answer = publisher.post(f"{publisher.drive}/root:/a.csv:/createUploadSession", {"item": {CONFLICT: "fail"}})
    assert error_of(answer)[:2] == (409, "nameAlreadyExists")


def test_a_name_taken_meanwhile_is_refused_at_the_end_and_the_session_lives_on(
    sandbox: Sandbox, publisher: Client
) -> None:
    url = publisher.begin_upload("a.csv", **{CONFLICT: "fail"})
    sandbox.library().put("a.csv", b"a stranger's")
    assert error_of(publisher.fragment(url, b"data", 0, 4))[:2] == (409, "nameAlreadyExists")
    assert sandbox.library().read("a.csv") == b"a stranger's"
    assert publisher.send("GET", url).json()["nextExpectedRanges"] == []


def test_a_session_that_replaces_answers_200(publisher: Client) -> None:
    item = publisher.upload("a.csv")
    url = publisher.begin_upload("a.csv", **{CONFLICT: "replace"})
    answer = publisher.fragment(url, b"data", 0, 4)
    assert (answer.status_code, answer.json()["id"]) == (200, item["id"])


def test_a_session_for_an_items_id_replaces_its_bytes(sandbox: Sandbox, publisher: Client) -> None:
    item = publisher.upload("a.csv")
    url = publisher.post(f"{publisher.drive}/items/{item['id']}/createUploadSession", {}).json()["uploadUrl"]
    publisher.fragment(url, b"data", 0, 4)
    assert sandbox.library().read("a.csv") == b"data"


def test_a_file_size_over_the_quota_is_refused_when_the_session_begins(sandbox: Sandbox, publisher: Client) -> None:
    sandbox.set_quota(100)
    answer = publisher.post(f"{publisher.drive}/root:/a.csv:/createUploadSession", {"item": {"fileSize": 101}})
    assert error_of(answer)[:2] == (507, "quotaLimitReached")
    assert publisher.begin_upload("a.csv", fileSize=100)


def test_a_deferred_commit_waits_for_an_empty_post(sandbox: Sandbox, publisher: Client) -> None:
    body = {"item": {CONFLICT: "fail"}, "deferCommit": True}
    url = publisher.post(f"{publisher.drive}/root:/a.csv:/createUploadSession", body).json()["uploadUrl"]
    assert publisher.fragment(url, b"data", 0, 4).status_code == 202
    assert not sandbox.library().files()
    assert publisher.send("POST", url).status_code == 201
    assert sandbox.library().read("a.csv") == b"data"


def test_a_session_keeps_the_clients_times(publisher: Client) -> None:
    times = {"lastModifiedDateTime": "2026-01-02T03:04:05Z"}
    url = publisher.begin_upload("a.csv", fileSystemInfo=times)
    item = publisher.fragment(url, b"data", 0, 4).json()
    assert item["fileSystemInfo"]["lastModifiedDateTime"] == "2026-01-02T03:04:05Z"


def test_bytes_of_a_request_that_broke_off_are_ignored(sandbox: Sandbox, publisher: Client) -> None:
    import requests  # noqa: PLC0415

    url = publisher.begin_upload("a.csv")

    def breaking_off() -> object:
        yield b"half"
        raise ConnectionAbortedError

    with pytest.raises((requests.ConnectionError, ConnectionAbortedError)):
        publisher.send("PUT", url, data=breaking_off(), headers={"Content-Range": "bytes 0-7/8"})
    assert publisher.send("GET", url).json()["nextExpectedRanges"] == ["0-"]
    publisher.fragment(url, b"12345678", 0, 8)
    assert sandbox.library().read("a.csv") == b"12345678"


def test_a_session_lives_through_a_restart(sandbox: Sandbox, publisher: Client) -> None:
    from ecosmig_publish.sandbox import Sandbox as Again  # noqa: PLC0415
    from tests.sandbox.client import Client as Other  # noqa: PLC0415

    url = publisher.begin_upload("big.csv")
    publisher.fragment(url, DATA[:UNIT], 0, len(DATA))
    sandbox.stop()
    with Again(sandbox.directory, port=sandbox.port) as restarted:
        client = Other(restarted)
        assert client.send("GET", url).json()["nextExpectedRanges"] == [f"{UNIT}-{len(DATA) - 1}"]
        client.fragment(url, DATA[UNIT : 2 * UNIT], UNIT, len(DATA))
        assert client.fragment(url, DATA[2 * UNIT :], 2 * UNIT, len(DATA)).status_code == 201
        assert restarted.library().read("big.csv") == DATA
        client.close()
