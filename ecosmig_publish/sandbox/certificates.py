"""The stand-in's own certificate authority, and the keys of the applications that sign in.

Everything is made once and kept in the state folder, so that a restarted stand-in is still trusted.
"""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from pathlib import Path

LOOPBACK_NAMES = ("localhost", "127.0.0.1")


@dataclass(frozen=True, slots=True)
class Authority:
    """Where the authority's certificate and the server's own chain lie."""

    ca_bundle: Path
    server_chain: Path

    def server_context(self) -> ssl.SSLContext:
        """Return the server's side of TLS."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self.server_chain)
        return context


def certificate_authority(directory: Path) -> Authority:
    """Return the authority in `directory`, made there the first time."""
    directory.mkdir(parents=True, exist_ok=True)
    authority = Authority(directory / "ca.pem", directory / "server.pem")
    if not authority.ca_bundle.exists() or not authority.server_chain.exists():
        made = trustme.CA(organization_name="ecosmig sandbox: a stand-in, trust it nowhere else")
        served = made.issue_cert(*LOOPBACK_NAMES)
        write_secret(authority.server_chain, served.private_key_and_cert_chain_pem.bytes())
        made.cert_pem.write_to_path(str(authority.ca_bundle))
    return authority


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A private key and its certificate, both PEM."""

    key: bytes
    certificate: bytes


def application_key(name: str, *, valid_from: datetime | None = None, valid_for: timedelta | None = None) -> KeyPair:
    """Make a key and a self-signed certificate, as an administrator would for an application in Entra."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    start = valid_from or datetime.now(UTC) - timedelta(days=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + (valid_for or timedelta(days=366)))
        .sign(key, hashes.SHA256())
    )
    return KeyPair(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
        certificate.public_bytes(serialization.Encoding.PEM),
    )


def write_secret(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
