"""Access tokens: one at a time for all threads, renewed before they end, dropped when Graph won't take them."""

from __future__ import annotations

import base64
import binascii
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

import requests

from ecosmig_publish.destinations.sharepoint.faults import SignInError
from ecosmig_publish.destinations.sharepoint.graph.broken import decide_broken
from ecosmig_publish.destinations.sharepoint.graph.calls import Kind
from ecosmig_publish.destinations.sharepoint.graph.status import AGAIN
from ecosmig_publish.destinations.sharepoint.redaction import lower_fault, redacted
from ecosmig_publish.destinations.sharepoint.sign_in.causes import sign_in_error, unknown_authority
from ecosmig_publish.destinations.sharepoint.sign_in.device import DeviceCodeApp
from ecosmig_publish.destinations.sharepoint.sign_in.key_file import read_key_file
from ecosmig_publish.destinations.sharepoint.waiting import Passing
from ecosmig_publish.destinations.sharepoint.waiting.server_words import read_headers
from ecosmig_publish.errors import DestinationBusyError

if TYPE_CHECKING:
    from ecosmig_publish.destinations.sharepoint.graph.session import HttpsSession
    from ecosmig_publish.destinations.sharepoint.sign_in.identity import Identity

TOKEN_FILE = "AZURE_FEDERATED_TOKEN_FILE"  # noqa: S105 - names of variables, not their values
TOKEN_VARIABLE = "AZURE_FEDERATED_TOKEN"  # noqa: S105


class MakeSession(Protocol):
    """Makes a session that its caller owns."""

    def __call__(self, *, machine_local: bool) -> HttpsSession:
        """Return a new session; see `HttpsSession` for `machine_local`."""
        ...


Acquire = Callable[[], "dict[str, Any] | None"]
"""Returns a token, from msal's cache where it has one, or Entra's refusal."""


class Tokens:
    """Hands out one token to all threads. `open_app` is called at the first need, with network."""

    def __init__(self, open_app: Callable[[], Acquire], identity: Identity) -> None:
        self._open_app = open_app
        self._identity = identity
        self._lock = Lock()
        self._acquire: Acquire | None = None
        self._token = ""

    def token(self) -> str:
        """Return a token that holds. Raises `SignInError`, or `Passing` where trying again may help."""
        with self._lock:
            was_open = self._acquire is not None
            answer = self._ask()
            if was_open and "access_token" not in answer:
                # An application that was refused repeats itself, down to its signed assertion: a new one doesn't.
                answer = self._ask()
            if "access_token" not in answer:
                error = sign_in_error(answer, self._identity)
                raise Passing(error, unclear=False) if isinstance(error, DestinationBusyError) else error
            self._token = str(answer["access_token"])
            return self._token

    def drop(self, token: str) -> None:
        """Leave `token`, which Graph wouldn't take, unless another thread has a newer one by now."""
        with self._lock:
            if token == self._token:
                self._acquire = None

    def roles(self) -> frozenset[str] | None:
        """Return the application permissions in the present token; None where that can't be read."""
        return roles_in(self._token)

    def _ask(self) -> dict[str, Any]:
        """Return a token or Entra's refusal; after anything but a token the next question starts anew."""
        acquire, self._acquire = self._acquire, None
        failed: Exception
        try:
            acquire = acquire or self._open_app()
            answer = acquire() or {}
        except EntraBusy as busy_error:
            raise Passing(
                DestinationBusyError(f"sign-in: {busy_error} ({self._identity.authority})", hint=AGAIN),
                unclear=False,
                wait_seconds=busy_error.wait_seconds,
            ) from None
        except (requests.RequestException, OSError) as error:
            failed = error
        except ValueError as error:
            # msal's word for an authority that doesn't know the tenant.
            failed = unknown_authority(self._identity)
            failed.__cause__ = lower_fault(error)
        except Exception as error:
            if type(error).__module__.partition(".")[0] != "msal":
                raise
            failed = requests.ConnectionError(redacted(str(error)))
        else:
            self._acquire = acquire if "access_token" in answer else None
            return answer
        if isinstance(failed, SignInError):
            raise failed
        decision = decide_broken(failed, Kind.GET)
        busy = decision.error(f"sign-in: {decision.says} ({self._identity.authority})", hint=decision.hint)
        busy.__cause__ = lower_fault(failed)
        raise Passing(busy, unclear=False) if isinstance(busy, DestinationBusyError) else busy


