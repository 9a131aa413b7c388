"""The document library: where it is, what stands in it."""

from ecosmig_publish.destinations.sharepoint.library.items import Item, parse_item
from ecosmig_publish.destinations.sharepoint.library.library import Library, LibraryAddress

__all__ = ["Item", "Library", "LibraryAddress", "parse_item"]
