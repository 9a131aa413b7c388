"""Access tokens: one at a time for all threads, renewed before they end, dropped when Graph won't take them."""

from __future__ import annotations

import base64
import binascii
import json
import os
from functools import partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

import requests

from ecosmig_publish.destinations.sharepoint.faults import SignInError
from ecosmig_publish.destinations.sharepoint.graph.broken import decide_broken
from ecosmig_publish.destinations.sharepoint.graph.calls import Kind
from ecosmig_publish.destinations.sharepoint.redaction import lower_fault
from ecosmig_publish.destinations.sharepoint.sign_in.causes import sign_in_error, unknown_authority
from ecosmig_publish.destinations.sharepoint.sign_in.key_file import read_key_file
from ecosmig_publish.destinations.sharepoint.waiting import Passing
from ecosmig_publish.errors import DestinationBusyError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from ecosmig_publish.destinations.sharepoint.graph.session import HttpsSession
    from ecosmig_publish.destinations.sharepoint.sign_in.identity import Identity

TOKEN_FILE = "AZURE_FEDERATED_TOKEN_FILE"  # noqa: S105 - names of variables, not their values
TOKEN_VARIABLE = "AZURE_FEDERATED_TOKEN"  # noqa: S105


class MakeSession(Protocol):
    """Makes a session that its caller owns."""

    def __call__(self, *, machine_local: bool) -> HttpsSession:
        """Return a new session; see `HttpsSession` for `machine_local`."""
        ...


class App(Protocol):
    """What msal's applications have in common, as far as it is used here."""

    def acquire(self) -> dict[str, Any] | None:
        """Return a token, from the cache where it has one, or Entra's refusal."""
        ...

    def forget(self) -> None:
        """Leave the cached token."""
        ...


class Tokens:
    """Hands out one token to all threads. `open_app` is called at the first need, with network."""

    def __init__(self, open_app: Callable[[], App], identity: Identity) -> None:
        self._open_app = open_app
        self._identity = identity
        self._lock = Lock()
        self._app: App | None = None
        self._token = ""

    def token(self) -> str:
        """Return a token that holds. Raises `SignInError`, or `Passing` where trying again may help."""
        with self._lock:
            answer = self._acquire()
            if not answer or "access_token" not in answer:
                error = sign_in_error(answer or {}, self._identity)
                if isinstance(error, DestinationBusyError):
                    raise Passing(error, unclear=False)
                raise error
            self._token = str(answer["access_token"])
            return self._token

    def drop(self, token: str) -> None:
        """Leave `token`, which Graph wouldn't take, unless another thread has a newer one by now."""
        with self._lock:
            if token == self._token and self._app is not None:
                self._app.forget()

    def roles(self) -> frozenset[str] | None:
        """Return the application permissions in the present token; None where that can't be read."""
        return roles_in(self._token)

    def _acquire(self) -> dict[str, Any] | None:
        failed: Exception
        try:
            if self._app is None:
                self._app = self._open_app()
            return self._app.acquire()
        except (requests.RequestException, OSError) as error:
            failed = error
        except ValueError as error:
            # msal's word for an authority that doesn't know the tenant.
            unknown = unknown_authority(self._identity)
            unknown.__cause__ = lower_fault(error)
            failed = unknown
        except Exception as error:
            if type(error).__module__.partition(".")[0] != "msal":
                raise
            failed = requests.ConnectionError("Entra is out of order")
            failed.__cause__ = lower_fault(error)
        if isinstance(failed, SignInError):
            raise failed
        decision = decide_broken(failed, Kind.GET)
        busy = decision.error(f"sign-in: {decision.says} ({self._identity.authority})", hint=decision.hint)
        busy.__cause__ = lower_fault(failed)
        if isinstance(busy, DestinationBusyError):
            raise Passing(busy, unclear=False)
        raise busy


def entra_tokens(identity: Identity, make_session: MakeSession, now: Callable[[], datetime]) -> Tokens:
    """Return tokens for `identity`; nothing is read or sent before the first is asked for."""

    def open_app() -> App:
        if identity.kind == "managed":
            return _ManagedApp(identity, make_session(machine_local=True))
        return _ConfidentialApp(identity, make_session(machine_local=False), now)

    return Tokens(open_app, identity)


class _ConfidentialApp:
    def __init__(self, identity: Identity, session: HttpsSession, now: Callable[[], datetime]) -> None:
        import msal  # noqa: PLC0415 - only who signs in pays for the import
        from msal.authority import WELL_KNOWN_AUTHORITY_HOSTS  # noqa: PLC0415

        known = urlsplit(identity.authority).hostname in WELL_KNOWN_AUTHORITY_HOSTS
        self._scopes = [f"{identity.graph_url.rstrip('/')}/.default"]
        self._app = msal.ConfidentialClientApplication(
            identity.client_id,
            authority=f"{identity.authority.rstrip('/')}/{identity.tenant_id}",
            client_credential=_credential(identity, now),
            # An unknown host is the configuration's word, not to be checked at the public cloud.
            instance_discovery=known,
            http_client=session,
        )

    def acquire(self) -> dict[str, Any] | None:
        answer: dict[str, Any] | None = self._app.acquire_token_for_client(scopes=self._scopes)
        return answer

    def forget(self) -> None:
        self._app.remove_tokens_for_client()


class _ManagedApp:
    def __init__(self, identity: Identity, session: HttpsSession) -> None:
        import msal  # noqa: PLC0415 - only who signs in pays for the import

        who = (
            msal.UserAssignedManagedIdentity(client_id=identity.client_id)
            if identity.client_id
            else msal.SystemAssignedManagedIdentity()
        )
        self._resource = identity.graph_url.rstrip("/")
        make: Callable[[], Any] = partial(msal.ManagedIdentityClient, who, http_client=session)
        self._make = make
        self._app = self._make()

    def acquire(self) -> dict[str, Any] | None:
        answer: dict[str, Any] | None = self._app.acquire_token_for_client(resource=self._resource)
        return answer

    def forget(self) -> None:
        self._app = self._make()


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
    """Return the application permissions that a token carries, None where it can't be read; proves nothing."""
    parts = token.split(".")
    if len(parts) != 3:  # noqa: PLR2004 - header, claims, signature
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, binascii.Error):
        return None
    if not isinstance(claims, dict):
        return None
    roles = claims.get("roles", [])
    return frozenset(map(str, roles)) if isinstance(roles, list) else None
