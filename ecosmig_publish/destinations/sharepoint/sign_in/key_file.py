"""The file with the private key and its certificate."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ecosmig_publish.destinations.sharepoint.faults import SignInError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

_BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----.+?-----END \1-----", re.DOTALL)
_MADE_BY = (
    "openssl req -x509 -newkey rsa:3072 -nodes -days 365 -subj /CN=ecosmig -keyout key.pem -out cert.pem, "
    "then: cat key.pem cert.pem > publisher.pem"
)


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A private key and the certificate that belongs to it, in PEM."""

    private_key: str = field(repr=False)
    certificate: str
    expires_at: datetime


def read_key_file(path: Path, now: datetime) -> KeyFile:
    """Read the key and its own certificate; others in the file (a chain) are left. Raises `SignInError`."""
    # Only who signs in pays for the import.
    from cryptography import x509  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

    text = _read(path)
    blocks = [(match[1], match[0]) for match in _BLOCK.finditer(text)]
    key_text = next((block for label, block in blocks if label.endswith("PRIVATE KEY")), None)
    if key_text is None:
        raise SignInError(f"{path}: holds no private key", hint=f"Make one by {_MADE_BY}")
    if "ENCRYPTED" in key_text:
        raise SignInError(
            f"{path}: the private key is locked by a passphrase",
            hint="Unattended runs need it open: openssl pkey -in locked.pem -out key.pem; keep the file at mode 0600.",
        )
    certificates = [block for label, block in blocks if label == "CERTIFICATE"]
    if not certificates:
        raise SignInError(f"{path}: holds a key and no certificate", hint="Add the certificate: cat cert.pem >> FILE")
    try:
        # Its numbers are checked when it signs; twice would double the time of a sign-in.
        key = load_pem_private_key(key_text.encode(), None, unsafe_skip_rsa_key_validation=True)
        read = [(block, x509.load_pem_x509_certificate(block.encode())) for block in certificates]
    except (ValueError, TypeError):
        key = None
        read = []
    if not isinstance(key, RSAPrivateKey):
        raise SignInError(
            f"{path}: key or certificate can't be read; Entra wants an RSA key", hint=f"Make one by {_MADE_BY}"
        )
    mine = next(((block, one) for block, one in read if one.public_key() == key.public_key()), None)
    if mine is None:
        raise SignInError(
            f"{path}: the certificate is another key's", hint="Put key and certificate of one pair into the file."
        )
    block, certificate = mine
    expires_at = certificate.not_valid_after_utc
    if expires_at <= now:
        raise SignInError(
            f"{path}: the certificate expired on {expires_at:%Y-%m-%d}",
            hint=f"Make a new one, register it with the app in Entra: {_MADE_BY}",
        )
    return KeyFile(key_text, block, expires_at)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise SignInError(
            f"{path}: the key file can't be read: {error.strerror}",
            hint="Check destination.sharepoint.certificate, and that this user may read the file.",
        ) from error
