"""SharePoint's rules for the names of files and folders."""

from __future__ import annotations

from ecosmig_publish.sandbox.graph.refusals import Refusal, bad_request

FORBIDDEN = frozenset('"*:<>?/\\|')
LONGEST_NAME = 255
LONGEST_PATH = 400
_RESERVED = frozenset(
    [".lock", "con", "prn", "aux", "nul", "desktop.ini", "_vti_"]
    + [f"com{number}" for number in range(10)]
    + [f"lpt{number}" for number in range(10)]
)
_LOWEST_PRINTABLE = 32


def refuse_bad_name(name: str, *, folder: bool, in_root: bool) -> None:
    """Raise a `Refusal` for a name that SharePoint doesn't take."""
    reason = fault_of(name, folder=folder, in_root=in_root)
    if reason:
        raise bad_request(f"The provided name is not valid: {reason}.", inner="invalidPath")


def fault_of(name: str, *, folder: bool, in_root: bool) -> str:
    """Return what is wrong with a name, `""` for nothing."""
    lowered = name.lower()
    rules = (
        (not name, "it is empty"),
        (any(letter in FORBIDDEN for letter in name), 'it has one of " * : < > ? / \\ |'),
        (any(ord(letter) < _LOWEST_PRINTABLE for letter in name), "it has a control character"),
        (name != name.strip(), "it begins or ends with a blank"),
        (name.endswith("."), "it ends with a full stop"),
        (lowered in _RESERVED or lowered.partition(".")[0] in _RESERVED - {".lock"}, "it is reserved"),
        ("_vti_" in lowered, "it has _vti_"),
        (name.startswith("~$"), "it begins with ~$"),
        (folder and name.startswith("~"), "a folder's name begins with ~"),
        (in_root and lowered == "forms", "forms is reserved in a library's root"),
        (len(name) > LONGEST_NAME, f"it is longer than {LONGEST_NAME} characters"),
    )
    return next((reason for broken, reason in rules if broken), "")


def refuse_long_path(path: str) -> None:
    """Raise a `Refusal` for a path, decoded and from the site on, that is too long."""
    if len(path) > LONGEST_PATH:
        message = f"The path exceeds the maximum length of {LONGEST_PATH} characters."
        raise Refusal(400, "invalidRequest", message, inner="pathIsTooLong")


def numbered(name: str, number: int) -> str:
    """Return the name that `rename` tries: `report 1.csv`."""
    stem, dot, extension = name.rpartition(".")
    return f"{stem} {number}.{extension}" if dot and stem else f"{name} {number}"
