"""Who can read a folder on a disk: its user, its group, everybody, as its mode says."""

from __future__ import annotations

import grp
import pwd
import stat
from typing import TYPE_CHECKING

from ecosmig_publish.destinations.folder.faults import destination_faults
from ecosmig_publish.destinations.protocol import FolderAccess

if TYPE_CHECKING:
    from pathlib import Path

_READS = stat.S_IRGRP | stat.S_IXGRP


def disk_access(path: Path) -> FolderAccess:
    """Return who can read the folder. On a disk that is the owner's own act, so nothing of it is a finding."""
    with destination_faults(path):
        status = path.stat()
    readers = [f"user {_user(status.st_uid)}"]
    if status.st_mode & _READS == _READS:
        readers.append(f"group {_group(status.st_gid)}")
    remarks = ["whoever can read the disk can read it"]
    if status.st_mode & stat.S_IROTH:
        readers.append("everybody on this machine")
        remarks.append("everybody on this machine can read it: chmod o-rwx")
    return FolderAccess(tuple(readers), tuple(readers), ("whom the disk lets",), (), tuple(remarks), is_exact=True)


def _user(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def _group(number: int) -> str:
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)
