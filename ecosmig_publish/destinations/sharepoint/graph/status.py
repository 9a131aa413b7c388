"""The status table: from (status, Graph's code, kind of call) to what is done about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from http import HTTPStatus
from typing import TYPE_CHECKING

from ecosmig_publish.destinations.sharepoint.faults import (
    LockedItemError,
    QuotaError,
    RefusedError,
    RightsError,
)
from ecosmig_publish.errors import (
    ChangesLostError,
    DestinationBusyError,
    DestinationError,
    NameTakenError,
    NotFoundError,
)

if TYPE_CHECKING:
    from ecosmig_publish.destinations.sharepoint.graph.calls import Answer, Kind


class Action(Enum):
    """What follows from an answer."""

    TAKE = "it is done"
    SIGN_IN = "get a new token, once, then try again"
    REPEAT = "nothing was done: wait and try again"
    LOOK = "perhaps it was done: wait, look, and only then try again"
    STOP = "trying again changes nothing"


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do, and the error that it becomes where that is no way out."""

    action: Action
    error: type[DestinationError] = DestinationError
    says: str = ""
    hint: str = ""

    @property
    def waits(self) -> bool:
        """Whether the same call may succeed later."""
        return self.action in (Action.REPEAT, Action.LOOK)

    def for_kind(self, kind: Kind) -> Decision:
        """Return the decision for a kind of call: where nothing is changed there is nothing to look for."""
        if self.action is Action.LOOK and not kind.changes:
            return replace(self, action=Action.REPEAT)
        return self


AGAIN = "Running again goes on from there."
_DONE = Decision(Action.TAKE)
_THROTTLED = Decision(
    Action.REPEAT,
    DestinationBusyError,
    "SharePoint asks for fewer requests",
    "Run again later, or set destination.sharepoint.resource_units_per_minute.",
)
_UNCLEAR = Decision(Action.LOOK, DestinationBusyError, "SharePoint is out of order or busy", AGAIN)
NO_ANSWER = Decision(Action.LOOK, DestinationBusyError, "the answer is cut short, or is not Graph's", AGAIN)
_MALFORMED = Decision(
    Action.STOP,
    RefusedError,
    "Graph takes the request for wrong",
    "Check destination.sharepoint.graph_url and site_url; else tell the makers of ecosmig, with the request's id.",
)

_TABLE: dict[int, Decision] = {
    400: _MALFORMED,
    401: Decision(
        Action.SIGN_IN,
        RightsError,
        "Graph doesn't take the token that Entra gave",
        "Check that destination.sharepoint.graph_url and authority belong to the same cloud: ecosmig doctor",
    ),
    403: Decision(
        Action.STOP,
        RightsError,
        "this identity may not do that",
        "Grant the app Sites.Selected with consent, and the role write on this one site: ecosmig doctor",
    ),
    404: Decision(Action.STOP, NotFoundError, "nothing is there", "See what stands where: ecosmig verify"),
    405: _MALFORMED,
    406: _MALFORMED,
    408: _UNCLEAR,
    409: Decision(Action.STOP, NameTakenError, "the name is taken", "See what stands where: ecosmig verify"),
    410: Decision(
        Action.STOP,
        ChangesLostError,
        "the service no longer knows what changed since then",
        "List the folders in full: ecosmig verify",
    ),
    411: _MALFORMED,
    # No precondition is sent by us: somebody changed the same item at that moment.
    412: Decision(Action.REPEAT, DestinationBusyError, "the item was changed at the same moment", AGAIN),
    413: Decision(Action.STOP, RefusedError, "the request is too big", "Lower rows_per_file."),
    415: _MALFORMED,
    416: Decision(Action.STOP, RefusedError, "the service has these bytes already, or lacks the ones before", AGAIN),
    423: Decision(
        Action.REPEAT,
        LockedItemError,
        "somebody has the item open or checked out",
        "See in SharePoint who has it checked out or open; turn required check-out off for this library.",
    ),
    429: _THROTTLED,
    500: _UNCLEAR,
    501: Decision(Action.STOP, RefusedError, "the service doesn't know this call", _MALFORMED.hint),
    502: _UNCLEAR,
    503: _UNCLEAR,
    504: _UNCLEAR,
    507: Decision(
        Action.STOP,
        QuotaError,
        "the site has no room left",
        "Give the site more storage, or empty its recycle bin; running again goes on from there.",
    ),
    509: _THROTTLED,
}
_BY_CODE: dict[tuple[int, str], Decision] = {
    (400, "nameContainsInvalidCharacters"): Decision(
        Action.STOP, RefusedError, "SharePoint doesn't take this name", "This is no name that ecosmig made."
    ),
    (400, "pathIsTooLong"): Decision(
        Action.STOP, RefusedError, "the whole path is longer than SharePoint's 400", "Shorten root_folder."
    ),
    (403, "quotaLimitReached"): Decision(Action.STOP, QuotaError, "the site has no room left", "Make room there."),
    (403, "activityLimitReached"): _THROTTLED,
    (403, "Authorization_RequestDenied"): Decision(
        Action.STOP,
        RightsError,
        "this identity may not look at people or groups",
        "Consent to User.Read.All and GroupMember.Read.All for the administrator's app.",
    ),
    # A write that loses to another one at the same moment, and a name that is only reserved: both pass.
    (409, "resourceModified"): _TABLE[412],
    (409, "editConflict"): _TABLE[412],
    (409, "resourceLocked"): _TABLE[423],
}
_LOCKED_CODES = ("resourceLocked", "lockMismatch", "resourceCheckedOut")


def decide(status: int, code: str, kind: Kind) -> Decision:
    """Return what follows from an answer; `code` is one code or several joined by `/`."""
    return _lookup(status, code).for_kind(kind)


def decide_answer(answer: Answer, kind: Kind) -> Decision:
    """Return what follows from an answer; one that says to be good and says nothing else is none."""
    says_nothing = not answer.document and answer.response is None and answer.status != HTTPStatus.NO_CONTENT
    if 200 <= answer.status < 300 and says_nothing:  # noqa: PLR2004 - HTTP's own classes
        return NO_ANSWER.for_kind(kind)
    return decide(answer.status, answer.code, kind)


def _lookup(status: int, code: str) -> Decision:
    if 200 <= status < 300:  # noqa: PLR2004 - HTTP's own classes
        return _DONE
    for part in code.split("/"):
        if (status, part) in _BY_CODE:
            return _BY_CODE[status, part]
    if status == 403 and any(part in _LOCKED_CODES for part in code.split("/")):  # noqa: PLR2004
        return _TABLE[423]
    if status in _TABLE:
        return _TABLE[status]
    return _UNCLEAR if status >= 500 else _MALFORMED  # noqa: PLR2004
