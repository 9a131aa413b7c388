"""An administrator's side of the library: recipients' folders, and who can read them."""

from ecosmig_publish.destinations.sharepoint.onboarding.onboarding import SharePointOnboarding
from ecosmig_publish.destinations.sharepoint.onboarding.opening import open_onboarding
from ecosmig_publish.destinations.sharepoint.onboarding.people import Recipients

__all__ = ["Recipients", "SharePointOnboarding", "open_onboarding"]
