"""msal's applications, one for each way to sign in."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from ecosmig_publish.destinations.sharepoint.faults import SignInError
from ecosmig_publish.destinations.sharepoint.sign_in.busy import raise_when_busy
from ecosmig_publish.destinations.sharepoint.sign_in.device import DeviceCodeApp
from ecosmig_publish.destinations.sharepoint.sign_in.key_file import read_key_file
from ecosmig_publish.destinations.sharepoint.sign_in.tokens import Acquire, Tokens
from ecosmig_publish.destinations.sharepoint.sign_in.workload import workload_assertion

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from ecosmig_publish.destinations.sharepoint.graph.session import HttpsSession
    from ecosmig_publish.destinations.sharepoint.sign_in.identity import Identity


class MakeSession(Protocol):
    """Makes a session that its caller owns."""

    def __call__(self, *, machine_local: bool) -> HttpsSession:
        """Return a new session; see `HttpsSession` for `machine_local`."""
        ...


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
