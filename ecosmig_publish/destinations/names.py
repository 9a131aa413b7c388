"""A recipient's folder name: `<signifier> <party name>`, cleaned of what SharePoint refuses (EMRR Appendix B)."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ecosmig_publish.emrr.terms import Signifier

MAX_LENGTH = 128
"""In code points; SharePoint's whole path has 400, and report names follow."""

_REFUSED = re.compile(r'["*:<>?/\\|]')
_BLANKS = re.compile(r"\s+")


def folder_name(signifier: Signifier, party_name: str) -> str:
    """Return the name of a recipient's folder; the signifier alone where nothing of the party's name is left."""
    normal = unicodedata.normalize("NFC", party_name)
    visible = "".join(" " if unicodedata.category(mark) in ("Cc", "Cs", "Zl", "Zp") else mark for mark in normal)
    cleaned = _BLANKS.sub(" ", _REFUSED.sub(" ", visible)).replace("_vti_", "vti").replace("~$", "")
    return f"{signifier} {cleaned.strip()}"[:MAX_LENGTH].rstrip(" .~")


def carries_signifier(name: str, signifier: Signifier) -> bool:
    """Whether a folder's name still says whose it is."""
    return name == signifier or name.startswith(f"{signifier} ")
