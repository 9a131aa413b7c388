"""The token endpoint: who gets a token, and how everybody else is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.client import Client, assertion, chain, error_of, thumbprint

if TYPE_CHECKING:
    import requests

    from ecosmig_publish.sandbox import Sandbox

pytestmark = pytest.mark.enable_socket


def refused(answer: requests.Response) -> tuple[int, str, list[int]]:
    document = answer.json()
    assert document["error_description"].startswith(f"AADSTS{document['error_codes'][0]}: ")
    return answer.status_code, document["error"], document["error_codes"]


def test_discovery_names_endpoints_on_this_server(publisher: Client) -> None:
    tenant = f"{publisher.sandbox.authority}/{publisher.sandbox.tenant_id}"
    document = publisher.send("GET", f"{tenant}/v2.0/.well-known/openid-configuration").json()
    assert document["token_endpoint"] == f"{tenant}/oauth2/v2.0/token"
    assert document["issuer"] == f"{tenant}/v2.0"


@pytest.mark.parametrize("algorithm", ["PS256", "RS256"])
def test_an_assertion_signed_with_the_registered_certificate_gets_a_token(publisher: Client, algorithm: str) -> None:
    signed = assertion(publisher.application, publisher.token_endpoint, algorithm=algorithm)
    answer = publisher.sign_in(client_assertion=signed)
    assert (answer.status_code, answer.json()["token_type"], answer.json()["expires_in"]) == (200, "Bearer", 3599)


def test_the_certificate_may_be_named_by_its_older_thumbprint_or_sent_along(publisher: Client) -> None:
    for headers in ({"x5t": thumbprint(publisher.application)}, {"x5c": chain(publisher.application)}):
        signed = assertion(publisher.application, publisher.token_endpoint, headers=headers)
        assert publisher.sign_in(client_assertion=signed).status_code == 200


def test_the_key_of_another_application_is_refused_as_not_registered(sandbox: Sandbox, publisher: Client) -> None:
    client_id = publisher.application.client_id
    signed = assertion(sandbox.administrator, publisher.token_endpoint, iss=client_id, sub=client_id)
    assert refused(publisher.sign_in(client_assertion=signed)) == (401, "invalid_client", [700027])


def test_a_certificate_that_is_named_rightly_but_did_not_sign_is_refused(sandbox: Sandbox, publisher: Client) -> None:
    client_id = publisher.application.client_id
    headers = {"x5t": thumbprint(publisher.application)}
    signed = assertion(sandbox.administrator, publisher.token_endpoint, headers=headers, iss=client_id, sub=client_id)
    answer = publisher.sign_in(client_assertion=signed)
    assert refused(answer) == (401, "invalid_client", [700027])
    assert "did not match" in answer.json()["error_description"]


def test_a_certificate_past_its_end_is_refused_as_expired(sandbox: Sandbox) -> None:
    start = datetime.now(UTC) - timedelta(days=40)
    old = sandbox.register("old", certificate_from=start, certificate_for=timedelta(days=30))
    client = Client(sandbox, old)
    answer = client.sign_in()
    client.close()
    assert refused(answer) == (401, "invalid_client", [700027])
    assert "expired" in answer.json()["error_description"]


@pytest.mark.parametrize(
    ("claims", "number"),
    [
        ({"aud": "https://login.microsoftonline.com/common/oauth2/v2.0/token"}, 700023),
        ({"sub": "somebody-else"}, 700021),
        ({"exp": 1_600_000_000}, 700024),
        ({"nbf": 4_000_000_000}, 700024),
        ({"jti": ""}, 50027),
    ],
)
def test_an_assertion_with_a_wrong_claim_is_refused_by_its_number(
    publisher: Client, claims: dict[str, Any], number: int
) -> None:
    signed = assertion(publisher.application, publisher.token_endpoint, **claims)
    assert refused(publisher.sign_in(client_assertion=signed)) == (401, "invalid_client", [number])


def test_an_assertion_signs_in_once(publisher: Client) -> None:
    signed = assertion(publisher.application, publisher.token_endpoint)
    assert publisher.sign_in(client_assertion=signed).status_code == 200
    assert publisher.sign_in(client_assertion=signed).json()["error"] == "invalid_grant"


def test_a_client_secret_is_refused(publisher: Client) -> None:
    assert refused(publisher.sign_in(client_secret="s3cret")) == (401, "invalid_client", [7000215])  # noqa: S106


def test_an_unknown_application_is_refused_by_name(publisher: Client) -> None:
    assert refused(publisher.sign_in(client_id="0" * 8)) == (400, "unauthorized_client", [700016])


def test_an_application_without_consent_is_refused(sandbox: Sandbox) -> None:
    client = Client(sandbox, sandbox.register("unwanted", consented=False))
    answer = client.sign_in()
    client.close()
    assert refused(answer) == (400, "invalid_grant", [65001])


def test_an_unknown_tenant_is_refused(publisher: Client) -> None:
    url = f"{publisher.sandbox.authority}/elsewhere.example/v2.0/.well-known/openid-configuration"
    assert refused(publisher.send("GET", url)) == (400, "invalid_request", [90002])


@pytest.mark.parametrize(("scope", "number"), [("User.Read", 1002012), ("https://vault.azure.net/.default", 500011)])
def test_a_scope_that_is_not_graph_is_refused(publisher: Client, scope: str, number: int) -> None:
    assert refused(publisher.sign_in(scope=scope))[2] == [number]


def test_graph_refuses_a_call_without_a_token(publisher: Client) -> None:
    answer = publisher.send("GET", f"{publisher.sandbox.url}/v1.0{publisher.drive}")
    assert error_of(answer) == (401, "InvalidAuthenticationToken", "")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_graph_refuses_a_token_that_somebody_changed(publisher: Client) -> None:
    publisher.token = publisher.sign_in().json()["access_token"][:-4] + "AAAA"
    assert error_of(publisher.get(publisher.drive))[:2] == (401, "InvalidAuthenticationToken")


def test_graph_refuses_a_token_after_its_time(publisher: Client) -> None:
    assert publisher.get(publisher.drive).status_code == 200
    publisher.sandbox.clock.advance(3600)
    assert error_of(publisher.get(publisher.drive))[:2] == (401, "InvalidAuthenticationToken")