def entra_tokens(identity: Identity, make_session: MakeSession, now: Callable[[], datetime]) -> Tokens:
    """Return tokens for `identity`; nothing is read or sent before the first is asked for."""

    def open_app() -> Acquire:
        if identity.kind == "managed":
            return _managed(identity, make_session(machine_local=True))
        if identity.kind == "device-code":
            session = make_session(machine_local=False)
            return DeviceCodeApp(identity, session, instance_discovery=_is_microsofts(identity.authority)).acquire
        return _confidential(identity, make_session(machine_local=False), now)

    return Tokens(open_app, identity)


def _confidential(identity: Identity, session: HttpsSession, now: Callable[[], datetime]) -> Acquire:
    import msal  # noqa: PLC0415 - only who signs in pays for the import

    session.hooks["response"].append(raise_when_busy)
    app = msal.ConfidentialClientApplication(
        identity.client_id,
        authority=f"{identity.authority.rstrip('/')}/{identity.tenant_id}",
        client_credential=_credential(identity, now),
        instance_discovery=_is_microsofts(identity.authority),
        http_client=session,
    )
    scopes = [f"{identity.graph_url.rstrip('/')}/.default"]

    def acquire() -> dict[str, Any] | None:
        # The next token is an hour away: no connection is kept for it.
        with session:
            answer: dict[str, Any] | None = app.acquire_token_for_client(scopes=scopes)
        return answer

    return acquire


class EntraBusy(requests.RequestException):
    """Entra has no time; `wait_seconds` is what it said, 0 for nothing.

    Raised below msal, which would keep the answer for seconds, and take it for an unknown tenant at times.
    """

    def __init__(self, status: int, wait_seconds: float) -> None:
        super().__init__(f"Entra is busy or out of order ({status})")
        self.wait_seconds = wait_seconds


def raise_when_busy(response: requests.Response, **_keywords: object) -> None:
    """Raise `EntraBusy` for an answer that is none."""
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS or response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        words = read_headers(response.headers, datetime.now(UTC))
        response.close()
        raise EntraBusy(response.status_code, words.wait_seconds or 0.0)


def _managed(identity: Identity, session: HttpsSession) -> Acquire:
    import msal  # noqa: PLC0415 - only who signs in pays for the import

    who: Any = msal.SystemAssignedManagedIdentity
    if identity.client_id:
        who = partial(msal.UserAssignedManagedIdentity, client_id=identity.client_id)
    client: Any = msal.ManagedIdentityClient
    return partial(client(who(), http_client=session).acquire_token_for_client, resource=identity.graph_url.rstrip("/"))


def _is_microsofts(authority: str) -> bool:
    """Whether msal may check an authority; another host is the configuration's word, unknown at the public cloud."""
    from msal.authority import WELL_KNOWN_AUTHORITY_HOSTS  # noqa: PLC0415 - only who signs in pays for the import

    return urlsplit(authority).hostname in WELL_KNOWN_AUTHORITY_HOSTS


def _credential(identity: Identity, now: Callable[[], datetime]) -> dict[str, Any]:
    """Return what msal signs in with: PS256 with the certificate in `x5c`, or the workload's own assertion."""
    if identity.kind == "workload":
        return {"client_assertion": workload_assertion}
    if identity.certificate is None:
        raise SignInError(
            'identity = "certificate" needs the file of key and certificate',
            hint="Set destination.sharepoint.certificate.",
        )
    keys = read_key_file(identity.certificate, now())
    return {"private_key": keys.private_key, "public_certificate": keys.certificate}


def workload_assertion() -> str:
    """Return the workload's own token, read anew each time: whoever runs the workload renews it.

    Raises `SignInError`.
    """
    file, text = os.environ.get(TOKEN_FILE), os.environ.get(TOKEN_VARIABLE)
    if file:
        try:
            text = Path(file).read_text(encoding="ascii")
        except (OSError, ValueError) as error:
            raise SignInError(
                f"{file}: the workload's token ({TOKEN_FILE}) can't be read",
                hint="Check that workload identity is switched on for this pod or job.",
            ) from lower_fault(error)
    if not text or not text.strip():
        raise SignInError(
            f'identity = "workload" finds no token: neither {TOKEN_FILE} nor {TOKEN_VARIABLE} is set',
            hint="Check that workload identity is switched on for this pod or job.",
        )
    return text.strip()


def roles_in(token: str) -> frozenset[str] | None:
    """Return the application permissions that a token carries; proves nothing.

    None where it can't be read, or is a person's.
    """
    parts = token.split(".")
    if len(parts) != 3:  # noqa: PLR2004 - header, claims, signature
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, binascii.Error):
        return None
    if not isinstance(claims, dict) or "scp" in claims:
        return None
    roles = claims.get("roles", [])
    return frozenset(map(str, roles)) if isinstance(roles, list) else None
