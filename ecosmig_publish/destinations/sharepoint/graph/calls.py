"""What is asked of Graph, and what it answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from requests import Response

READING, CHANGING = False, True


class Kind(Enum):
    """What a call does: its words for messages, its cost in resource units, whether it changes anything.

    Costs are SharePoint's: 1 for a single item, a delta with token and a download; 2 for listing, making, changing and
    removing; 5 for permissions.
    """

    FIND_SITE = ("find the site", 1, READING)
    FIND_LIBRARY = ("list the site's libraries", 2, READING)
    GET = ("look at an item", 1, READING)
    LIST = ("list a folder", 2, READING)
    DELTA = ("ask what changed", 1, READING)
    ANALYTICS = ("ask who read a file", 2, READING)
    PERMISSIONS = ("see who can read a folder", 5, READING)
    DOWNLOAD = ("read a file", 1, READING)
    DELETE = ("remove a staged file", 2, READING)
    """Repeated without a look, as reading is: what is gone stays gone."""
    REMOVE = ("remove a withdrawn file", 2, READING)
    """As `DELETE`."""
    PUT = ("stage a file", 2, CHANGING)
    OPEN_SESSION = ("open an upload session", 2, CHANGING)
    FRAGMENT = ("upload a part of a file", 2, CHANGING)
    SESSION_STATUS = ("ask how far an upload got", 1, READING)
    MOVE = ("move a file into its folder", 2, CHANGING)
    MAKE_FOLDER = ("make a folder", 2, CHANGING)
    GRANT = ("grant access to a folder", 5, READING)
    """Repeated without a look, as withdrawing and inviting are: the same grant twice is one."""
    WITHDRAW = ("withdraw access to a folder", 5, READING)
    FIND_PRINCIPAL = ("look somebody up in the directory", 1, READING)
    INVITE_GUEST = ("invite a guest", 1, READING)

    def __init__(self, words: str, cost: int, changes: bool) -> None:  # noqa: FBT001 - the table above names it
        self.words = words
        self.cost = cost
        self.changes = changes


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `path` starts behind `/v1.0`; `address` stands in its place for an address that Graph gave out.

    An address is a secret and goes without our token. `expected` are statuses that the caller makes sense of itself.
    """

    kind: Kind
    path: str = ""
    about: str = ""
    method: str = "GET"
    json: Mapping[str, Any] | None = None
    data: bytes | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    expected: frozenset[int] = frozenset()
    address: str = field(default="", repr=False)
    stream: bool = False

    @property
    def words(self) -> str:
        """What is attempted, for messages."""
        return f"{self.kind.words} ({self.about})" if self.about else self.kind.words


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `document` is empty where the answer has no JSON object."""

    status: int
    document: Mapping[str, Any] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    response: Response | None = field(default=None, repr=False)
    """For a call with `stream`: whoever asked reads and closes it."""

    @property
    def code(self) -> str:
        """The more precise of Graph's error codes, `""` for none."""
        return error_code(self.document)


def error_code(document: Mapping[str, Any]) -> str:
    """Return `error.innerError.code` where there is one, else `error.code`; both joined by `/` where they differ."""
    error = document.get("error")
    if not isinstance(error, dict):
        return ""
    inner = error.get("innerError") or error.get("innererror")
    codes = [error.get("code"), inner.get("code") if isinstance(inner, dict) else None]
    return "/".join(dict.fromkeys(str(code) for code in codes if code))
