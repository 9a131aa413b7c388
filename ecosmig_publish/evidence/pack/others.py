"""What a supplier's pack must not hold: another recipient's signifier or name, wherever somebody wrote it down."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ecosmig_publish.evidence.pack.scope import Scope
    from ecosmig_publish.ledger import Act, FolderEntry

WITHHELD = "(withheld: it names another recipient)"
OF_ALL = "(withheld: it is about all recipients)"
_SHORTEST_NAME = 4
"""A shorter party name is too likely a part of some word."""
_SHAPED = re.compile(r"(?<![A-Za-z0-9])(?=[A-Z]*[0-9])(?=[0-9]*[A-Z])[A-Z0-9]{6}(?![A-Za-z0-9])")
"""Whatever looks like a signifier, in what a person typed: it may be of a party that this ledger never heard of."""
_TYPED = ("reason", "detail")


class Others:
    """Knows everybody but the suppliers that a pack is for; nobody where it is for all."""

    def __init__(self, scope: Scope, recipients: Iterable[str], folders: Mapping[str, FolderEntry]) -> None:
        words: set[str] = set()
        own = {name.casefold() for signifier in folders if scope.has(signifier) for name in _names(folders[signifier])}
        for signifier in recipients:
            if not scope.has(signifier):
                words.add(signifier)
                names = _names(folders[signifier]) if signifier in folders else ()
                words.update(name for name in names if len(name) >= _SHORTEST_NAME and name.casefold() not in own)
        text = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
        self._scope = scope
        self._pattern = re.compile(rf"(?<![A-Za-z0-9])(?:{text})(?![A-Za-z0-9])", re.IGNORECASE) if words else None

    def are_named_by(self, act: Act, content: Mapping[str, Any]) -> bool:
        """Whether an act names one of them, in whichever of its fields."""
        text = f"{act.subject} {act.content} {act.identity} {act.host}"
        return self._are_known_in(text) or any(self.are_typed_in(content.get(key)) for key in _TYPED)

    def are_typed_in(self, text: str | None) -> bool:
        """Whether what somebody wrote names one of them, or what looks like the signifier of one."""
        if text is None or self._scope.suppliers is None:
            return False
        return self._are_known_in(text) or any(not self._scope.has(word) for word in _SHAPED.findall(text))

    def without(self, text: str | None) -> str | None:
        """Return what somebody wrote, or that it is withheld."""
        return WITHHELD if self.are_typed_in(text) else text

    def _are_known_in(self, text: str) -> bool:
        return self._pattern is not None and self._pattern.search(text) is not None


def _names(entry: FolderEntry) -> tuple[str, str]:
    return entry.name, entry.party_name
