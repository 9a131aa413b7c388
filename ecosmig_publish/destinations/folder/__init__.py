"""The destination on disk: `<path>/<recipient's folder>/<file>`."""

from ecosmig_publish.destinations.folder.destination import FolderOnDisk

__all__ = ["FolderOnDisk"]
