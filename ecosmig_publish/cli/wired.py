"""From an invocation to the wiring that its configuration asks for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from ecosmig_publish.settings import load_settings
from ecosmig_publish.wiring import Wiring

if TYPE_CHECKING:
    from ecosmig_publish.cli.invocation import Invocation


def wired(invocation: Invocation) -> Wiring:
    """Load the configuration and return its wiring. Raises `ConfigurationError`."""
    return Wiring(load_settings(invocation.config, os.environ, Path.cwd()))
