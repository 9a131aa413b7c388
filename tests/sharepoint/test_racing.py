"""Two publishers that know the same ledger run at once."""

from __future__ import annotations

import hashlib
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.errors import ExitStatus
from tests.sharepoint.issued import FIRST

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sharepoint.installation import SharePointInstallation
    from tests.sharepoint.issued import Issued

pytestmark = [pytest.mark.enable_socket, pytest.mark.usefixtures("sandbox")]


@pytest.mark.parametrize("number", range(3))
def test_two_publishers_of_one_ledger_leave_one_set_of_bytes_under_each_name_and_both_are_content(
    number: int, issued: Issued, tmp_path: Path
) -> None:
    made = issued.waiting(tmp_path / str(number))
    twin = replace(made, home=shutil.copytree(made.home, made.home.with_name("twin")))
    begin = Barrier(2)

    def run(installation: SharePointInstallation) -> ExitStatus:
        begin.wait()
        return installation.run(FIRST).exit_status

    with ThreadPoolExecutor(2) as pool:
        ended = set(pool.map(run, (made, twin)))
    assert ended <= {ExitStatus.OK, ExitStatus.UNPROVED}
    expected = made.issued()
    assert made.published() == expected
    digests = {name: {hashlib.sha256(data).hexdigest()} for name, data in expected.items()}
    assert dict(made.ever_visible()) == digests
    for publisher in (made, twin):
        assert publisher.run(FIRST).exit_status == ExitStatus.OK
        assert publisher.findings() == []
    assert made.staged() == []
