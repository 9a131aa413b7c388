"""`listing`: what proves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.errors import FolderMissingError
from tests.destinations.conformance.bench import NAME, Bench, listed, onboarded, sample
from tests.destinations.conformance.placing import place

if TYPE_CHECKING:
    from pathlib import Path

MANY = 230
"""More than one page of SharePoint's."""


class TestListing:
    """See `PublishingDestination.listing`."""

    def test_an_empty_folder_lists_nothing(self, bench: Bench) -> None:
        assert listed(bench.publisher(), onboarded(bench)) == {}

    def test_a_file_is_listed_with_its_size_and_hash(self, bench: Bench, tmp_path: Path) -> None:
        folder = onboarded(bench)
        files = [sample(tmp_path, data, f"{number}.csv") for number, data in enumerate([b"", b"a", b"ab" * 9000])]
        for file in files:
            place(bench.publisher(), folder, file)
        assert listed(bench.publisher(), folder) == {
            file.name: (file.fingerprint.size, file.fingerprint.quick_xor_hash) for file in files
        }

    def test_a_listed_file_has_the_id_that_placing_it_gave(self, bench: Bench, tmp_path: Path) -> None:
        folder = onboarded(bench)
        placed = place(bench.publisher(), folder, sample(tmp_path, b"10\r\n"))
        assert [item.id for item in bench.publisher().listing(folder)] == [placed.item_id]

    def test_what_somebody_else_put_there_is_listed_as_it_is(self, bench: Bench, tmp_path: Path) -> None:
        folder, file = onboarded(bench), sample(tmp_path, b"10,stranger\r\n")
        bench.put(folder, "notes.txt", file.data)
        assert listed(bench.publisher(), folder) == {"notes.txt": (13, file.fingerprint.quick_xor_hash)}

    def test_bytes_changed_since_are_listed_with_their_own_hash(self, bench: Bench, tmp_path: Path) -> None:
        folder, file = onboarded(bench), sample(tmp_path, b"00,1\r\n")
        place(bench.publisher(), folder, file)
        other = sample(tmp_path, b"00,2\r\n")
        bench.put(folder, NAME, other.data)
        assert listed(bench.publisher(), folder) == {NAME: (6, other.fingerprint.quick_xor_hash)}

    def test_the_destinations_own_instants_and_version_are_of_these_bytes(self, bench: Bench, tmp_path: Path) -> None:
        folder = onboarded(bench)
        place(bench.publisher(), folder, sample(tmp_path, b"00,1\r\n"))
        (placed,) = bench.publisher().listing(folder)
        bench.put(folder, NAME, b"00,2\r\n")
        (altered,) = bench.publisher().listing(folder)
        for item in (placed, altered):
            # A disk tells when a file was changed, and neither when it was made nor of which version it is.
            assert (item.created_at is None) == (item.version is None)
            assert item.modified_at is not None
            assert item.created_at is None or item.created_at <= item.modified_at
        assert placed.version is None or placed.version != altered.version

    def test_a_long_listing_is_complete(self, bench: Bench) -> None:
        folder = onboarded(bench)
        names = {f"{number:03}.csv" for number in range(MANY)}
        for name in names:
            bench.put(folder, name, name.encode())
        assert set(listed(bench.publisher(), folder)) == names

    def test_a_folder_in_it_is_taken_for_no_file(self, bench: Bench) -> None:
        folder = onboarded(bench)
        bench.put_folder(folder, "inner")
        assert listed(bench.publisher(), folder).get("inner", (0, None))[1] is None

    def test_a_folder_that_is_gone_has_no_listing(self, bench: Bench) -> None:
        folder = onboarded(bench)
        bench.remove_folder(folder)
        with pytest.raises(FolderMissingError):
            listed(bench.publisher(), folder)
