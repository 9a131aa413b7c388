"""The destination in SharePoint Online, through Microsoft Graph."""

from ecosmig_publish.destinations.sharepoint.access import Readers, Verdict, compare_access
from ecosmig_publish.destinations.sharepoint.destination import SharePointDestination
from ecosmig_publish.destinations.sharepoint.library import LibraryAddress
from ecosmig_publish.destinations.sharepoint.opening import Connection, Timing, open_library, open_publisher
from ecosmig_publish.destinations.sharepoint.sign_in import Identity

__all__ = [
    "Connection",
    "Identity",
    "LibraryAddress",
    "Readers",
    "SharePointDestination",
    "Timing",
    "Verdict",
    "compare_access",
    "open_library",
    "open_publisher",
]
