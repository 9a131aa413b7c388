"""To place: stage under a name of its own, compare, move in one step."""

from ecosmig_publish.destinations.sharepoint.placing.placing import Placing

__all__ = ["Placing"]
