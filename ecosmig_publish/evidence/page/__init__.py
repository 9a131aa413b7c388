"""One self-contained HTML page: recipients by slots, trends, what needs attention first. No MPxN, no Device ID."""

from ecosmig_publish.evidence.page.attention import Concern, concerns_of
from ecosmig_publish.evidence.page.picture import Picture, picture_of

__all__ = ["Concern", "Picture", "concerns_of", "picture_of"]
