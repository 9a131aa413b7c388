"""What each answer of Graph leads to: done, tried again, looked at first, or an error that says what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests
import responses

from ecosmig_publish.destinations.sharepoint.faults import (
    LockedItemError,
    QuotaError,
    RefusedError,
    RightsError,
)
from ecosmig_publish.destinations.sharepoint.graph.calls import Call, Kind
from ecosmig_publish.destinations.sharepoint.graph.status import Action, decide
from ecosmig_publish.destinations.sharepoint.waiting import Patience
from ecosmig_publish.errors import (
    ChangesLostError,
    DestinationBusyError,
    DestinationError,
    NameTakenError,
    NotFoundError,
)
from tests.destinations.sharepoint.answering import BASE, Tickets, error, graph

if TYPE_CHECKING:
    from tests.destinations.sharepoint.driven import DrivenTime

READ = Call(Kind.GET, "/drives/d/items/i", "an item")
WRITE = Call(Kind.MOVE, "/drives/d/items/i", "a file", method="PATCH", json={"name": "x"})
ITEM = {"id": "i", "name": "x"}
AGAIN, LOOKS = ["PATCH", "PATCH"], ["PATCH", "GET"]

STOPPING = [
    (400, "invalidRequest", RefusedError),
    (401, "InvalidAuthenticationToken", RightsError),
    (403, "accessDenied", RightsError),
    (403, "Authorization_RequestDenied", RightsError),
    (403, "quotaLimitReached", QuotaError),
    (404, "itemNotFound", NotFoundError),
    (405, "methodNotAllowed", RefusedError),
    (409, "nameAlreadyExists", NameTakenError),
    (410, "resyncRequired", ChangesLostError),
    (413, "invalidRequest", RefusedError),
    (415, "unsupported", RefusedError),
    (416, "invalidRange", RefusedError),
    (501, "notSupported", RefusedError),
    (507, "quotaLimitReached", QuotaError),
    (418, "somethingNew", RefusedError),
]
PASSING = [
    (409, "resourceModified", Action.REPEAT, DestinationBusyError),
    (412, "resourceModified", Action.REPEAT, DestinationBusyError),
    (423, "resourceLocked", Action.REPEAT, LockedItemError),
    (403, "accessDenied/resourceLocked", Action.REPEAT, LockedItemError),
    (429, "activityLimitReached", Action.REPEAT, DestinationBusyError),
    (509, "bandwidthLimitExceeded", Action.REPEAT, DestinationBusyError),
    (408, "", Action.LOOK, DestinationBusyError),
    (500, "generalException", Action.LOOK, DestinationBusyError),
    (502, "", Action.LOOK, DestinationBusyError),
    (503, "serviceNotAvailable", Action.LOOK, DestinationBusyError),
    (504, "", Action.LOOK, DestinationBusyError),
    (599, "somethingNew", Action.LOOK, DestinationBusyError),
]


@pytest.mark.parametrize(("status", "code", "kind"), STOPPING)
@responses.activate
def test_an_answer_that_stays_as_it_is_ends_the_call_at_once(
    driven: DrivenTime, status: int, code: str, kind: type[DestinationError]
) -> None:
    responses.get(f"{BASE}{READ.path}", status=status, json=error(code), headers={"request-id": "r-1"})
    with pytest.raises(DestinationError) as refused:
        graph(driven).send(READ)
    assert type(refused.value) is kind
    assert refused.value.hint
    assert str(status) in str(refused.value)
    assert "r-1" in str(refused.value)
    # A token that isn't taken is replaced once.
    assert len(responses.calls) == (2 if status == 401 else 1)


@pytest.mark.parametrize(("status", "code", "action", "kind"), PASSING)
@responses.activate
def test_an_answer_that_may_pass_is_waited_out(
    driven: DrivenTime, status: int, code: str, action: Action, kind: type[DestinationError]
) -> None:
    parts = code.split("/")
    responses.get(f"{BASE}{READ.path}", status=status, json=error(*parts))
    responses.get(f"{BASE}{READ.path}", json=ITEM)
    assert graph(driven).send(READ).document == ITEM
    assert decide(status, code, Kind.MOVE).action is action
    assert decide(status, code, Kind.GET).action is Action.REPEAT
    assert decide(status, code, Kind.GET).error is kind


@pytest.mark.parametrize(("status", "code", "action", "kind"), PASSING)
@responses.activate
def test_what_does_not_pass_becomes_a_transient_error_after_so_many_attempts(
    driven: DrivenTime, status: int, code: str, action: Action, kind: type[DestinationError]
) -> None:
    del action
    responses.get(f"{BASE}{READ.path}", status=status, json=error(*code.split("/")))
    with pytest.raises(DestinationBusyError) as refused:
        graph(driven, patience=Patience(attempts=3)).send(READ)
    assert type(refused.value) is kind
    assert refused.value.transient
    assert len(responses.calls) == 3


@pytest.mark.parametrize(("status", "code", "action", "kind"), PASSING)
@responses.activate
def test_a_write_is_looked_at_before_it_is_repeated_where_it_may_have_been_done(
    driven: DrivenTime, status: int, code: str, action: Action, kind: type[DestinationError]
) -> None:
    del kind
    responses.patch(f"{BASE}{WRITE.path}", status=status, json=error(*code.split("/")))
    responses.get(f"{BASE}{READ.path}", json=ITEM)
    responses.patch(f"{BASE}{WRITE.path}", json={"id": "repeated"})
    answer = graph(driven).write(WRITE, lambda send: send(READ))
    asked = [call.request.method for call in responses.calls]
    assert asked == (LOOKS if action is Action.LOOK else AGAIN)
    assert answer.document["id"] == ("i" if action is Action.LOOK else "repeated")


@pytest.mark.parametrize(
    ("broken", "asked"),
    [
        (requests.exceptions.ConnectTimeout("x"), AGAIN),
        (requests.exceptions.ProxyError("x"), AGAIN),
        (requests.exceptions.ConnectionError(ConnectionRefusedError(111, "refused")), AGAIN),
        (requests.exceptions.ReadTimeout("x"), LOOKS),
        (requests.exceptions.ConnectionError(ConnectionResetError(104, "reset")), LOOKS),
        (requests.exceptions.ChunkedEncodingError("cut"), LOOKS),
        (requests.exceptions.SSLError("EOF occurred in violation of protocol"), LOOKS),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "-".join(value),
)
@responses.activate
def test_a_connection_that_breaks_is_looked_at_unless_nothing_can_have_arrived(
    driven: DrivenTime, broken: Exception, asked: list[str]
) -> None:
    responses.patch(f"{BASE}{WRITE.path}", body=broken)
    responses.get(f"{BASE}{READ.path}", json=ITEM)
    responses.patch(f"{BASE}{WRITE.path}", json={"id": "repeated"})
    graph(driven).write(WRITE, lambda send: send(READ))
    assert [call.request.method for call in responses.calls] == asked


@responses.activate
def test_a_certificate_that_is_not_trusted_is_no_matter_of_waiting(driven: DrivenTime) -> None:
    broken = requests.exceptions.SSLError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed certificate")
    responses.get(f"{BASE}{READ.path}", body=broken)
    with pytest.raises(RefusedError) as refused:
        graph(driven).send(READ)
    assert "ca_bundle" in refused.value.hint
    assert len(responses.calls) == 1


@pytest.mark.parametrize("body", ["", "<html>a proxy's page</html>", "[1]", '{"id": "cut'])
@responses.activate
def test_a_good_status_without_a_graph_answer_is_none(driven: DrivenTime, body: str) -> None:
    responses.get(f"{BASE}{READ.path}", body=body)
    responses.get(f"{BASE}{READ.path}", json=ITEM)
    assert graph(driven).send(READ).document == ITEM


@responses.activate
def test_a_token_that_graph_refuses_is_replaced_once(driven: DrivenTime) -> None:
    responses.get(f"{BASE}{READ.path}", status=401, json=error("InvalidAuthenticationToken"))
    responses.get(f"{BASE}{READ.path}", json=ITEM)
    tickets = Tickets()
    graph(driven, tickets=tickets).send(READ)
    assert [call.request.headers["Authorization"] for call in responses.calls] == ["Bearer token-1", "Bearer token-2"]


@responses.activate
def test_an_address_that_graph_gave_out_goes_without_our_token(driven: DrivenTime) -> None:
    address = "https://contoso.sharepoint.com/upload?tempauth=abc"
    responses.put(address, status=202, json={"nextExpectedRanges": ["5-"]})
    graph(driven).send(Call(Kind.FRAGMENT, method="PUT", data=b"12345", address=address))
    assert "Authorization" not in responses.calls[0].request.headers


@responses.activate
def test_an_address_without_tls_is_not_asked(driven: DrivenTime) -> None:
    with pytest.raises(RefusedError) as refused:
        graph(driven).send(Call(Kind.DOWNLOAD, address="http://contoso.sharepoint.com/download", stream=True))
    assert "TLS" in str(refused.value)
    assert len(responses.calls) == 0
