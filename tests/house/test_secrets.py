"""Tokens, keys, upload addresses and passwords: not in an error, however much of the process it is printed with."""

from __future__ import annotations

import json
import traceback
from typing import TYPE_CHECKING

import pytest
import requests

from ecosmig_publish.destinations.sharepoint.graph.calls import Call, Kind
from ecosmig_publish.destinations.sharepoint.placing.placing import Placing
from ecosmig_publish.destinations.sharepoint.sign_in import Identity, entra_tokens
from ecosmig_publish.errors import DestinationError
from ecosmig_publish.settings import load_settings
from ecosmig_publish.wiring import Wiring
from tests.destinations.conformance.bench import sample
from tests.destinations.sharepoint.keys import NOW, certificate_pem, key_pem, rsa_key
from tests.fuzz.graph_answers import UPLOAD, right_answer
from tests.fuzz.service import TOKEN, Raw, Service
from tests.fuzz.test_entra_answers import LOGIN, PLACES, REFUSED
from tests.fuzz.test_graph_answers import FOLDER

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.fuzz.service import Answering

ASSERTION = "eyJ"
"""How each signed assertion begins."""


def dumped(error: BaseException) -> str:
    """Return an error with its causes, tracebacks and the variables of every frame."""
    return "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())


def dumped_error_of(attempt: Callable[[], object]) -> str:
    with pytest.raises(DestinationError) as failed:
        attempt()
    shown = dumped(failed.value)
    assert "Traceback" in shown
    return shown


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 429, 500, 507])
def test_a_refused_call_shows_no_token(status: int) -> None:
    service = Service(lambda _method, _url: Raw(status, b'{"error": {"code": "x"}}'))
    shown = dumped_error_of(lambda: service.graph().send(Call(Kind.GET, "/x")))
    assert any(TOKEN in repr(headers) for _, _, headers in service.wire.asked)
    assert TOKEN not in shown


def broken(_method: str, url: str) -> Raw:
    raise requests.exceptions.ConnectionError(f"Max retries exceeded with url: {url} Bearer {TOKEN}")


def untrusted(_method: str, url: str) -> Raw:
    raise requests.exceptions.SSLError(f"CERTIFICATE_VERIFY_FAILED with url: {url} Bearer {TOKEN}")


@pytest.mark.parametrize("answering", [broken, untrusted])
def test_a_broken_connection_shows_neither_token_nor_upload_address(answering: Answering) -> None:
    call = Call(Kind.FRAGMENT, method="PUT", data=b"10,1200034567013", address=UPLOAD)
    shown = dumped_error_of(lambda: Service(answering).graph().send(call))
    shown += dumped_error_of(lambda: Service(answering).graph().send(Call(Kind.GET, "/x")))
    assert TOKEN not in shown
    assert "tempauth=x" not in shown
    assert "/upload/secret" not in shown
    assert "1200034567013" not in shown


def test_a_broken_upload_shows_no_upload_address_and_nothing_of_the_file(tmp_path: Path) -> None:
    row = b"10,00-DB-12-34-56-78-90-A0,1200034567013\r\n"
    file = sample(tmp_path, row * 110_000)

    def answering(method: str, url: str) -> Raw:
        return broken(method, url) if url.startswith(UPLOAD[:30]) else right_answer(method, url, file)

    service = Service(answering)
    placing = Placing(service.library(), "0123456789ab")
    shown = dumped_error_of(lambda: placing.place(FOLDER, "a.csv", file.path, file.fingerprint))
    for secret in (TOKEN, "tempauth=x", "/upload/secret", "1200034567013", "00-DB-12"):
        assert secret not in shown, secret


@pytest.mark.parametrize("case", ["refused", "nonsense", "broken", "untrusted", "no-token"])
def test_a_failed_sign_in_shows_neither_key_nor_assertion_nor_what_came_for_a_token(tmp_path: Path, case: str) -> None:
    pem, secret = tmp_path / "publisher.pem", "opaque-and\nbroken"
    key = key_pem(rsa_key())
    pem.write_text(key + certificate_pem(rsa_key()))
    bodies = {"refused": REFUSED, "nonsense": ["x"], "no-token": {"access_token": secret, "expires_in": 3}}

    def answering(method: str, url: str) -> Raw:
        if "openid" in url:
            return Raw(200, json.dumps(PLACES).encode())
        if case in ("broken", "untrusted"):
            return (broken if case == "broken" else untrusted)(method, url)
        return Raw(400 if case == "refused" else 200, json.dumps(bodies[case]).encode())

    service = Service(answering)
    tokens = entra_tokens(
        Identity("certificate", "tenant", "client", pem, LOGIN), service.session, lambda: NOW.replace(year=2025)
    )
    shown = dumped_error_of(lambda: service.graph(tokens).send(Call(Kind.GET, "/x")))
    assert ASSERTION not in shown
    assert key.splitlines()[3] not in shown
    assert "opaque-and" not in shown
    assert TOKEN not in shown


def test_a_password_of_the_ledger_or_the_source_is_in_no_representation(tmp_path: Path) -> None:
    (tmp_path / "ecosmig.toml").write_text("start = 2026-01-01T00:00:00Z\n")
    environ = {
        "ECOSMIG_LEDGER__URL": "postgresql://ecosmig:SECRETWORD@db.test/ledger",
        "ECOSMIG_SOURCE__URL": "postgresql://ecosmig:SECRETWORD@db.test/source",
    }
    wiring = Wiring(load_settings(None, environ, tmp_path))
    assert "SECRETWORD" not in f"{wiring!r} {wiring.settings!r} {wiring.settings}"
