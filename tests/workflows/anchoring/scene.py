"""An installation whose chain was anchored three times, and the hands that could be laid on it."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ecosmig_publish.destinations.folder import FolderOnDisk
from ecosmig_publish.ledger.chain import START, hash_of
from ecosmig_publish.outbox import Outbox
from ecosmig_publish.workflows.anchoring.anchoring import anchor_chain
from ecosmig_publish.workflows.anchoring.checking import AuditedChain, audit_absence, audit_chain
from tests.ledger.made import NOON, Place
from tests.ledger.whole import meddle, whole_ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from ecosmig_publish.ledger import Act, Ledger

FIELDS = ("id", "at", "identity", "host", "version", "kind", "subject", "content", "previous_hash", "hash")


@dataclass(frozen=True, slots=True)
class ElsewherePlace(Place):
    """A ledger of the same content that another host made."""

    def opened(
        self, version: str = "0.1.0", *, host: str = "host-2", now: Callable[[], datetime] = lambda: NOON
    ) -> Ledger:
        return Place(self.base, self.url).opened(version, host=host, now=now)


@dataclass(frozen=True, slots=True)
class Scene:
    """`state` and `published` below `home`; `old` holds the ledger as it was at its first anchor."""

    home: Path

    @property
    def anchors(self) -> Path:
        return self.home / "published/_anchors"

    @property
    def names(self) -> list[str]:
        """The names of the anchors, the oldest first."""
        return sorted(path.name for path in self.anchors.iterdir())

    def open(self) -> Ledger:
        return Place(self.home).opened()

    def anchor(self) -> None:
        """Leave an anchor, as a run does."""
        with self.open() as ledger:
            end = anchor_chain(ledger, FolderOnDisk(self.home / "published"))
        assert end is not None
        assert end.is_anchored

    def go_on(self, *kinds: str) -> None:
        """Record findings: acts with a row each."""
        with self.open() as ledger:
            for kind in kinds:
                ledger.record_finding(kind, {"name": kind})

    def audit(self, *, head: str | None = None, with_anchors: bool = True) -> AuditedChain:
        """Do what `ecosmig audit check` does."""
        anchors = FolderOnDisk(self.home / "published").anchors if with_anchors else None
        outbox = Outbox(self.home / "state/outbox")
        if not (self.home / "state/ecosmig.db").exists():
            return audit_absence(outbox, anchors)
        with self.open() as ledger:
            return audit_chain(ledger, outbox, anchors, head=head)

    def acts(self) -> list[Act]:
        with self.open() as ledger:
            return list(ledger.acts())

    def sql(self, *statements: str) -> None:
        """Change rows past everything that guards them."""
        meddle(self.home, *statements)

    def put_old_copy_back(self) -> None:
        shutil.rmtree(self.home / "state")
        shutil.copytree(self.home / "old", self.home / "state")

    def rewrite(self, first: int, **changed: Any) -> None:
        """Change an act, and seal it and all after it anew, so that the chain is whole."""
        acts = self.acts()
        previous = acts[first - 2].hash if first > 1 else START
        with closing(sqlite3.connect(self.home / "state/ecosmig.db", isolation_level=None)) as connection:
            # Each hash stands once, so the new ones come after all the old ones have gone.
            connection.execute("DELETE FROM acts WHERE id >= ?", (first,))
            for act in acts[first - 1 :]:
                edited = replace(act, previous_hash=previous, **(changed if act.id == first else {}))
                sealed = replace(edited, hash=hash_of(edited))
                previous = sealed.hash
                _insert(connection, sealed)


def _insert(connection: sqlite3.Connection, act: Act) -> None:
    values: Sequence[object] = [
        f"{act.at:%Y-%m-%dT%H:%M:%S}.{act.at.microsecond:06d}Z" if name == "at" else getattr(act, name)
        for name in FIELDS
    ]
    marks = ", ".join("?" for _ in FIELDS)
    connection.execute(f"INSERT INTO acts ({', '.join(FIELDS)}) VALUES ({marks})", values)  # noqa: S608 - constants


def anchored(home: Path, place: type[Place] = Place) -> Scene:
    """Return an installation of its own: a whole ledger, anchored, gone on with twice, anchored each time."""
    scene = Scene(home)
    (home / "published/PAA001 Party").mkdir(parents=True)
    (home / "state/outbox").mkdir(parents=True, mode=0o700)
    (home / "state").chmod(0o700)
    whole_ledger(place(home), has_receipts=False, has_readings=False).close()
    scene.anchor()
    shutil.copytree(home / "state", home / "old")
    for kinds in (("one", "two", "three"), ("four", "five")):
        scene.go_on(*kinds)
        scene.anchor()
    return scene
