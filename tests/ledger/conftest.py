from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .made import opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ecosmig_publish.ledger import Ledger


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with opened(tmp_path) as ledger:
        yield ledger
