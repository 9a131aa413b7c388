"""Where a publisher keeps its ledger: a file of SQLite's, or a database of a PostgreSQL server. It can be lost."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from tests.workflows.recovery.made import copy_ledger, lose_ledger, put_back

if TYPE_CHECKING:
    from pathlib import Path

    from tests.postgresql import Server


class LedgerPlace(Protocol):
    """A ledger that can be copied between two runs, lost, and put back old."""

    @property
    def url(self) -> str:
        """What the configuration says of it."""
        ...

    def copy(self) -> None:
        """Keep a copy, in the place of an earlier one."""
        ...

    def put_back(self) -> bool:
        """Put the copy in the ledger's place; return whether there was one."""
        ...

    def lose(self) -> None:
        """Take the ledger away."""
        ...


@dataclass(slots=True)
class InFile:
    """In the installation at `home`."""

    home: Path

    @property
    def url(self) -> str:
        return "sqlite:state/ecosmig.db"

    def copy(self) -> None:
        shutil.rmtree(self.home / "kept", ignore_errors=True)
        copy_ledger(self.home, self.home / "kept")

    def put_back(self) -> bool:
        if not (self.home / "kept").exists():
            return False
        put_back(self.home, self.home / "kept")
        return True

    def lose(self) -> None:
        lose_ledger(self.home)


class OnServer:
    """In a database of its own."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._database = server.fresh_database()
        self._kept: str | None = None

    @property
    def url(self) -> str:
        return self._server.url(self._database)

    def copy(self) -> None:
        self._kept = self._server.fresh_database(like=self._database)

    def put_back(self) -> bool:
        if self._kept is None:
            return False
        self._database = self._server.fresh_database(like=self._kept)
        return True

    def lose(self) -> None:
        self._database = self._server.fresh_database()
