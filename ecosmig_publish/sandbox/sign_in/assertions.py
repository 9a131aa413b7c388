"""Whether a client assertion proves what it says: signature, certificate, audience, time, and not used before."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from ecosmig_publish.sandbox.sign_in.refusals import SignInRefusal, bad_assertion, bad_signature
from ecosmig_publish.sandbox.sign_in.tokens import Token, TokenError, encode, read_token

if TYPE_CHECKING:
    from datetime import datetime

    from ecosmig_publish.sandbox.state.applications import Application
    from ecosmig_publish.sandbox.state.database import Database

FEDERATED_AUDIENCE = "api://AzureADTokenExchange"
_LEEWAY = 300


def parse_assertion(text: str) -> Token:
    """Take the assertion apart. Raises `SignInRefusal`."""
    try:
        return read_token(text)
    except TokenError as error:
        raise bad_assertion(50027, f"JWT token is invalid or malformed: {error}.") from error


def check_certificate_assertion(token: Token, application: Application, audiences: set[str], now: datetime) -> None:
    """Raise a `SignInRefusal` unless the application's registered certificate signed this, for us, about now."""
    thumbprint = _claimed_thumbprint(token)
    if not application.certificate:
        raise bad_signature("The key was not found.", thumbprint, application.client_id)
    certificate = x509.load_pem_x509_certificate(application.certificate.encode("ascii"))
    if not _names(token, certificate):
        raise bad_signature("The key was not found.", thumbprint, application.client_id)
    if not certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc:
        start, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        reason = f"The key used is expired., Found key 'Start={start:%m/%d/%Y %H:%M:%S}, End={end:%m/%d/%Y %H:%M:%S}'"
        raise bad_signature(reason, thumbprint, application.client_id)
    if not _signed_by(token, certificate.public_key()):
        reason = "The provided signature value did not match the expected signature value."
        raise bad_signature(reason, thumbprint, application.client_id)
    if token.claims.get("iss") != application.client_id or token.claims.get("sub") != application.client_id:
        raise bad_assertion(700021, "Client assertion application identifier doesn't match 'client_id' parameter.")
    _check_audience(token, audiences)
    check_time(token, now)


def check_federated_assertion(token: Token, application: Application, key_pem: bytes, now: datetime) -> None:
    """Raise a `SignInRefusal` unless the application trusts who issued this, for this subject, about now."""
    issuer, subject = token.claims.get("iss"), token.claims.get("sub")
    if not application.issuer or (issuer, subject) != (application.issuer, application.subject):
        raise bad_assertion(
            700213,
            f"No matching federated identity record found for presented assertion subject '{subject}', "
            f"issuer '{issuer}'.",
        )
    if not _signed_by(token, serialization.load_pem_public_key(key_pem)):
        raise bad_assertion(50013, "Assertion failed signature validation.")
    _check_audience(token, {FEDERATED_AUDIENCE}, number=700212)
    check_time(token, now)


def check_time(token: Token, now: datetime) -> None:
    """Raise a `SignInRefusal` for an assertion out of its time."""
    at = now.timestamp()
    expires = token.claims.get("exp")
    begins = token.claims.get("nbf", 0)
    if not isinstance(expires, (int, float)) or not isinstance(begins, (int, float)):
        raise bad_assertion(50027, "JWT token is invalid or malformed: no 'exp'.")
    if at >= expires + _LEEWAY or at < begins - _LEEWAY:
        raise bad_assertion(
            700024,
            f"Client assertion is not within its valid time range. Current time: {now:%Y-%m-%dT%H:%M:%S}Z, "
            f"assertion valid from {begins}, expiry time of assertion {expires}.",
        )


def refuse_replay(token: Token, database: Database, now: datetime) -> None:
    """Raise a `SignInRefusal` for an assertion that signed in before."""
    identifier = str(token.claims.get("jti", ""))
    if not identifier:
        raise bad_assertion(50027, "JWT token is invalid or malformed: no 'jti'.")
    with database.transaction():
        database.run("DELETE FROM assertion WHERE expires_at < ?", now.timestamp() - _LEEWAY)
        if database.row("SELECT 1 FROM assertion WHERE id = ?", identifier) is not None:
            raise SignInRefusal(400, "invalid_grant", 900491, "The assertion was used before: 'jti' is not unique.")
        database.insert("assertion", {"id": identifier, "expires_at": float(token.claims["exp"])})


def _check_audience(token: Token, audiences: set[str], number: int = 700023) -> None:
    audience: Any = token.claims.get("aud")
    named = set(audience) if isinstance(audience, list) else {audience}
    if not named & audiences:
        raise bad_assertion(
            number, f"Client assertion audience claim does not match Realm issuer: '{audience}' is none of ours."
        )


def _names(token: Token, certificate: x509.Certificate) -> bool:
    """Whether each way in which the header names a certificate names this one, and there is one at least."""
    der = certificate.public_bytes(serialization.Encoding.DER)
    # RFC 7515 defines x5t as a SHA-1; it names the certificate and secures nothing.
    expected: dict[str, Any] = {
        "x5t": encode(hashlib.sha1(der, usedforsecurity=False).digest()),
        "x5t#S256": encode(hashlib.sha256(der).digest()),
    }
    claimed = [str(token.header[name]).rstrip("=") == value for name, value in expected.items() if name in token.header]
    chain = token.header.get("x5c")
    if chain is not None:
        leaf = chain[0] if isinstance(chain, list) and chain else chain
        # Clients break the lines as PEM does.
        claimed.append("".join(str(leaf).split()) == base64.b64encode(der).decode("ascii"))
    return bool(claimed) and all(claimed)


def _claimed_thumbprint(token: Token) -> str:
    return str(token.header.get("x5t#S256") or token.header.get("x5t") or "")


def _signed_by(token: Token, key: object) -> bool:
    if not isinstance(key, rsa.RSAPublicKey):
        return False
    schemes: dict[str, padding.AsymmetricPadding] = {
        "RS256": padding.PKCS1v15(),
        "PS256": padding.PSS(padding.MGF1(hashes.SHA256()), hashes.SHA256().digest_size),
    }
    scheme = schemes.get(str(token.header.get("alg")))
    if scheme is None:
        return False
    try:
        key.verify(token.signature, token.signed, scheme, hashes.SHA256())
    except InvalidSignature:
        return False
    return True
