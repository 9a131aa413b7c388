"""Names: what SharePoint takes, and what staged files are called."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING

from ecosmig_publish.destinations.sharepoint.faults import RefusedError

if TYPE_CHECKING:
    from ecosmig_publish.emrr.terms import Signifier

_REFUSED = re.compile(r'["*:<>?/\\|\x00-\x1f\x7f]')
_STAGED = re.compile(r"([A-Z0-9]{6})-([0-9a-f]{12})-[0-9a-f]{16}\.part", re.ASCII)


def checked_name(name: str) -> str:
    """Return a name that SharePoint keeps as it is. Raises `RefusedError`, as for one that leads elsewhere."""
    if not name or _REFUSED.search(name) or name != name.strip(" ") or name.endswith(".") or not name.isprintable():
        raise RefusedError(f"{name!r} is no name of a file in SharePoint", hint="This is no name that ecosmig made.")
    return name


def new_run() -> str:
    """Return what marks the staged files of one publisher."""
    return uuid.uuid4().hex[:12]


def staged_name(signifier: Signifier, run: str) -> str:
    """Return a name that no attempt had before: whatever became of those, it is not in the way."""
    return f"{signifier}-{run}-{uuid.uuid4().hex[:16]}.part"


def is_leftover(name: str, signifier: Signifier, run: str) -> bool:
    """Whether another run staged this for a recipient."""
    match = _STAGED.fullmatch(name)
    return match is not None and match[1] == signifier and match[2] != run
