"""Signing in: each way works, each cause of failure has its name and says what to do."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import pytest
import responses
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateNumbers

from ecosmig_publish.destinations.sharepoint import Identity, Timing, open_library
from ecosmig_publish.destinations.sharepoint.faults import SignInError
from ecosmig_publish.destinations.sharepoint.graph.session import HttpsSession
from ecosmig_publish.destinations.sharepoint.sign_in import entra_tokens, roles_in
from ecosmig_publish.destinations.sharepoint.sign_in.key_file import read_key_file
from ecosmig_publish.destinations.sharepoint.sign_in.workload import TOKEN_FILE, TOKEN_VARIABLE, workload_assertion
from ecosmig_publish.destinations.sharepoint.waiting import Passing, Patience
from ecosmig_publish.errors import DestinationError
from ecosmig_publish.sandbox import Fault
from tests.destinations.sharepoint.keys import NOW, certificate_pem, key_pem, rsa_key

if TYPE_CHECKING:
    from pathlib import Path

    from tests.destinations.sharepoint.stand import Stand

LATER = NOW + timedelta(days=300)
AUTHORITY = "https://login.example.test"


def signed_in(stand: Stand, identity: Identity, *, patience: Patience | None = None) -> str:
    """Sign in and return the site's id, as this identity finds it."""
    timing = stand.driven.timing(patience=patience or Patience(attempts=2))
    return open_library(replace(stand.connection, identity=identity), timing).located().site_id


def refused(stand: Stand, identity: Identity) -> DestinationError:
    with pytest.raises(DestinationError) as error:
        signed_in(stand, identity)
    assert error.value.hint
    assert identity.client_id in str(error.value) or identity.tenant_id in str(error.value)
    return error.value


def test_a_certificate_signs_in(stand: Stand) -> None:
    assert signed_in(stand, stand.connection.identity) == stand.sandbox.site_id


@responses.activate
def test_the_assertion_is_signed_by_ps256_and_carries_the_certificate_and_no_sha1_thumbprint(tmp_path: Path) -> None:
    pem = tmp_path / "publisher.pem"
    pem.write_text(key_pem(rsa_key()) + certificate_pem(rsa_key(), until=LATER))
    answer_as_entra({"access_token": "t", "token_type": "Bearer", "expires_in": 3599})
    assert tokens(Identity("certificate", "tenant", "client", pem, AUTHORITY)).token() == "t"
    sent = dict(parse_qsl(str(responses.calls[1].request.body)))
    header = json.loads(urlsafe_b64decode(sent["client_assertion"].partition(".")[0] + "=="))
    assert header["alg"] == "PS256"
    assert {"x5c", "x5t#S256"} <= header.keys()
    assert "x5t" not in header
    assert sent["scope"] == "https://graph.microsoft.com/.default"


def test_a_certificate_that_is_not_registered_is_named(stand: Stand, tmp_path: Path) -> None:
    pem = tmp_path / "other.pem"
    until = stand.driven.now() + timedelta(days=30)
    pem.write_text(key_pem(rsa_key()) + certificate_pem(rsa_key(), until=until))
    error = refused(stand, replace(stand.connection.identity, certificate=pem))
    assert "AADSTS700027" in str(error)
    assert "certificate" in str(error)


def test_an_unknown_app_is_named(stand: Stand) -> None:
    other = "11111111-2222-4333-8444-555555555555"
    assert "AADSTS700016" in str(refused(stand, replace(stand.connection.identity, client_id=other)))


def test_an_unknown_tenant_is_named(stand: Stand) -> None:
    other = "11111111-2222-4333-8444-555555555555"
    assert "tenant" in str(refused(stand, replace(stand.connection.identity, tenant_id=other)))


def test_missing_consent_is_named(stand: Stand) -> None:
    app = stand.sandbox.register("unconsented", consented=False)
    identity = replace(stand.connection.identity, client_id=app.client_id, certificate=app.pem)
    with pytest.raises(DestinationError) as error:
        signed_in(stand, identity)
    assert "consent" in f"{error.value} {error.value.hint}"


def test_an_app_whose_site_grant_is_missing_is_told_so(stand: Stand) -> None:
    app = stand.sandbox.register("ungranted")
    identity = replace(stand.connection.identity, client_id=app.client_id, certificate=app.pem)
    with pytest.raises(DestinationError) as error:
        signed_in(stand, identity)
    assert "Sites.Selected" in error.value.hint


def test_a_clock_that_is_far_off_is_named() -> None:
    error = entra_refusal(700024)
    assert "clock" in str(error)
    assert "clock" in error.hint


@pytest.mark.parametrize(
    ("number", "word"),
    [
        (700027, "certificate"),
        (7000222, "expired"),
        (700016, "no such app"),
        (7000112, "disabled"),
        (90002, "tenant"),
        (700213, "federated"),
        (65001, "consent"),
        (500011, "graph_url"),
        (53003, "Conditional Access"),
        (123456789, "AADSTS123456789"),
    ],
)
def test_entras_numbers_are_put_in_words(number: int, word: str) -> None:
    error = entra_refusal(number)
    assert word in str(error)
    assert f"AADSTS{number}" in str(error)
    assert error.hint


