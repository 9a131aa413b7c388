"""Puts the parts of the SharePoint destination together."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ecosmig_publish import __version__
from ecosmig_publish.destinations.sharepoint.destination import SharePointDestination
from ecosmig_publish.destinations.sharepoint.graph.client import Graph, GraphParts
from ecosmig_publish.destinations.sharepoint.graph.session import CONNECT_SECONDS, READ_SECONDS, HttpsSession
from ecosmig_publish.destinations.sharepoint.guard import Guard
from ecosmig_publish.destinations.sharepoint.library import Library, LibraryAddress
from ecosmig_publish.destinations.sharepoint.sign_in import Identity, entra_tokens
from ecosmig_publish.destinations.sharepoint.waiting import Pace, Patience, Waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ecosmig_publish.destinations.protocol import Folder
    from ecosmig_publish.destinations.sharepoint.access import Readers
    from ecosmig_publish.emrr.terms import Signifier


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Timing:
    """Where time comes from, and how long is waited: `clock` is monotonic, `timeout` for connecting and reading."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], datetime] = _utc_now
    patience: Patience = field(default_factory=Patience)
    timeout: tuple[float, float] = (CONNECT_SECONDS, READ_SECONDS)


@dataclass(frozen=True, slots=True)
class Connection:
    """Who signs in, where, and how fast. `ca_bundle` is a PEM file, `""` for the usual authorities."""

    identity: Identity
    address: LibraryAddress
    ca_bundle: str = ""
    resource_units_per_minute: int = 0


def open_library(connection: Connection, timing: Timing | None = None) -> Library:
    """Return the library; nothing is read or sent before the first need."""
    timing = timing or Timing()
    pace = Pace(connection.resource_units_per_minute, clock=timing.clock, sleep=timing.sleep)

    def make_session(*, machine_local: bool) -> HttpsSession:
        return HttpsSession(
            connection.ca_bundle,
            timeout=timing.timeout,
            user_agent=user_agent(connection.address.site_url),
            machine_local=machine_local,
        )

    graph = Graph(
        GraphParts(
            root=connection.identity.graph_url,
            tokens=entra_tokens(connection.identity, make_session, timing.now),
            pace=pace,
            waiting=Waiting(pace, patience=timing.patience, clock=timing.clock, sleep=timing.sleep),
            make_session=make_session,
            now=timing.now,
        )
    )
    return Library(graph, connection.address, clock=timing.clock)


def open_publisher(
    connection: Connection,
    readers: Mapping[Signifier, Readers],
    *,
    proved_at: Callable[[Folder], datetime | None] = lambda _folder: None,
    proof_max_age: timedelta = timedelta(hours=24),
    timing: Timing | None = None,
) -> SharePointDestination:
    """Return the destination of a publisher; nothing is read or sent before the first need.

    `readers` says for each recipient who should read its folder. The app itself is one of the owner's own.
    """
    timing = timing or Timing()
    library = open_library(connection, timing)
    itself = frozenset({connection.identity.client_id} - {""})
    expected = {signifier: replace(wanted, owners=wanted.owners | itself) for signifier, wanted in readers.items()}
    guard = Guard(library, expected, proved_at=proved_at, proof_max_age=proof_max_age, now=timing.now)
    return SharePointDestination(library, guard)


def user_agent(site_url: str) -> str:
    """Return what SharePoint knows our traffic by: no vendor's, the organisation's, this program's."""
    organisation = (urlsplit(site_url).hostname or "unknown").partition(".")[0]
    return f"NONISV|{organisation}|ecosmig/{__version__}"
