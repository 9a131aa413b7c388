"""On SharePoint too, what a long run issued is published while it issues the rest; one look at its end proves all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.errors import ExitStatus
from ecosmig_publish.workflows.publishing_ahead import Ahead
from ecosmig_publish.workflows.running import Watcher
from tests.sharepoint.issued import FIRST

if TYPE_CHECKING:
    from pathlib import Path

    from ecosmig_publish.ledger import WaitingFile
    from tests.sharepoint.issued import Issued

pytestmark = [pytest.mark.enable_socket, pytest.mark.usefixtures("sandbox")]


class Counting(Watcher):
    def __init__(self) -> None:
        self.waves = 0
        self.names: list[str] = []

    def files_go_ahead(self, files: int, forecast: str) -> None:  # noqa: ARG002 - what is counted is waves
        self.waves += 1

    def file_placed(self, file: WaitingFile) -> None:
        self.names.append(file.name)


def test_each_file_is_put_once_and_all_are_proved(issued: Issued, tmp_path: Path) -> None:
    made, counting = issued.before_its_first_run(tmp_path), Counting()
    outcome = made.run(FIRST, ahead=Ahead(rows=1, files=1), watcher=counting)
    assert counting.waves
    assert (outcome.exit_status, outcome.doubts, outcome.waiting) == (ExitStatus.OK, [], [])
    assert sorted(counting.names) == sorted(file.name for file in outcome.proved)
    assert (len(outcome.proved), outcome.published.placed, outcome.published.adopted) == (6, 6, 0)
    published = made.published()
    assert sorted(name.partition("/")[2] for name in published) == sorted(counting.names)
    assert made.verify(deep=True).discrepancies == ()
    assert (made.staged(), made.findings()) == ([], [])
