"""Where issued files go: two protocols, so that a publisher can't grant access, and what implements them."""

from ecosmig_publish.destinations.protocol import (
    Folder,
    FolderAccess,
    FolderOnboarding,
    Listed,
    Offboarded,
    Onboarded,
    OnboardingPlan,
    Placed,
    PublishingDestination,
)

__all__ = [
    "Folder",
    "FolderAccess",
    "FolderOnboarding",
    "Listed",
    "Offboarded",
    "Onboarded",
    "OnboardingPlan",
    "Placed",
    "PublishingDestination",
]
