"""To seal a pack: the SHA-256 of every member, and the publisher's signature of them.

MANIFEST is what `sha256sum -c` takes. Its signature is RSASSA-PKCS1-v1_5 with SHA-256 and nothing around it, which
`openssl dgst` verifies and a few lines of plain Python do; it is the same whenever the same is signed. Entra takes RSA
keys alone, so the publisher's certificate has one.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecosmig_publish.errors import DestinationError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

MANIFEST, SIGNATURE, CERTIFICATE = "MANIFEST", "MANIFEST.sig", "certificate.pem"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs as the holder of a certificate; `fingerprint` is the SHA-256 of its DER in hex."""

    certificate: str
    fingerprint: str
    sign: Callable[[bytes], bytes]


def open_signer(path: Path, now: datetime) -> Signer:
    """Read a private RSA key and its certificate from a PEM file. Raises `UsageError` where it can't sign."""
    # Only who signs pays for the imports.
    from cryptography import x509  # noqa: PLC0415
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

    from ecosmig_publish.destinations.sharepoint.sign_in.key_file import read_key_file  # noqa: PLC0415

    try:
        pair = read_key_file(path, now)
    except DestinationError as error:
        raise UsageError(
            str(error).replace("Entra wants an RSA key", "a pack is signed with an RSA key"),
            hint=f"{error.hint} Another file: --certificate PEM.",
        ) from error
    key = load_pem_private_key(pair.private_key.encode(), None)
    if not isinstance(key, RSAPrivateKey):
        raise UsageError(f"{path}: a pack is signed with an RSA key", hint="Name another file: --certificate PEM.")
    fingerprint = x509.load_pem_x509_certificate(pair.certificate.encode()).fingerprint(hashes.SHA256()).hex()
    certificate = pair.certificate.strip() + "\n"
    return Signer(certificate, fingerprint, lambda data: key.sign(data, PKCS1v15(), hashes.SHA256()))


def seal(directory: Path, signer: Signer | None) -> None:
    """Write MANIFEST over all that is in a directory, and sign it; without a signer nobody vouches for it."""
    if signer is not None:
        (directory / CERTIFICATE).write_text(signer.certificate, encoding="ascii")
    names = sorted(path.relative_to(directory).as_posix() for path in directory.rglob("*") if path.is_file())
    lines = [f"{_sha256(directory / name)}  {name}\n" for name in names]
    manifest = "".join(lines).encode()
    (directory / MANIFEST).write_bytes(manifest)
    if signer is not None:
        (directory / SIGNATURE).write_bytes(signer.sign(manifest))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
