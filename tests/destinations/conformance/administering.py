"""`plan`, `access`, `offboard` and `remove_file`: what would be done, who can read, taking it away again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.emrr.terms import Signifier
from ecosmig_publish.errors import FolderAccessError, FolderMissingError, NameTakenError
from tests.destinations.conformance.bench import NAME, Bench, onboarded, sample
from tests.destinations.conformance.placing import place

if TYPE_CHECKING:
    from pathlib import Path

A = Signifier("PXX001")
PARTY = "Alpha Energy Ltd"


class TestAdministering:
    """See `FolderOnboarding.plan`, `.access`, `.offboard` and `.remove_file`."""

    def test_a_plan_for_a_new_recipient_names_the_folder_and_makes_none(self, bench: Bench) -> None:
        plan = bench.administrator().plan(A, PARTY, None)
        assert (plan.act, plan.folder_id, plan.name, plan.changes) == ("make", None, "PXX001 Alpha Energy Ltd", True)
        assert bench.administrator().folders() == []

    def test_a_plan_for_a_folder_that_stands_says_which_is_taken_over(self, bench: Bench) -> None:
        bench.make_folder("PXX001 Something else")
        plan = bench.administrator().plan(A, PARTY, None)
        assert (plan.act, plan.name) == ("take over", "PXX001 Something else")
        assert plan.folder_id == bench.administrator().onboard(A, PARTY, None).folder.id

    def test_a_plan_for_a_pinned_folder_changes_nothing_whatever_the_party_is_called(self, bench: Bench) -> None:
        folder = onboarded(bench)
        plan = bench.administrator().plan(A, "Another name", folder)
        assert (plan.act, plan.folder_id, plan.name, plan.changes) == ("keep", folder.id, folder.name, False)

    def test_a_plan_raises_what_onboarding_would(self, bench: Bench) -> None:
        folder = onboarded(bench)
        bench.make_folder("PXX001 Another")
        with pytest.raises(FolderAccessError):
            bench.administrator().plan(A, PARTY, None)
        bench.remove_folder(folder)
        with pytest.raises(FolderMissingError):
            bench.administrator().plan(A, PARTY, folder)

    def test_a_folder_that_was_just_onboarded_has_readers_and_no_finding(self, bench: Bench) -> None:
        seen = bench.administrator().access(onboarded(bench))
        assert (seen.is_exact, seen.findings) == (True, ())
        assert seen.readers

    def test_nobody_can_be_seen_to_read_a_folder_that_is_gone(self, bench: Bench) -> None:
        folder = onboarded(bench)
        bench.remove_folder(folder)
        for act in (bench.administrator().access, bench.administrator().offboard):
            with pytest.raises(FolderMissingError) as refused:
                act(folder)
            assert refused.value.hint

    def test_offboarding_keeps_folder_and_files_may_be_repeated_and_proves_nothing(
        self, bench: Bench, tmp_path: Path
    ) -> None:
        folder = onboarded(bench)
        place(bench.publisher(), folder, sample(tmp_path, b"00,1\r\n"))
        for _ in range(2):
            assert not bench.administrator().offboard(folder).access.is_exact
        assert bench.standing(folder) == {NAME: b"00,1\r\n"}
        assert bench.administrator().folders() == [folder.name]

    def test_what_was_issued_is_removed_and_nothing_else(self, bench: Bench, tmp_path: Path) -> None:
        folder, file = onboarded(bench), sample(tmp_path, b"00,1\r\n")
        placed = place(bench.publisher(), folder, file)
        bench.put(folder, "notes.txt", b"somebody's")
        assert bench.administrator().remove_file(folder, NAME, placed.item_id, file.fingerprint)
        assert bench.standing(folder) == {"notes.txt": b"somebody's"}

    def test_what_is_gone_stays_gone_however_often_it_is_removed(self, bench: Bench, tmp_path: Path) -> None:
        folder, file = onboarded(bench), sample(tmp_path, b"00,1\r\n")
        item_id = place(bench.publisher(), folder, file).item_id
        assert bench.administrator().remove_file(folder, NAME, item_id, file.fingerprint)
        assert not bench.administrator().remove_file(folder, NAME, item_id, file.fingerprint)
        assert not bench.administrator().remove_file(folder, NAME, None, file.fingerprint)

    def test_a_file_whose_id_nobody_knows_is_removed_by_its_name_and_bytes(self, bench: Bench, tmp_path: Path) -> None:
        folder, file = onboarded(bench), sample(tmp_path, b"00,1\r\n")
        bench.put(folder, NAME, file.data)
        assert bench.administrator().remove_file(folder, NAME, None, file.fingerprint)
        assert bench.standing(folder) == {}

    @pytest.mark.parametrize("other", [b"00,2\r\n", b"", b"00,1\r\n99\r\n"], ids=["same-size", "shorter", "longer"])
    def test_other_bytes_of_the_name_stay(self, bench: Bench, tmp_path: Path, other: bytes) -> None:
        folder, file = onboarded(bench), sample(tmp_path, b"00,1\r\n")
        bench.put(folder, NAME, other)
        with pytest.raises(NameTakenError) as refused:
            bench.administrator().remove_file(folder, NAME, None, file.fingerprint)
        assert refused.value.hint
        assert bench.standing(folder) == {NAME: other}

    def test_a_file_of_another_id_stays(self, bench: Bench, tmp_path: Path) -> None:
        folder, file = onboarded(bench), sample(tmp_path, b"00,1\r\n")
        other = place(bench.publisher(), folder, sample(tmp_path, b"00,1\r\n", "another.csv")).item_id
        place(bench.publisher(), folder, file)
        with pytest.raises(NameTakenError):
            bench.administrator().remove_file(folder, NAME, other, file.fingerprint)
        assert bench.standing(folder) == {NAME: file.data, "another.csv": file.data}

    def test_a_folder_of_that_name_stays(self, bench: Bench, tmp_path: Path) -> None:
        folder, file = onboarded(bench), sample(tmp_path, b"00,1\r\n")
        bench.put_folder(folder, NAME)
        with pytest.raises(NameTakenError):
            bench.administrator().remove_file(folder, NAME, None, file.fingerprint)
        bench.put(folder, "witness.txt", b"")
        assert set(bench.standing(folder)) == {"witness.txt"}
