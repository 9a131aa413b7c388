"""A recipient's folder name: `<signifier> <party name>`, cleaned of what SharePoint and disks refuse."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.terms import parse_signifier
from ecosmig_publish.errors import InvalidFileError

if TYPE_CHECKING:
    from ecosmig_publish.emrr.terms import Signifier

MAX_LENGTH = 128
"""In code points; SharePoint's whole path has 400, and report names follow."""
MAX_BYTES = 255
"""In UTF-8; what a disk keeps of one name."""

_REFUSED = re.compile(r'["*:<>?/\\|]')
_BLANKS = re.compile(r"\s+")
_RESERVED = re.compile(r"_vti_|~\$", re.IGNORECASE)
_BLANK_CATEGORIES = ("Cc", "Cs", "Zl", "Zp")
_JOINERS = "\u200c\u200d"
"""Some scripts, and emoji, can't be written without these."""


def folder_name(signifier: Signifier, party_name: str) -> str:
    """Return the name of a recipient's folder; the signifier alone where nothing of the party's name is left.

    What can't be seen is left out: a name that reads in another order than it is written could pass for another.
    """
    cleaned = _REFUSED.sub(" ", "".join(map(_visible, party_name)))
    while _RESERVED.search(cleaned):
        # What is taken out may leave the same behind, from what stood around it.
        cleaned = _RESERVED.sub("", cleaned)
    spaced = _BLANKS.sub(" ", cleaned).strip()
    name = unicodedata.normalize("NFC", f"{signifier} {spaced}")[:MAX_LENGTH]
    return name.encode()[:MAX_BYTES].decode(errors="ignore").rstrip(f" .~{_JOINERS}")


def carries_signifier(name: str, signifier: Signifier) -> bool:
    """Whether a folder's name still says whose it is."""
    return name == signifier or name.startswith(f"{signifier} ")


def signifier_in(name: str) -> Signifier | None:
    """Return whose folder a name says it is, as `PXX999 Example Energy` does; None where it says nobody's."""
    try:
        return parse_signifier(name.partition(" ")[0])
    except InvalidFileError:
        return None


def _visible(mark: str) -> str:
    category = unicodedata.category(mark)
    if category in _BLANK_CATEGORIES:
        return " "
    return "" if category == "Cf" and mark not in _JOINERS else mark
