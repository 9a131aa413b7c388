"""The configuration of interface.md: TOML and environment, parsed once, frozen afterwards."""

from ecosmig_publish.settings.loading import load_settings
from ecosmig_publish.settings.model import Settings

__all__ = ["Settings", "load_settings"]
