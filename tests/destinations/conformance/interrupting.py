"""A publisher that is killed: whole or not at all, and nothing that anybody could list."""

from __future__ import annotations

import random
from itertools import product
from typing import TYPE_CHECKING

from tests.destinations.conformance.bench import Bench, listed, onboarded, read, sample
from tests.destinations.conformance.placing import place

if TYPE_CHECKING:
    from pathlib import Path

SIZES = (0, 1000, (4 << 20) + 7)


class TestInterruptions:
    """See `PublishingDestination.place` and `.sweep`."""

    def test_killed_anywhere_a_file_is_listed_whole_or_not_at_all(self, bench: Bench, tmp_path: Path) -> None:
        folder = onboarded(bench)
        for moment, size in product(bench.moments, SIZES):
            file = sample(tmp_path, random.Random(size).randbytes(size), f"{moment}-{size}.csv")
            bench.interrupt(moment, folder, file)
            whole = (file.fingerprint.size, file.fingerprint.quick_xor_hash)
            assert listed(bench.publisher(), folder).get(file.name, whole) == whole
            place(bench.publisher(), folder, file)
            assert listed(bench.publisher(), folder)[file.name] == whole
            assert read(bench.publisher(), folder, file.name) == file.data
        assert len(listed(bench.publisher(), folder)) == len(bench.moments) * len(SIZES)

    def test_leftovers_are_neither_listed_nor_in_the_way(self, bench: Bench, tmp_path: Path) -> None:
        folder = onboarded(bench)
        files = [sample(tmp_path, moment.encode(), f"{moment}.csv") for moment in bench.moments]
        for moment, file in zip(bench.moments, files, strict=True):
            bench.interrupt(moment, folder, file)
            assert set(listed(bench.publisher(), folder)) <= {file.name for file in files}
        for file in files:
            place(bench.publisher(), folder, file)
        assert set(listed(bench.publisher(), folder)) == {file.name for file in files}

    def test_a_sweep_takes_leftovers_away_and_nothing_else(self, bench: Bench, tmp_path: Path) -> None:
        folder = onboarded(bench)
        bench.put(folder, "notes.txt", b"somebody's")
        bench.put(folder, ".hidden", b"somebody's")
        place(bench.publisher(), folder, sample(tmp_path, b"00,1\r\n"))
        before = bench.standing(folder)
        for moment in bench.moments:
            file = sample(tmp_path, moment.encode(), f"{moment}.csv")
            bench.interrupt(moment, folder, file)
        after = bench.standing(folder)
        bench.publisher().sweep(folder)
        assert bench.leftovers(folder) == 0
        assert bench.standing(folder) == after
        assert before.items() <= after.items()

    def test_a_sweep_may_be_repeated(self, bench: Bench) -> None:
        folder = onboarded(bench)
        for _ in range(2):
            bench.publisher().sweep(folder)
        assert bench.standing(folder) == {}
