"""Proofs by doing: sign-in, what publishing relies on, and rights that needn't be."""

from ecosmig_publish.destinations.sharepoint.probing.signing import SignedIn, service_time, sign_in
from ecosmig_publish.destinations.sharepoint.probing.trial import StagingTrial

__all__ = ["SignedIn", "StagingTrial", "service_time", "sign_in"]
