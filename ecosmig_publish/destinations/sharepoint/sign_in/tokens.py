"""Access tokens: one at a time for all threads, renewed before they end, dropped when Graph won't take them."""

from __future__ import annotations

import re
from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING, Any

import requests

from ecosmig_publish.destinations.sharepoint.faults import SignInError
from ecosmig_publish.destinations.sharepoint.graph.broken import decide_broken
from ecosmig_publish.destinations.sharepoint.graph.calls import Kind
from ecosmig_publish.destinations.sharepoint.graph.status import AGAIN
from ecosmig_publish.destinations.sharepoint.redaction import lower_fault
from ecosmig_publish.destinations.sharepoint.sign_in.busy import EntraBusy
from ecosmig_publish.destinations.sharepoint.sign_in.causes import UNSENDABLE, named_fault, sign_in_error
from ecosmig_publish.destinations.sharepoint.sign_in.roles import roles_in
from ecosmig_publish.destinations.sharepoint.waiting import Passing
from ecosmig_publish.errors import DestinationBusyError

if TYPE_CHECKING:
    from ecosmig_publish.destinations.sharepoint.sign_in.identity import Identity

Acquire = Callable[[], "dict[str, Any] | None"]
"""Returns a token, from msal's cache where it has one, or Entra's refusal."""


_SENDABLE = re.compile(r"[\x21-\x7e]{1,65536}")
"""What a header can carry: a line break in it would begin another header."""


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
        # No variable keeps a library's error: it may know the request with its signed assertion.
        fault: Exception
        try:
            acquire = acquire or self._open_app()
            given: object = acquire()
            answer = _checked(given)
        except EntraBusy as busy_error:
            raise Passing(
                DestinationBusyError(f"sign-in: {busy_error} ({self._identity.authority})", hint=AGAIN),
                unclear=False,
                wait_seconds=busy_error.wait_seconds,
            ) from None
        except (requests.RequestException, OSError) as error:
            fault = self._broken(error)
        except SignInError:
            raise
        except Exception as error:
            named = named_fault(error, self._identity)
            if named is error:
                raise
            fault = named
        else:
            self._acquire = acquire if "access_token" in answer else None
            return answer
        raise fault

    def _broken(self, error: Exception) -> Exception:
        """Return what an exchange means that brought no answer."""
        decision = decide_broken(error, Kind.GET)
        fault = decision.error(f"sign-in: {decision.says} ({self._identity.authority})", hint=decision.hint)
        fault.__cause__ = lower_fault(error)
        return Passing(fault, unclear=False) if isinstance(fault, DestinationBusyError) else fault


def _checked(given: object) -> dict[str, Any]:
    """Return what was answered; without its token where that is none that can be sent."""
    answer = given if isinstance(given, dict) else {}
    token = answer.get("access_token", "-")
    return answer if isinstance(token, str) and _SENDABLE.fullmatch(token) else {"error": UNSENDABLE}