@responses.activate
def entra_refusal(number: int) -> SignInError:
    """Return what becomes of a refusal with this number."""
    described = f"AADSTS{number}: words"
    answer_as_entra({"error": "invalid_client", "error_codes": [number], "error_description": described}, status=400)
    with pytest.MonkeyPatch.context() as patching:
        patching.setenv(TOKEN_VARIABLE, "an-assertion")
        patching.delenv(TOKEN_FILE, raising=False)
        with pytest.raises(SignInError) as error:
            tokens(Identity("workload", "tenant", "client", authority=AUTHORITY)).token()
    return error.value


def answer_as_entra(answer: dict[str, Any], status: int = 200) -> None:
    metadata = {
        "issuer": f"{AUTHORITY}/tenant/v2.0",
        "token_endpoint": f"{AUTHORITY}/tenant/oauth2/v2.0/token",
        "authorization_endpoint": f"{AUTHORITY}/tenant/oauth2/v2.0/authorize",
    }
    responses.get(f"{AUTHORITY}/tenant/v2.0/.well-known/openid-configuration", json=metadata)
    responses.post(metadata["token_endpoint"], status=status, json=answer)


def tokens(identity: Identity) -> Any:
    def make_session(*, machine_local: bool) -> HttpsSession:
        return HttpsSession(machine_local=machine_local)

    return entra_tokens(identity, make_session, lambda: NOW)


@responses.activate
def test_an_authority_we_do_not_know_is_asked_itself_and_nobody_else() -> None:
    with pytest.raises(Passing):
        tokens(Identity("workload", "tenant", "client", authority=AUTHORITY)).token()
    assert {call.request.url for call in responses.calls} == {
        f"{AUTHORITY}/tenant/v2.0/.well-known/openid-configuration"
    }


@pytest.mark.parametrize("status", [429, 500, 503])
def test_an_entra_that_is_busy_is_asked_again(stand: Stand, status: int) -> None:
    kind: Any = "throttle" if status == 429 else "error"
    for at in (1, 2):
        with stand.fault(Fault(kind, status=status, retry_after="4", at=at)):
            assert signed_in(stand, stand.connection.identity) == stand.sandbox.site_id
        assert sum(stand.driven.slept) >= 4
        stand.driven.begin_anew()


def test_a_token_that_runs_out_is_renewed_before_graph_says_so(stand: Stand) -> None:
    library = open_library(stand.connection, stand.driven.timing())
    lifetime, stand.sandbox._sign_in.lifetime = stand.sandbox._sign_in.lifetime, 200
    try:
        library.located()
        library.item("x")
    finally:
        stand.sandbox._sign_in.lifetime = lifetime
    # msal renews what has less than five minutes left.
    assert sum(request.path.endswith("/token") for request in stand.sandbox.requests()) >= 2
    assert 401 not in {request.status for request in stand.sandbox.requests()}


