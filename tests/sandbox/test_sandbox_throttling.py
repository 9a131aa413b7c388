"""Resource units: what is charged, and what happens when they are used up."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.sandbox import Fault, http_date
from tests.sandbox.client import error_of

if TYPE_CHECKING:
    from ecosmig_publish.sandbox import Sandbox
    from tests.sandbox.client import Client

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def held(sandbox: Sandbox) -> Sandbox:
    """The stand-in with its clock held still."""
    sandbox.clock.hold(datetime.now(UTC))
    return sandbox


def test_each_call_costs_what_sharepoint_publishes(sandbox: Sandbox, publisher: Client, administrator: Client) -> None:
    item = publisher.upload("f/a.csv")
    drive, path = publisher.drive, f"{publisher.drive}/items/{item['id']}"
    url = publisher.begin_upload("f/b.csv")
    link = publisher.get(f"{drive}/root/delta?token=latest").json()["@odata.deltaLink"]
    administrator.get(drive)
    sandbox.clear_requests()
    publisher.get(path)
    publisher.get(f"{path}/content", allow_redirects=False)
    publisher.get(link)
    publisher.get(f"{drive}/root/delta")
    publisher.get(f"{drive}/root:/f:/children")
    publisher.put(f"{path}/content", b"1")
    publisher.patch(path, {"name": "c.csv"})
    publisher.fragment(url, b"data", 0, 4)
    publisher.get(f"{path}/permissions")
    administrator.post(f"{path}/invite", {})
    administrator.get("/users")
    publisher.delete(path)
    assert [request.resource_units for request in sandbox.requests()] == [1, 1, 1, 2, 2, 2, 2, 2, 5, 5, 0, 2]


def test_an_application_over_its_minute_waits_for_the_rest_of_it(held: Sandbox, publisher: Client) -> None:
    held.resource_units_per_minute = 3
    for _ in range(3):
        assert publisher.get(publisher.drive).status_code == 200
    held.clock.advance(20)
    answer = publisher.get(publisher.drive)
    assert error_of(answer) == (429, "activityLimitReached", "throttledRequest")
    assert answer.headers["Retry-After"] == "40"
    held.clock.advance(40)
    assert publisher.get(publisher.drive).status_code == 200


def test_a_refused_call_does_nothing_and_is_charged_all_the_same(held: Sandbox, publisher: Client) -> None:
    held.resource_units_per_minute = 3
    publisher.upload("a.csv", b"1")
    answer = publisher.put(f"{publisher.drive}/root:/a.csv:/content", b"2" * 100_000)
    assert answer.status_code == 429
    assert publisher.get(publisher.drive).headers["RateLimit-Remaining"] == "0"
    assert held.library().read("a.csv") == b"1"


def test_what_is_left_is_told_from_four_fifths_of_the_limit_on(held: Sandbox, publisher: Client) -> None:
    held.resource_units_per_minute = 10
    answers = [publisher.get(publisher.drive) for _ in range(9)]
    assert all("RateLimit-Limit" not in answer.headers for answer in answers[:7])
    told = [(answer.headers["RateLimit-Remaining"], answer.headers["RateLimit-Reset"]) for answer in answers[7:]]
    assert told == [("2", "60"), ("1", "60")]


def test_each_application_has_a_minute_of_its_own(held: Sandbox, publisher: Client, administrator: Client) -> None:
    held.resource_units_per_minute = 1
    publisher.get(publisher.drive)
    assert publisher.get(publisher.drive).status_code == 429
    assert administrator.get(administrator.drive).status_code == 200


def test_a_throttle_on_request_asks_for_seconds_or_until_an_instant(held: Sandbox, publisher: Client) -> None:
    until = http_date(held.clock.now())
    held.faults.add(Fault("throttle", path="drives", retry_after="7"))
    held.faults.add(Fault("throttle", path="drives", at=2, retry_after=until))
    assert publisher.get(publisher.drive).headers["Retry-After"] == "7"
    assert publisher.get(publisher.drive).headers["Retry-After"] == until


def test_the_log_says_which_requests_came_before_they_might(held: Sandbox, publisher: Client) -> None:
    from ecosmig_publish.sandbox import waits  # noqa: PLC0415

    held.faults.add(Fault("throttle", path="drives", retry_after="10"))
    publisher.get(publisher.drive)
    pause = pytest.MonkeyPatch()
    pause.setattr(waits, "ON_THE_WAY", 0.0)
    held.faults.add(Fault("throttle", path="drives", retry_after="10"))
    publisher.get(publisher.drive)
    pause.undo()
    publisher.get(publisher.drive)
    held.clock.advance(10)
    publisher.get(publisher.drive)
    assert [request.too_early for request in held.requests()][-2:] == [True, False]
