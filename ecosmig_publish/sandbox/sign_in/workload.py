"""The identity provider of a workload, such as a cluster: it signs who a workload is, and Entra trusts that."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from ecosmig_publish.sandbox.certificates import write_secret
from ecosmig_publish.sandbox.sign_in.assertions import FEDERATED_AUDIENCE
from ecosmig_publish.sandbox.sign_in.tokens import encode

if TYPE_CHECKING:
    from pathlib import Path

    from ecosmig_publish.sandbox.clock import Clock

ISSUER = "https://cluster.sandbox.invalid"


class WorkloadIssuer:
    """Signs tokens for workloads; its key is made when it is first needed and then kept."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._key: rsa.RSAPrivateKey | None = None

    def public_key(self) -> bytes:
        """Return the public key, PEM."""
        encoding, form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        return self._private_key().public_key().public_bytes(encoding, form)

    def token(self, subject: str, *, audience: str = FEDERATED_AUDIENCE, lifetime: int = 3600) -> str:
        """Return a token that says who a workload is, for `lifetime` seconds."""
        now = int(self._clock.now().timestamp())
        header = {"alg": "RS256", "typ": "JWT", "kid": "sandbox-cluster"}
        claims = {
            "iss": ISSUER,
            "sub": subject,
            "aud": [audience],
            "iat": now,
            "nbf": now,
            "exp": now + lifetime,
            "jti": str(uuid.uuid4()),
        }
        signed = ".".join(encode(json.dumps(part).encode()) for part in (header, claims))
        signature = self._private_key().sign(signed.encode("ascii"), padding.PKCS1v15(), hashes.SHA256())
        return f"{signed}.{encode(signature)}"

    def _private_key(self) -> rsa.RSAPrivateKey:
        if self._key is None and self._path.exists():
            loaded = serialization.load_pem_private_key(self._path.read_bytes(), None)
            self._key = loaded if isinstance(loaded, rsa.RSAPrivateKey) else None
        if self._key is None:
            self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
            encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
            write_secret(self._path, self._key.private_bytes(encoding, form, serialization.NoEncryption()))
        return self._key
