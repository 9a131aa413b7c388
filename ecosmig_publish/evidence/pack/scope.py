"""Whom a pack is for, and which slots it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime, timedelta

    from ecosmig_publish.emrr.terms import Signifier
    from ecosmig_publish.ledger.exporting import DueSpan


@dataclass(frozen=True, slots=True)
class Scope:
    """Slots of a span, for some suppliers or (None) for all: the auditor's own pack.

    `start` is the installation's: slots up to it are nobody's here. What is proved later than `deadline` after its slot
    is late. With `files` the bytes of the files are in the pack too.
    """

    suppliers: tuple[Signifier, ...] | None
    span: DueSpan
    deadline: timedelta
    start: datetime
    files: bool = False

    def has(self, recipient: object) -> bool:
        """Whether a recipient's matters are this pack's."""
        return self.suppliers is None or recipient in self.suppliers

    def has_all(self, recipients: Collection[str] | None) -> bool:
        """Whether something about these recipients alone may be shown; None: it is about everybody."""
        if self.suppliers is None:
            return True
        return bool(recipients) and set(recipients or ()) <= set(self.suppliers)
