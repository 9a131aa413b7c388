"""Signing in as a person: the device shows a code, the person enters it elsewhere, the device asks until then."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ecosmig_publish.sandbox.sign_in.refusals import SignInRefusal, bad_request

if TYPE_CHECKING:
    from datetime import datetime

    from ecosmig_publish.sandbox.state.directory import Person

GRANT_TYPES = ("urn:ietf:params:oauth:grant-type:device_code", "device_code")
LIFETIME = 900
INTERVAL = 1
"""Seconds between two questions; Entra asks for five."""
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"


@dataclass(slots=True)
class _Waiting:
    client_id: str
    scope: str
    expires_at: float
    person: Person | None = None
    declined: bool = False


class DeviceSignIns:
    """The codes that are out; lost when the stand-in stops."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_device: dict[str, _Waiting] = {}
        self._by_user: dict[str, str] = {}

    def begin(self, client_id: str, scope: str, origin: str, now: datetime) -> dict[str, Any]:
        """Return what the device shows and what it asks with."""
        device = secrets.token_urlsafe(32)
        user = "".join(secrets.choice(_LETTERS) for _ in range(9))
        with self._lock:
            self._by_device[device] = _Waiting(client_id, scope, now.timestamp() + LIFETIME)
            self._by_user[user] = device
        page = f"{origin}/devicelogin"
        return {
            "user_code": user,
            "device_code": device,
            "verification_uri": page,
            "expires_in": LIFETIME,
            "interval": INTERVAL,
            "message": f"To sign in, use a web browser to open the page {page} and enter the code {user}.",
        }

    def decide(self, user_code: str, person: Person | None) -> None:
        """Let a person enter the code, or decline with None. Raises `LookupError` for an unknown code."""
        with self._lock:
            waiting = self._by_device[self._by_user[user_code]]
            waiting.person, waiting.declined = person, person is None

    def finish(self, device_code: str, client_id: str, now: datetime) -> tuple[Person, str]:
        """Return who entered the code and for which scope. Raises `SignInRefusal` until somebody did."""
        with self._lock:
            waiting = self._by_device.get(device_code)
            if waiting is None or waiting.client_id != client_id:
                raise bad_request(70018, "The device code is not valid.", "bad_verification_code")
            if waiting.declined:
                raise SignInRefusal(400, "authorization_declined", 70000, "The person declined.")
            if waiting.expires_at <= now.timestamp():
                raise SignInRefusal(400, "expired_token", 70020, "The device code has expired.")
            if waiting.person is None:
                raise SignInRefusal(400, "authorization_pending", 70016, "Authorization is pending. Continue polling.")
            del self._by_device[device_code]
            return waiting.person, waiting.scope
