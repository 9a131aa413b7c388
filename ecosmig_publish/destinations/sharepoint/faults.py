"""What SharePoint can refuse, as errors of this program.

DestinationError
├── SignInError              Entra gives no token
├── RightsError              signed in, and not allowed to do this
├── LibraryError             site, library or one of the two folders can't be found
├── QuotaError               no room
├── RefusedError             the service takes a request for wrong
└── DestinationBusyError
    └── LockedItemError      somebody has the item open or checked out
"""

from __future__ import annotations

from ecosmig_publish.errors import DestinationBusyError, DestinationError


class SignInError(DestinationError):
    """Entra gives no token; the message names the cause."""


class RightsError(DestinationError):
    """The identity is known, and may not do this."""


class LibraryError(DestinationError):
    """The site, the library, the root folder or the staging folder isn't there."""


class QuotaError(DestinationError):
    """The site has no room."""


class RefusedError(DestinationError):
    """The service takes a request for wrong, or answers what makes no sense."""


class LockedItemError(DestinationBusyError):
    """Somebody has the item open or checked out."""


class LowerFault(Exception):  # noqa: N818 - it is a cause, never raised by itself
    """The words of a library's error without its secrets; stands as the cause in its place.

    Libraries put whole addresses into their errors, and an upload address lets anybody write who knows it.
    """