class TestWorkload:
    def test_the_workloads_token_signs_in(self, stand: Stand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        app = stand.sandbox.register("workload", site_role="write", federated_subject="system:pod")
        file = tmp_path / "token"
        file.write_text(stand.sandbox.workload_token("system:pod"))
        monkeypatch.setenv(TOKEN_FILE, str(file))
        identity = replace(stand.connection.identity, kind="workload", client_id=app.client_id, certificate=None)
        assert signed_in(stand, identity) == stand.sandbox.site_id

    def test_the_file_is_read_anew_each_time(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        file = tmp_path / "token"
        monkeypatch.setenv(TOKEN_FILE, str(file))
        file.write_text("one\n")
        assert workload_assertion() == "one"
        file.write_text("two\n")
        assert workload_assertion() == "two"

    def test_the_environment_may_hold_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv(TOKEN_FILE, raising=False)
        monkeypatch.setenv(TOKEN_VARIABLE, "three")
        assert workload_assertion() == "three"

    def test_a_file_that_is_not_there_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(TOKEN_FILE, "/nowhere/token")
        with pytest.raises(SignInError, match="/nowhere/token"):
            workload_assertion()

    def test_no_token_at_all_is_said(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv(TOKEN_FILE, raising=False)
        monkeypatch.delenv(TOKEN_VARIABLE, raising=False)
        with pytest.raises(SignInError, match=TOKEN_FILE):
            workload_assertion()


def test_a_managed_identity_signs_in(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in stand.sandbox.serve_managed_identity(stand.sandbox.publisher).items():
        monkeypatch.setenv(name, value)
    identity = replace(stand.connection.identity, kind="managed", client_id="", certificate=None)
    assert signed_in(stand, identity) == stand.sandbox.site_id


def elliptic() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return key_pem(key) + certificate_pem(key, until=LATER)


class TestKeyFile:
    @pytest.mark.parametrize(
        ("text", "word"),
        [
            (lambda: certificate_pem(rsa_key(), until=LATER), "no private key"),
            (lambda: key_pem(rsa_key()), "no certificate"),
            (lambda: key_pem(rsa_key(), b"secret") + certificate_pem(rsa_key(), until=LATER), "passphrase"),
            (lambda: key_pem(rsa_key(1)) + certificate_pem(rsa_key(2), until=LATER), "another key's"),
            (lambda: key_pem(rsa_key()) + certificate_pem(rsa_key(), until=NOW - timedelta(days=3)), "2026-05-29"),
            (elliptic, "RSA"),
            (
                lambda: "-----BEGIN PRIVATE KEY-----\nMIIx\n-----END PRIVATE KEY-----\n" + certificate_pem(rsa_key()),
                "read",
            ),
            (lambda: "", "no private key"),
        ],
        ids=["no-key", "no-certificate", "locked", "mismatch", "expired", "elliptic", "broken", "empty"],
    )
    def test_what_is_wrong_with_a_key_file_is_named(self, tmp_path: Path, text: Any, word: str) -> None:
        path = tmp_path / "publisher.pem"
        path.write_text(content := text())
        with pytest.raises(SignInError, match=word) as error:
            read_key_file(path, NOW)
        assert str(path) in str(error.value)
        assert error.value.hint
        assert all(line not in f"{error.value}{error.value.hint}" for line in content.split() if len(line) > 40)

    def test_a_file_that_is_not_there_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(SignInError, match="No such file"):
            read_key_file(tmp_path / "absent.pem", NOW)

    def test_the_keys_own_certificate_is_taken_from_a_chain_in_any_order(self, tmp_path: Path) -> None:
        path = tmp_path / "publisher.pem"
        mine = certificate_pem(rsa_key(1), until=LATER)
        path.write_text(certificate_pem(rsa_key(2), until=LATER) + key_pem(rsa_key(1)) + mine)
        read = read_key_file(path, NOW)
        assert read.certificate.strip() == mine.strip()
        assert read.expires_at == LATER


def test_a_private_authority_wins_over_the_environments(
    stand: Stand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other.pem"
    other.write_text(certificate_pem(rsa_key(), until=LATER))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(other))
    monkeypatch.setenv("CURL_CA_BUNDLE", str(other))
    assert signed_in(stand, stand.connection.identity) == stand.sandbox.site_id


def test_without_the_private_authority_nothing_is_trusted(stand: Stand) -> None:
    connection = replace(stand.connection, ca_bundle="")
    with pytest.raises(DestinationError) as error:
        open_library(connection, stand.driven.timing()).located()
    assert "ca_bundle" in error.value.hint


def test_a_bundle_that_is_not_there_is_named(stand: Stand, tmp_path: Path) -> None:
    connection = replace(stand.connection, ca_bundle=str(tmp_path / "absent.pem"))
    with pytest.raises(DestinationError) as error:
        open_library(connection, stand.driven.timing()).located()
    assert "ca_bundle" in error.value.hint


def test_nothing_is_read_or_sent_before_a_need(stand: Stand, tmp_path: Path) -> None:
    identity = replace(stand.connection.identity, certificate=tmp_path / "absent.pem")
    open_library(replace(stand.connection, identity=identity), Timing())
    assert stand.sandbox.requests() == []


def test_the_permissions_in_a_token_can_be_told() -> None:
    claims = urlsafe_b64encode(json.dumps({"roles": ["Sites.Selected"]}).encode()).decode().rstrip("=")
    assert roles_in(f"e30.{claims}.x") == frozenset({"Sites.Selected"})
    assert roles_in("e30.e30.x") == frozenset()
    assert roles_in("opaque") is None


def test_a_persons_token_says_nothing_of_application_permissions() -> None:
    claims = urlsafe_b64encode(json.dumps({"scp": "Sites.FullControl.All"}).encode()).decode().rstrip("=")
    assert roles_in(f"e30.{claims}.x") is None


@responses.activate
def test_a_key_that_can_not_sign_is_named_and_no_foreign_error_crosses(tmp_path: Path) -> None:
    pem = tmp_path / "publisher.pem"
    numbers = rsa_key(1).private_numbers()
    spoilt = RSAPrivateNumbers(
        numbers.p, numbers.q, numbers.d ^ 6, numbers.dmp1 ^ 6, numbers.dmq1, numbers.iqmp, numbers.public_numbers
    ).private_key(unsafe_skip_rsa_key_validation=True)
    pem.write_text(key_pem(spoilt) + certificate_pem(rsa_key(1), until=LATER))
    answer_as_entra({"access_token": "t", "token_type": "Bearer", "expires_in": 3599})
    with pytest.raises(SignInError, match="sign") as error:
        tokens(Identity("certificate", "tenant", "client", pem, AUTHORITY)).token()
    assert error.value.hint
