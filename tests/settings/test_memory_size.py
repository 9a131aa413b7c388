"""A size of memory means the same wherever it is used."""

from __future__ import annotations

import pytest

from ecosmig_publish.memory_size import bytes_in


@pytest.mark.parametrize(
    ("size", "expected"),
    [("512KB", 512_000), ("4.5GB", 4_500_000_000), ("1 GiB", 1_073_741_824), ("2MiB", 2_097_152), ("1TB", 10**12)],
)
def test_a_gb_has_a_thousand_mb_and_a_gib_1024_mib(size: str, expected: int) -> None:
    assert bytes_in(size) == expected
