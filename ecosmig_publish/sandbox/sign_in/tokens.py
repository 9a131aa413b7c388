"""JSON web tokens: reading any, signing and checking the stand-in's own."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from ecosmig_publish.sandbox.state.applications import Application
    from ecosmig_publish.sandbox.state.directory import Person

AUDIENCE = "https://graph.microsoft.com"


class TokenError(ValueError):
    """Not a token, or not one of ours, or out of date."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token's parts; `signed` is what the signature covers."""

    header: dict[str, Any]
    claims: dict[str, Any]
    signed: bytes
    signature: bytes


def encode(data: bytes) -> str:
    """Return bytes as tokens write them."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes:
    """Return what `encode` wrote. Raises `TokenError`."""
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as error:
        raise TokenError("not base64url") from error


def read_token(text: str) -> Token:
    """Take a token apart without believing it. Raises `TokenError`."""
    parts = text.split(".")
    if len(parts) != 3:  # noqa: PLR2004 - header, claims, signature
        raise TokenError("a token has three parts")
    try:
        header, claims = (json.loads(decode(part)) for part in parts[:2])
    except ValueError as error:
        raise TokenError("not JSON inside") from error
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise TokenError("not objects inside")
    return Token(header, claims, f"{parts[0]}.{parts[1]}".encode("ascii"), decode(parts[2]))


def issue_access_token(
    secret: bytes,
    application: Application,
    person: Person | None,
    *,
    tenant: str,
    issuer: str,
    now: datetime,
    lifetime: int,
) -> str:
    """Return an access token for Graph in Entra's shape, with the consented permissions.

    They are `roles` where the application acts for itself, and the scopes `scp` where a person uses it.
    """
    issued_at = int(now.timestamp())
    header = {"typ": "JWT", "alg": "HS256", "kid": "ecosmig-sandbox"}
    claims: dict[str, Any] = {
        "aud": AUDIENCE,
        "iss": f"{issuer}/{tenant}/",
        "iat": issued_at,
        "nbf": issued_at - 300,
        "exp": issued_at + lifetime,
        "app_displayname": application.name,
        "appid": application.client_id,
        "tid": tenant,
        "uti": encode(uuid.uuid4().bytes),
        "ver": "1.0",
    }
    if person is None:
        own = str(uuid.uuid5(uuid.NAMESPACE_OID, application.client_id))
        claims |= {"idtyp": "app", "oid": own, "roles": sorted(application.roles)}
    else:
        claims |= {"idtyp": "user", "oid": person.id, "upn": person.upn, "name": person.name}
        claims["scp"] = " ".join(sorted(application.roles))
    signed = ".".join(encode(json.dumps(part).encode()) for part in (header, claims))
    return f"{signed}.{encode(_seal(secret, signed.encode('ascii')))}"


def check_access_token(secret: bytes, text: str, now: datetime) -> dict[str, Any]:
    """Return the claims of a token that this stand-in issued and that still holds. Raises `TokenError`."""
    token = read_token(text)
    if not hmac.compare_digest(token.signature, _seal(secret, token.signed)):
        raise TokenError("Invalid signature.")
    if int(token.claims.get("exp", 0)) <= now.timestamp():
        raise TokenError("Lifetime validation failed, the token is expired.")
    return token.claims


def _seal(secret: bytes, signed: bytes) -> bytes:
    return hmac.new(secret, signed, hashlib.sha256).digest()
