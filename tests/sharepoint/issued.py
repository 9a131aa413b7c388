"""What has been issued and waits: made once, copied for each trial, so that a trial is the publishing alone."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from tests.installation import at
from tests.sharepoint.installation import SharePointInstallation
from tests.workflows.made import HOUR, MONDAY, START, A, B, attempt, failed, source

if TYPE_CHECKING:
    from pathlib import Path

    from ecosmig_publish.sandbox import Sandbox
    from tests.destinations.sharepoint.driven import DrivenTime

PARTIES = {A: "Able", B: "Baker & Co"}
FIRST = at("2024-03-04T06:00:00")
"""Monday 06:00."""


class Issued:
    """Two parties; of 001, 002 and 005 one file each waits, six in all."""

    def __init__(self, home: Path, sandbox: Sandbox, driven: DrivenTime) -> None:
        self._home = home
        self._sandbox = sandbox
        self._driven = driven
        self._copies = 0
        data = source()
        data.migration_attempts += [
            attempt(1, 1, MONDAY - 9 * HOUR),
            attempt(2, 2, MONDAY - 8 * HOUR),
            failed(3, 1, MONDAY + HOUR),
            failed(4, 2, MONDAY + HOUR),
        ]
        data.write_parquet(home / "data")
        self._installation(home / "first").issue(FIRST)

    def waiting(self, home: Path) -> SharePointInstallation:
        """Return an installation of its own in which everything issued waits, its recipients onboarded."""
        self._copies += 1
        target = home / f"copy {self._copies}"
        shutil.copytree(self._home / "first", target)
        made = self._installation(target)
        made.onboard_all()
        return made

    def before_its_first_run(self, home: Path) -> SharePointInstallation:
        """Return an installation of its own for which nothing was issued yet, its recipients onboarded."""
        made = self._installation(home)
        made.onboard_all()
        return made

    def _installation(self, home: Path) -> SharePointInstallation:
        source_url = f"parquet:{self._home / 'data'}"
        return SharePointInstallation(home, self._sandbox, self._driven, START, source_url, PARTIES)
