"""A client of Graph as plain as can be: `requests`, and assertions that are signed here."""

from __future__ import annotations

import base64
import hashlib
import json
import time
import uuid
from typing import TYPE_CHECKING, Any

import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecosmig_publish.sandbox import RegisteredApplication, Sandbox

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class Client:
    """One application that talks to the stand-in."""

    def __init__(self, sandbox: Sandbox, application: RegisteredApplication | None = None) -> None:
        self.sandbox = sandbox
        self.application = application or sandbox.publisher
        self._session = requests.Session()
        self._session.verify = str(sandbox.ca_bundle)
        self._session.trust_env = False
        self.token = ""

    def close(self) -> None:
        self._session.close()

    def send(self, method: str, url: str, **options: Any) -> requests.Response:
        """Send a request as it is, without a token."""
        return self._session.request(method, url, timeout=20, **options)

    def sign_in(self, **form: str) -> requests.Response:
        """Ask for a token; `form` replaces what would be sent."""
        fields = {
            "grant_type": "client_credentials",
            "client_id": self.application.client_id,
            "scope": f"{self.sandbox.url}/.default",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": "",
        } | form
        if not fields["client_assertion"]:
            fields["client_assertion"] = assertion(self.application, self.token_endpoint)
        return self.send("POST", self.token_endpoint, data={name: value for name, value in fields.items() if value})

    @property
    def token_endpoint(self) -> str:
        return f"{self.sandbox.authority}/{self.sandbox.tenant_id}/oauth2/v2.0/token"

    def graph(self, method: str, path: str, **options: Any) -> requests.Response:
        """Send a request to Graph with a token; `path` comes after `/v1.0`."""
        if not self.token:
            self.token = self.sign_in().json()["access_token"]
        headers = {"Authorization": f"Bearer {self.token}"} | dict(options.pop("headers", {}))
        url = path if path.startswith("https://") else f"{self.sandbox.url}/v1.0{path}"
        return self.send(method, url, headers=headers, **options)

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.graph("GET", path, **options)

    def put(self, path: str, data: bytes, **options: Any) -> requests.Response:
        return self.graph("PUT", path, data=data, **options)

    def post(self, path: str, document: Mapping[str, Any], **options: Any) -> requests.Response:
        return self.graph("POST", path, json=document, **options)

    def patch(self, path: str, document: Mapping[str, Any], **options: Any) -> requests.Response:
        return self.graph("PATCH", path, json=document, **options)

    def delete(self, path: str, **options: Any) -> requests.Response:
        return self.graph("DELETE", path, **options)

    @property
    def drive(self) -> str:
        """The library's address."""
        return f"/drives/{self.sandbox.library().drive.id}"

    def upload(self, path: str, data: bytes = b"content") -> dict[str, Any]:
        """Put a small file there and return its item."""
        answer = self.put(f"{self.drive}/root:/{path}:/content", data)
        assert answer.status_code in {200, 201}, answer.text
        item: dict[str, Any] = answer.json()
        return item

    def begin_upload(self, path: str, **item: Any) -> str:
        """Create an upload session and return its address."""
        answer = self.post(f"{self.drive}/root:/{path}:/createUploadSession", {"item": item} if item else {})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["uploadUrl"])

    def fragment(self, url: str, data: bytes, start: int, total: int, **headers: str) -> requests.Response:
        """Send a fragment, without a token."""
        span = f"bytes {start}-{start + len(data) - 1}/{total}"
        return self.send("PUT", url, data=data, headers={"Content-Range": span} | headers)


def error_of(answer: requests.Response) -> tuple[int, str, str]:
    """Return status, code and inner code of a refusal."""
    error = answer.json()["error"]
    return answer.status_code, error["code"], error["innerError"].get("code", "")


def assertion(
    application: RegisteredApplication,
    audience: str,
    *,
    algorithm: str = "PS256",
    headers: Mapping[str, Any] | None = None,
    **claims: Any,
) -> str:
    """Return a client assertion, signed with the application's key."""
    pem = application.pem.read_bytes()
    key = serialization.load_pem_private_key(pem, None, unsafe_skip_rsa_key_validation=True)
    certificate = x509.load_pem_x509_certificate(pem[pem.index(b"-----BEGIN CERTIFICATE") :])
    assert isinstance(key, rsa.RSAPrivateKey)
    der = certificate.public_bytes(serialization.Encoding.DER)
    now = int(time.time())
    payload = {
        "aud": audience,
        "iss": application.client_id,
        "sub": application.client_id,
        "exp": now + 600,
        "nbf": now,
        "jti": str(uuid.uuid4()),
    } | claims
    header = {"alg": algorithm, "typ": "JWT"} | dict(headers or {"x5t#S256": _url(hashlib.sha256(der).digest())})
    signed = f"{_url(json.dumps(header).encode())}.{_url(json.dumps(payload).encode())}"
    scheme: padding.AsymmetricPadding = padding.PKCS1v15()
    if algorithm == "PS256":
        scheme = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    return f"{signed}.{_url(key.sign(signed.encode(), scheme, hashes.SHA256()))}"


def thumbprint(application: RegisteredApplication) -> str:
    """Return the SHA-1 thumbprint as `x5t` has it."""
    pem = application.pem.read_bytes()
    certificate = x509.load_pem_x509_certificate(pem[pem.index(b"-----BEGIN CERTIFICATE") :])
    return _url(hashlib.sha1(certificate.public_bytes(serialization.Encoding.DER), usedforsecurity=False).digest())


def chain(application: RegisteredApplication) -> list[str]:
    """Return the certificate as `x5c` has it."""
    pem = application.pem.read_bytes()
    certificate = x509.load_pem_x509_certificate(pem[pem.index(b"-----BEGIN CERTIFICATE") :])
    return [base64.b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode()]


def _url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
