"""Whatever Entra, or the machine's identity service, answers: a token, or an error with something to do next."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosmig_publish.destinations.sharepoint.graph.calls import Call, Kind
from ecosmig_publish.destinations.sharepoint.sign_in import Identity, entra_tokens, roles_in
from ecosmig_publish.destinations.sharepoint.sign_in.causes import sign_in_error
from ecosmig_publish.errors import DestinationError
from tests.destinations.sharepoint.keys import NOW, certificate_pem, key_pem, rsa_key
from tests.fuzz.examples import fuzzed, refusal
from tests.fuzz.graph_answers import spoilt_answers
from tests.fuzz.json_shapes import ANYTHING
from tests.fuzz.service import ROOT, TOKEN, Raw, Service

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fuzz.service import Answering

LOGIN = "https://login.example.test"
PLACES = {
    "issuer": f"{LOGIN}/tenant/v2.0",
    "authorization_endpoint": f"{LOGIN}/tenant/oauth2/v2.0/authorize",
    "token_endpoint": f"{LOGIN}/tenant/oauth2/v2.0/token",
    "device_authorization_endpoint": f"{LOGIN}/tenant/oauth2/v2.0/devicecode",
}
GIVEN = {"token_type": "Bearer", "expires_in": 3599, "access_token": TOKEN}
REFUSED = {
    "error": "invalid_client",
    "error_codes": [700027],
    "error_description": "AADSTS700027: words",
    "correlation_id": "c",
}


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    key, path = rsa_key(), tmp_path_factory.mktemp("key") / "publisher.pem"
    path.write_text(key_pem(key) + certificate_pem(key))
    return path


def right_answer(url: str, *, refuses: bool) -> Raw:
    document = PLACES if "openid-configuration" in url else REFUSED if refuses else GIVEN
    return Raw(400 if document is REFUSED else 200, json.dumps(document).encode())


def spoiling(data: st.DataObject) -> Answering:
    refuses = data.draw(st.booleans())
    return lambda _method, url: data.draw(spoilt_answers(right_answer(url, refuses=refuses)))


def sign_in(service: Service, identity: Identity) -> None:
    tokens = entra_tokens(identity, service.session, lambda: NOW.replace(year=2025))
    service.graph(tokens).send(Call(Kind.GET, "/x", expected=frozenset(range(200, 600))))


@pytest.mark.parametrize("kind", ["certificate", "managed"])
def test_any_answers_end_in_a_token_or_an_error_of_the_destination(kind: str, pem: Path) -> None:
    @fuzzed(60)
    @given(st.data())
    def holds(data: st.DataObject) -> None:
        service = Service(spoiling(data))
        refusal(lambda: sign_in(service, Identity(kind, "tenant", "client", pem, LOGIN)), DestinationError)  # type: ignore[arg-type]

    holds()


@pytest.mark.parametrize("token", ["", "two words", "line\r\nX-Evil: 1", "\u20ac", 5, None, ["x"]])
def test_what_can_not_be_a_token_is_never_sent_to_graph(token: object, pem: Path) -> None:
    def answering(_method: str, url: str) -> Raw:
        assert not url.startswith(ROOT)
        return Raw(200, json.dumps(PLACES if "openid" in url else {**GIVEN, "access_token": token}).encode())

    assert refusal(
        lambda: sign_in(Service(answering), Identity("certificate", "tenant", "client", pem, LOGIN)), DestinationError
    )


@fuzzed()
@given(st.dictionaries(st.sampled_from(("error", "error_codes", "error_description", "correlation_id")), ANYTHING))
def test_any_refusal_is_put_into_a_few_words(answer: dict[str, object]) -> None:
    error = sign_in_error(answer, Identity("certificate", "tenant", "client"))
    assert error.hint
    assert len(str(error)) < 500


@fuzzed()
@given(
    st.one_of(
        st.text(max_size=60),
        st.tuples(st.text(max_size=20), st.binary(max_size=60)).map(lambda it: f"{it[0]}.{it[1].hex()}.x"),
    )
)
def test_any_token_says_its_roles_or_nothing(token: str) -> None:
    roles = roles_in(token)
    assert roles is None or all(isinstance(role, str) for role in roles)


def test_roles_nested_without_end_say_nothing() -> None:

    claims = base64.urlsafe_b64encode(b"[" * 100_000).decode()
    assert roles_in(f"x.{claims}.y") is None
