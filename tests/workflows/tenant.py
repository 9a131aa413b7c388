"""An installation that publishes to the stand-in: two recipients, one by its users, one by its group."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.terms import Signifier
from ecosmig_publish.settings import load_settings
from ecosmig_publish.wiring import Wiring

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from ecosmig_publish.destinations import FolderOnboarding
    from ecosmig_publish.ledger import Ledger
    from ecosmig_publish.sandbox import Sandbox
    from tests.destinations.sharepoint.driven import DrivenTime

A, B = Signifier("PXX001"), Signifier("PXX002")
PARTIES = {A: "Able Energy", B: "Baker & Co"}
ROOT = "ECoS Migration Reports"


@dataclass(slots=True)
class Tenant:
    """`home` holds the configuration; each `wiring` reads it anew, as each command does."""

    home: Path
    sandbox: Sandbox
    time: DrivenTime
    suppliers: str = ""
    head: str = 'start = 2024-03-04T05:00:00Z\n[source]\nurl = "parquet:data"\n'
    configuration: str = ""
    later: timedelta = timedelta(0)
    """So much further on is the product's clock; the stand-in's, and that which signs, stay the machine's."""

    def write(self) -> Path:
        """Write the configuration as it stands now."""
        path = self.home / "ecosmig.toml"
        blocks = self.configuration or self.sandbox.configuration()
        path.write_text(f"{self.head}{blocks}\n{self.suppliers}", encoding="utf-8")
        return path

    def now(self) -> datetime:
        return self.time.now() + self.later

    def wiring(self) -> Wiring:
        timing = replace(self.time.timing(), now=self.now)
        return Wiring(load_settings(self.write(), {}, self.home), now=self.now, sharepoint_timing=timing)

    @contextmanager
    def open(self) -> Iterator[tuple[Ledger, FolderOnboarding]]:
        """Yield the ledger and an administrator, as one command has them."""
        wiring = self.wiring()
        with wiring.ledger() as ledger:
            yield ledger, wiring.onboarding()

    def path(self, name: str) -> str:
        return f"{ROOT}/{name}"

    def folders(self) -> dict[str, str]:
        """Return the id of every folder that stands where recipients' folders do, by name."""
        root = self.sandbox.library().item(ROOT)
        items = self.sandbox._tenant.items
        return {} if root is None else {item.name: item.id for item in items.children(root.id, limit=100)}


def named(signifier: str, *, users: str = "", group: str = "") -> str:
    """Return a block of [[suppliers]]."""
    who = f'group = "{group}"' if group else f'users = ["{users}"]'
    return f'[[suppliers]]\nsignifier = "{signifier}"\n{who}\n'
