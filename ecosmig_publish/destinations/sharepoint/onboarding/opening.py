"""Puts the parts of onboarding together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.destinations.sharepoint.onboarding.onboarding import SharePointOnboarding
from ecosmig_publish.destinations.sharepoint.onboarding.people import Directory
from ecosmig_publish.destinations.sharepoint.opening import open_library

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ecosmig_publish.destinations.sharepoint.onboarding.people import Recipients
    from ecosmig_publish.destinations.sharepoint.opening import Connection, Timing
    from ecosmig_publish.emrr.terms import Signifier


def open_onboarding(
    connection: Connection,
    recipients: Mapping[Signifier, Recipients],
    *,
    owners: Iterable[str] = (),
    invite_guests: bool = False,
    timing: Timing | None = None,
) -> SharePointOnboarding:
    """Return an administrator's view of the library; nothing is read or sent before the first need.

    `owners` are the owner's own that may read recipients' folders; the app that signs in is one of them.
    """
    library = open_library(connection, timing)
    own = frozenset({*owners, connection.identity.client_id} - {""})
    return SharePointOnboarding(library, Directory(library.graph), recipients, own, invite_guests=invite_guests)
