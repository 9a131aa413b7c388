"""A person signs in: by a code that they type into a browser anywhere. For an administrator at a terminal only."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecosmig_publish.destinations.sharepoint.graph.session import HttpsSession
    from ecosmig_publish.destinations.sharepoint.sign_in.identity import Identity


def tell_on_stderr(text: str) -> None:
    """Say to the person at the terminal what to do."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


class DeviceCodeApp:
    """A public client of msal; asks the person once, and renews by itself while the command runs."""

    def __init__(
        self,
        identity: Identity,
        session: HttpsSession,
        *,
        instance_discovery: bool,
        tell: Callable[[str], None] = tell_on_stderr,
    ) -> None:
        import msal  # noqa: PLC0415 - only who signs in pays for the import

        self._scopes = [f"{identity.graph_url.rstrip('/')}/.default"]
        self._tell = tell
        self._app = msal.PublicClientApplication(
            identity.client_id,
            authority=f"{identity.authority.rstrip('/')}/{identity.tenant_id}",
            instance_discovery=instance_discovery,
            http_client=session,
        )

    def acquire(self) -> dict[str, Any] | None:
        """Return a token, from the cache where it has one, or Entra's refusal; waits for the person."""
        for account in self._app.get_accounts():
            known: dict[str, Any] | None = self._app.acquire_token_silent(self._scopes, account=account)
            if known:
                return known
        flow: dict[str, Any] = self._app.initiate_device_flow(scopes=self._scopes)
        if "user_code" not in flow:
            return flow
        self._tell(str(flow.get("message") or f"Open {flow.get('verification_uri')}, enter {flow['user_code']}"))
        answer: dict[str, Any] = self._app.acquire_token_by_device_flow(flow)
        return answer
