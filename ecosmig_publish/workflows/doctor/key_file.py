"""The file that signs in: how long its certificate is good, and who else can read its private key."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from ecosmig_publish.destinations.sharepoint.sign_in.key_file import read_key_file
from ecosmig_publish.errors import EcosmigError
from ecosmig_publish.workflows.doctor.checks import failed, good, warning

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from ecosmig_publish.workflows.doctor.checks import Check

SOON_DAYS = 30
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def check_key_file(name: str, path: Path, now: datetime) -> Iterator[Check]:
    """Say how long a certificate is still good, and whether others can read its private key."""
    try:
        keys = read_key_file(path, now)
        mode = stat.S_IMODE(path.stat().st_mode)
    except EcosmigError as error:
        yield failed(name, error)
        return
    days = (keys.expires_at - now).days
    says = f"{path}: the certificate is good for {days:,} more days, until {keys.expires_at:%Y-%m-%d}"
    if days < SOON_DAYS:
        yield warning(name, says, "Make a new one and register it with the app in Entra before that day.")
    else:
        yield good(name, says)
    if mode & _OTHERS:
        says = f"{path}: other users of this machine can get at the private key (mode {mode:04o})"
        yield warning(f"{name} file", says, f"chmod 600 {path}")
