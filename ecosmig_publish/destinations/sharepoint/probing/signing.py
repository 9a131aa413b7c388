"""One sign-in by itself, and the service's clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecosmig_publish.destinations.sharepoint.graph.session import HttpsSession
from ecosmig_publish.destinations.sharepoint.opening import Timing
from ecosmig_publish.destinations.sharepoint.sign_in import entra_tokens, roles_in
from ecosmig_publish.destinations.sharepoint.waiting import Pace, Waiting
from ecosmig_publish.destinations.sharepoint.waiting.server_words import parse_date

if TYPE_CHECKING:
    from datetime import datetime

    from ecosmig_publish.destinations.sharepoint.library import Library
    from ecosmig_publish.destinations.sharepoint.opening import Connection


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A token came; `roles` are the application permissions in it, None where it can't be read."""

    roles: frozenset[str] | None

    @property
    def excess(self) -> tuple[str, ...]:
        """Permissions that hold beyond the one site: each ends in `.All`."""
        return tuple(sorted(role for role in self.roles or () if role.endswith(".All")))


def sign_in(connection: Connection, timing: Timing | None = None) -> SignedIn:
    """Get a token and forget it. Raises `SignInError` and other `DestinationError`s."""
    timing = timing or Timing()
    pace = Pace(0, clock=timing.clock, sleep=timing.sleep)
    waiting = Waiting(pace, patience=timing.patience, clock=timing.clock, sleep=timing.sleep)

    def make_session(*, machine_local: bool) -> HttpsSession:
        return HttpsSession(connection.ca_bundle, timeout=timing.timeout, machine_local=machine_local)

    tokens = entra_tokens(connection.identity, make_session, timing.now)
    return SignedIn(roles_in(waiting.run(lambda _unclear: tokens.token())))


def service_time(library: Library) -> datetime | None:
    """Return what the service's clock shows in its `Date` header, None where it says nothing."""
    answer = library.graph.send(library.get(f"{library.drive_path()}/root", "the service's clock"))
    return parse_date(answer.headers.get("Date") or "")
