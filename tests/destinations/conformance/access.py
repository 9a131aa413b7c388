"""`check_folder`: is it there, and still its recipient's; and no foreign exception crosses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.errors import DestinationError, FolderAccessError, FolderMissingError
from tests.destinations.conformance.bench import Bench, onboarded, read, sample
from tests.destinations.conformance.placing import place

if TYPE_CHECKING:
    from pathlib import Path


class TestFolderChecks:
    """See `PublishingDestination.check_folder`, and the class's word on errors."""

    def test_a_folder_that_was_onboarded_is_fit(self, bench: Bench) -> None:
        folder = onboarded(bench)
        bench.publisher().check_folder(folder)
        assert bench.standing(folder) == {}

    def test_a_folder_that_is_gone_is_missing(self, bench: Bench) -> None:
        folder = onboarded(bench)
        bench.remove_folder(folder)
        with pytest.raises(FolderMissingError) as refused:
            bench.publisher().check_folder(folder)
        assert refused.value.hint

    @pytest.mark.parametrize("name", ["PXX002 Alpha Energy Ltd", "Alpha Energy Ltd", "PXX0010 Alpha", "xPXX001"])
    def test_a_folder_renamed_away_from_its_recipient_is_refused(self, bench: Bench, name: str) -> None:
        folder = onboarded(bench)
        bench.rename_folder(folder, name)
        with pytest.raises((FolderAccessError, FolderMissingError)) as refused:
            bench.publisher().check_folder(folder)
        assert refused.value.hint

    def test_errors_of_what_lies_below_arrive_as_our_own(self, bench: Bench, tmp_path: Path) -> None:
        folder, file = onboarded(bench), sample(tmp_path, b"00,1\r\n")
        for breakage in bench.breakages:
            with bench.broken(breakage), pytest.raises((DestinationError, FolderAccessError)) as refused:
                place(bench.publisher(), folder, file)
            assert refused.value.hint, breakage
            assert bench.standing(folder) == {}, breakage

    def test_what_failed_can_be_repeated_from_its_start(self, bench: Bench, tmp_path: Path) -> None:
        folder, file = onboarded(bench), sample(tmp_path, b"00,1\r\n")
        publisher = bench.publisher()
        for breakage in bench.breakages:
            with bench.broken(breakage), pytest.raises((DestinationError, FolderAccessError)):
                place(publisher, folder, file)
        place(publisher, folder, file)
        assert read(publisher, folder, file.name) == file.data
