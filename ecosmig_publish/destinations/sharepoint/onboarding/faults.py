"""What stands in the way of onboarding, beside what SharePoint refuses everybody.

DestinationError
├── NoReadersError           nobody is configured for a recipient
└── UnknownPeopleError       the directory doesn't have them
"""

from __future__ import annotations

from ecosmig_publish.errors import DestinationError


class NoReadersError(DestinationError):
    """The configuration names neither users nor a group for a recipient."""


class UnknownPeopleError(DestinationError):
    """The directory has no such user or group; nothing was changed."""
