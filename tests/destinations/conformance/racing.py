"""Several publishers at once: one name has one set of bytes, for good."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

from ecosmig_publish.errors import NameTakenError
from tests.destinations.conformance.bench import Bench, Sample, listed, onboarded, sample
from tests.destinations.conformance.placing import place

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ecosmig_publish.destinations import Folder

ROUNDS = 6
SIZE = 300_000


def race(bench: Bench, folders: Sequence[Folder], files: Sequence[Sample]) -> list[str]:
    """Return what each of the publishers came to, one for each file: `placed`, `adopted` or `taken`."""
    start = Barrier(len(files))

    def run(folder: Folder, file: Sample) -> str:
        publisher = bench.publisher()
        start.wait(timeout=30)
        try:
            return "adopted" if place(publisher, folder, file).adopted else "placed"
        except NameTakenError:
            return "taken"

    with ThreadPoolExecutor(len(files)) as pool:
        return list(pool.map(run, folders, files))


class TestRacing:
    """See `PublishingDestination`."""

    def test_of_two_publishers_of_the_same_bytes_one_places_and_the_other_adopts(
        self, bench: Bench, tmp_path: Path
    ) -> None:
        folder = onboarded(bench)
        for number in range(ROUNDS):
            twins = [sample(tmp_path, b"x" * SIZE, f"{number}.csv") for _ in range(2)]
            assert sorted(race(bench, [folder] * 2, twins)) == ["adopted", "placed"]
            assert bench.standing(folder)[f"{number}.csv"] == b"x" * SIZE

    def test_of_two_publishers_of_different_bytes_one_stands_whole_and_the_other_finds_the_name_taken(
        self, bench: Bench, tmp_path: Path
    ) -> None:
        folder = onboarded(bench)
        for number in range(ROUNDS):
            rivals = [sample(tmp_path, mark * SIZE, f"{number}.csv") for mark in (b"a", b"b")]
            outcome = race(bench, [folder] * 2, rivals)
            assert sorted(outcome) == ["placed", "taken"]
            assert bench.standing(folder)[f"{number}.csv"] == rivals[outcome.index("placed")].data

    def test_publishers_of_different_folders_don_t_disturb_each_other(self, bench: Bench, tmp_path: Path) -> None:
        folders = [onboarded(bench, f"PXX00{number}", f"Party {number}") for number in range(1, 5)]
        files = [sample(tmp_path, bytes([number]) * SIZE) for number in range(1, 5)]
        assert race(bench, folders, files) == ["placed"] * 4
        assert [bench.standing(folder) for folder in folders] == [{file.name: file.data} for file in files]
        assert all(len(listed(bench.publisher(), folder)) == 1 for folder in folders)

    def test_one_publisher_serves_several_threads(self, bench: Bench, tmp_path: Path) -> None:
        folders = [onboarded(bench, f"PXX00{number}", f"Party {number}") for number in range(1, 5)]
        publisher = bench.publisher()
        files = [sample(tmp_path, bytes([number]) * SIZE) for number in range(1, 5)]
        with ThreadPoolExecutor(4) as pool:
            placed = list(pool.map(lambda folder, file: place(publisher, folder, file), folders, files))
        assert [item.adopted for item in placed] == [False] * 4
        assert [bench.standing(folder) for folder in folders] == [{file.name: file.data} for file in files]
