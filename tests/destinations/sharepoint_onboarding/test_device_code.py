"""An administrator signs in as a person, by a code."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest
import responses

from ecosmig_publish.destinations.sharepoint.faults import SignInError
from ecosmig_publish.destinations.sharepoint.graph.session import HttpsSession
from ecosmig_publish.destinations.sharepoint.sign_in import Identity, Tokens
from ecosmig_publish.destinations.sharepoint.sign_in.device import DeviceCodeApp

if TYPE_CHECKING:
    from collections.abc import Iterator

LOGIN = "https://login.example.test"
IDENTITY = Identity("device-code", "tenant", "client", None, LOGIN, "https://graph.example.test")
FLOW = {
    "user_code": "ABC-DEF",
    "device_code": "secret",
    "verification_uri": "https://login.example.test/device",
    "expires_in": 900,
    "interval": 5,
    "message": "Open https://login.example.test/device and enter ABC-DEF",
}


def _id_token() -> str:
    claims = {"sub": "ana", "aud": "client", "iss": "me", "exp": 4102444800, "iat": 0, "preferred_username": "ana"}
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJub25lIn0.{body}.x"


@pytest.fixture
def entra() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        mock.get(
            f"{LOGIN}/tenant/v2.0/.well-known/openid-configuration",
            json={
                "issuer": f"{LOGIN}/tenant/v2.0",
                "authorization_endpoint": f"{LOGIN}/tenant/oauth2/v2.0/authorize",
                "token_endpoint": f"{LOGIN}/tenant/oauth2/v2.0/token",
                "device_authorization_endpoint": f"{LOGIN}/tenant/oauth2/v2.0/devicecode",
            },
        )
        yield mock


def signed_in(told: list[str]) -> Tokens:
    def open_app() -> Any:
        with HttpsSession() as session:
            return DeviceCodeApp(IDENTITY, session, instance_discovery=False, tell=told.append).acquire

    return Tokens(open_app, IDENTITY)


def test_the_person_is_told_the_code_once_and_the_token_serves_the_whole_command(entra: responses.RequestsMock) -> None:
    entra.post(f"{LOGIN}/tenant/oauth2/v2.0/devicecode", json=FLOW)
    granted = {"access_token": "of-ana", "token_type": "Bearer", "expires_in": 3600, "id_token": _id_token()}
    entra.post(f"{LOGIN}/tenant/oauth2/v2.0/token", json={**granted, "scope": "https://graph.example.test/.default"})
    told: list[str] = []
    tokens = signed_in(told)
    assert [tokens.token(), tokens.token()] == ["of-ana", "of-ana"]
    assert told == ["Open https://login.example.test/device and enter ABC-DEF"]
    asked = parse_qs(str(entra.calls[1].request.body))
    assert "https://graph.example.test/.default" in asked["scope"][0].split()


def test_a_refusal_is_named_by_its_cause(entra: responses.RequestsMock) -> None:
    refusal = {
        "error": "unauthorized_client",
        "error_description": "AADSTS700016: no such app",
        "error_codes": [700016],
    }
    entra.post(f"{LOGIN}/tenant/oauth2/v2.0/devicecode", json=refusal, status=400)
    with pytest.raises(SignInError, match="the tenant has no such app"):
        signed_in([]).token()
