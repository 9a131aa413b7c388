"""HTTPS as every request has it, whichever library sends it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
import requests
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse

from ecosmig_publish.destinations.sharepoint.graph.session import HttpsSession, PlainHttpRefused
from ecosmig_publish.destinations.sharepoint.opening import user_agent

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://graph.example.test/v1.0/x"


class Recorder(BaseAdapter):
    """Answers everything with one answer and keeps what it was asked with."""

    def __init__(self, status: int = 200, location: str = "") -> None:
        super().__init__()
        self.asked: list[tuple[requests.PreparedRequest, dict[str, Any]]] = []
        self._status = status
        self._location = location

    def send(self, request: requests.PreparedRequest, **keywords: Any) -> requests.Response:  # type: ignore[override]
        self.asked.append((request, keywords))
        response = requests.Response()
        response.status_code = self._status
        response.request = request
        response.url = str(request.url)
        response.raw = HTTPResponse(io.BytesIO(b"{}"), preload_content=False)
        if self._location:
            response.headers["Location"] = self._location
        return response

    def close(self) -> None:
        """Nothing is open."""


def recorded(session: HttpsSession, recorder: Recorder | None = None) -> Recorder:
    recorder = recorder or Recorder()
    session.mount("https://", recorder)
    session.mount("http://", recorder)
    return recorder


@pytest.mark.parametrize("asked", [{}, {"timeout": None}, {"timeout": (10, None)}, {"timeout": 100000}])
def test_every_request_has_the_time_outs_of_the_session_whatever_a_library_asks_for(asked: dict[str, Any]) -> None:
    session = HttpsSession(timeout=(3.0, 7.0))
    recorder = recorded(session)
    session.get(URL, **asked)
    assert recorder.asked[0][1]["timeout"] == (3.0, 7.0)


def test_nothing_is_sent_without_tls() -> None:
    session = HttpsSession()
    recorder = recorded(session)
    with pytest.raises(PlainHttpRefused):
        session.get("http://graph.example.test/v1.0/x", headers={"Authorization": "Bearer x"})
    assert recorder.asked == []


def test_the_machines_own_identity_service_may_speak_plainly_and_past_every_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example.test:3128")
    session = HttpsSession(machine_local=True)
    recorder = recorded(session)
    session.get("http://169.254.169.254/metadata/identity/oauth2/token")
    assert not recorder.asked[0][1]["proxies"]


def test_a_redirection_is_told_and_not_followed() -> None:
    session = HttpsSession()
    recorder = recorded(session, Recorder(302, "https://elsewhere.example.test/"))
    assert session.get(URL, allow_redirects=True).status_code == 302
    assert len(recorder.asked) == 1


def test_proxies_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.test:3128")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    session = HttpsSession()
    recorder = recorded(session)
    session.get(URL)
    assert recorder.asked[0][1]["proxies"]["https"] == "http://proxy.example.test:3128"


def test_a_configured_authority_is_verified_against_in_every_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/somewhere/else.pem")
    session = HttpsSession("/mine.pem")
    recorder = recorded(session)
    session.get(URL, verify=False)
    assert recorder.asked[0][1]["verify"] == "/mine.pem"


def test_a_password_in_a_netrc_does_not_take_the_tokens_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine graph.example.test login a password b\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    session = HttpsSession()
    recorder = recorded(session)
    session.get(URL, headers={"Authorization": "Bearer mine"})
    assert recorder.asked[0][0].headers["Authorization"] == "Bearer mine"


def test_traffic_is_marked_as_no_vendors_but_the_organisations() -> None:
    assert user_agent("https://contoso.sharepoint.com/sites/emrr").startswith("NONISV|contoso|ecosmig/")
