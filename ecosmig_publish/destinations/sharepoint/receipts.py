"""Who read a file, by Graph's analytics of the item: counts, and names only where the site shows its viewers.

What it says is hours behind, counts this program's own reading, keeps of each reader the latest time and 25 readers at
the most. Many tenants and clouds have none of it, or don't tell an application.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from ecosmig_publish.destinations.receipts import Receipt, Seen
from ecosmig_publish.destinations.sharepoint.graph.calls import Call, Kind
from ecosmig_publish.destinations.sharepoint.library.items import parse_instant, part
from ecosmig_publish.destinations.sharepoint.library.paging import collection
from ecosmig_publish.destinations.sharepoint.onboarding.people import Directory, Recipients

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from ecosmig_publish.destinations.protocol import Folder
    from ecosmig_publish.destinations.sharepoint.access import Readers
    from ecosmig_publish.destinations.sharepoint.library import Library
    from ecosmig_publish.emrr.terms import Signifier

_EXPANDED = "$expand=activities($filter=access%20ne%20null)"
_REFUSALS = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.NOT_IMPLEMENTED,
    }
)
_NO_DIRECTORY = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})
_NOT_THEIRS = "opened by nobody of whom it is known here that they are the recipient's"
_BY_WHOM = "opened, and not said by whom: what this program itself read (verify --deep) is counted too"
_MOST = (1 << 31) - 1
"""Graph's own type for counts."""
_HALF_DONE = ("wasThrottled", "resultsPending", "notSupported", "missingDataBeforeDateTime")


class Receipts:
    """Asks for files' readers. `readers_of` says whose a folder is; the members of a group are looked up once."""

    def __init__(self, library: Library, readers_of: Callable[[Signifier], Readers]) -> None:
        self._library = library
        self._readers_of = readers_of
        self._directory = Directory(library.graph)
        self._members: dict[str, frozenset[str]] = {}

    def of(self, folder: Folder, name: str, item_id: str) -> Receipt:
        """See `GivesReceipts.receipt`."""
        about = f"{folder.name}/{name}"
        path = f"{self._library.item_path(item_id)}/analytics/allTime?{_EXPANDED}"
        call = Call(Kind.ANALYTICS, path, about, expected=_REFUSALS | {HTTPStatus.NOT_FOUND})
        answer = self._library.graph.send(call)
        if answer.status in _REFUSALS:
            why = f"the service doesn't tell this application ({answer.status} {answer.code})"
            return Receipt(Seen.UNKNOWN, why=why, refused=True)
        if answer.status == HTTPStatus.NOT_FOUND:
            return Receipt(Seen.UNKNOWN, why="the service keeps no count of this file")
        readers = self._readers_of(folder.signifier)
        return read_stats(answer.document, lambda: self._names_of(readers), _folded(readers.owners))

    def _names_of(self, readers: Readers) -> frozenset[str]:
        """Return what the recipient's people are known by; of a group only where the directory may be asked."""
        if not readers.is_group:
            return _folded(readers.recipients)
        names: set[str] = set()
        for group in readers.recipients:
            if group not in self._members:
                self._members[group] = self._members_of(group)
            names |= self._members[group]
        return frozenset(names)

    def _members_of(self, group: str) -> frozenset[str]:
        found, _ = self._directory.principals(Recipients(group=group))
        names: set[str] = set()
        for principal in found:
            path = f"/groups/{principal.id}/transitiveMembers?$select=id,mail,userPrincipalName"
            call = Call(Kind.FIND_PRINCIPAL, path, group, expected=_NO_DIRECTORY)
            first = self._library.graph.send(call) if principal.id else None
            if first is not None and first.status not in _NO_DIRECTORY:
                members = collection(self._library.graph, call, first)
                names.update(*(_names(member) for member in members))
        return frozenset(names)


@dataclass(frozen=True, slots=True)
class _Access:
    """One reader whom the service shows: what it is known by, empty where that isn't said, and when it read last."""

    names: frozenset[str]
    at: datetime | None


def read_stats(
    document: Mapping[str, Any], recipients: Callable[[], frozenset[str]], owners: frozenset[str]
) -> Receipt:
    """Return what an `itemActivityStat` says. `owners` names this application and the owner's own, folded to one case.

    `recipients` names the recipient's people; it is asked only where the service names anybody. Zeros while the service
    is still counting are no zeros.
    """
    access = part(document, "access")
    opened, people = _count(access.get("actionCount")), _count(access.get("actorCount"))
    readers = list(_readers(document))
    wanted = recipients() if any(reader.names for reader in readers) else frozenset()
    mine = [reader for reader in readers if reader.names & wanted]
    if mine:
        return Receipt(Seen.YES, max((it.at for it in mine if it.at is not None), default=None), opened, people)
    others = [reader for reader in readers if not reader.names & owners]
    unshown = max(people or 0, 1 if opened else 0) - len(readers)
    if others or unshown > 0:
        named = unshown <= 0 and all(reader.names for reader in others)
        why = _NOT_THEIRS if named else _BY_WHOM
        return Receipt(Seen.OPENED, None, opened, people, why)
    if opened is None or any(part(document, "incompleteData").get(name) for name in _HALF_DONE):
        return Receipt(Seen.UNKNOWN, None, opened, people, "the service hasn't counted yet")
    return Receipt(Seen.NOT_YET, None, opened, people)


def _readers(document: Mapping[str, Any]) -> Iterator[_Access]:
    activities = document.get("activities")
    for activity in activities if isinstance(activities, list) else ():
        if isinstance(activity, dict) and activity.get("access") is not None:
            actor = part(activity, "actor")
            names = frozenset().union(*(_names(part(actor, kind)) for kind in ("user", "application")))
            yield _Access(names, parse_instant(activity.get("activityDateTime")))


def _names(identity: Mapping[str, Any]) -> frozenset[str]:
    return _folded(str(identity.get(name) or "") for name in ("id", "email", "mail", "userPrincipalName"))


def _folded(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.strip().casefold() for name in names if name.strip())


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST else None
