"""A wave from several workers into a tenant that throttles: hardly refused, hardly slower than possible."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tests.destinations.conformance.bench import sample
from tests.destinations.sharepoint.stand import RECIPIENTS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.destinations.sharepoint.stand import Stand

UNITS, FILES, WORKERS = 200, 20, 4


@pytest.mark.parametrize("budget", [UNITS, 0], ids=["budget-set", "as-the-service-says"])
def test_a_wave_keeps_to_the_tenants_limit(stand: Stand, tmp_path: Path, budget: int) -> None:
    stand.sandbox.resource_units_per_minute = UNITS
    stand.sandbox._throttle._usage.clear()
    publisher = stand.publisher(units=budget)
    folders = [stand.recipient(signifier, "Party") for signifier in RECIPIENTS]
    file = sample(tmp_path, b"00,1\r\n")
    began_at = stand.driven.clock()

    def publish(number: int) -> None:
        publisher.check_folder(folders[number])
        for file_number in range(FILES):
            publisher.place(folders[number], f"{file_number}.csv", file.path, file.fingerprint)

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(publish, range(len(folders))))
    took = stand.driven.clock() - began_at
    requests = stand.sandbox.requests()
    units = sum(request.resource_units for request in requests if request.status != 429)
    throttled = sum(request.status == 429 for request in requests)
    # 5 folders of 5 units, 100 files of 4, and the run's own: a little over two minutes of the limit.
    assert units >= 5 * 5 + 100 * 4
    assert throttled <= WORKERS
    assert not any(request.too_early for request in requests)
    assert took <= 1.3 * units / UNITS * 60
    assert all(len(stand.standing(folder)) == FILES for folder in folders)
