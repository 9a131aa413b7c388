"""What amends an issue is killed at a request, done again, and leaves what it would have left undisturbed.

`python -m tests.sharepoint --amendments` kills it before and after each request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sharepoint.crashes import AMENDMENTS, amended, try_amending

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sharepoint.issued import Issued

pytestmark = [pytest.mark.enable_socket, pytest.mark.usefixtures("sandbox")]


@pytest.mark.parametrize("act", AMENDMENTS)
def test_killed_after_its_last_write_and_done_again_it_leaves_each_name_once(
    act: str, issued: Issued, tmp_path: Path
) -> None:
    undisturbed, _ = amended(issued, tmp_path, act)
    writes = [at for at, it in enumerate(undisturbed.asked(), 1) if it.method in ("PATCH", "PUT", "DELETE")]
    tried = try_amending(issued, tmp_path, act, "after", writes[-1], undisturbed.published())
    assert tried.wrong == ()
