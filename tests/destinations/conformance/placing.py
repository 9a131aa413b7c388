"""`place` and `read`: whole, create-only, adopting what is equal."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.errors import DestinationError, FolderMissingError, NameTakenError, NotFoundError
from ecosmig_publish.fingerprint import Fingerprint
from tests.destinations.conformance.bench import NAME, Bench, Sample, listed, onboarded, read, sample

if TYPE_CHECKING:
    from pathlib import Path

    from ecosmig_publish.destinations import Folder, Placed, PublishingDestination

FIVE_MEBIBYTES = 5 << 20


def place(publisher: PublishingDestination, folder: Folder, file: Sample) -> Placed:
    return publisher.place(folder, file.name, file.path, file.fingerprint)


class TestPlacing:
    """See `PublishingDestination.place` and `.read`."""

    @pytest.mark.parametrize(
        "data",
        [
            pytest.param(b"", id="empty"),
            pytest.param(b"00\r\n", id="four-bytes"),
            pytest.param(random.Random(5).randbytes(FIVE_MEBIBYTES), id="five-mebibytes"),
            pytest.param(random.Random(7).randbytes((4 << 20) + 1), id="one-byte-over-four-mebibytes"),
        ],
    )
    def test_a_placed_file_stands_under_its_name_byte_for_byte(self, bench: Bench, tmp_path: Path, data: bytes) -> None:
        folder, file = onboarded(bench), sample(tmp_path, data)
        placed = place(bench.publisher(), folder, file)
        assert not placed.adopted
        assert bench.standing(folder) == {NAME: data}
        assert read(bench.publisher(), folder, NAME) == data

    @pytest.mark.parametrize("mark", [*"&#%+ '", "%20", "é", "(1)", ","])
    def test_a_name_may_hold_any_mark_that_is_no_separator(self, bench: Bench, tmp_path: Path, mark: str) -> None:
        folder, file = onboarded(bench), sample(tmp_path, b"10\r\n", f"a{mark}b.csv")
        place(bench.publisher(), folder, file)
        assert bench.standing(folder) == {f"a{mark}b.csv": b"10\r\n"}
        assert listed(bench.publisher(), folder) == {file.name: (4, file.fingerprint.quick_xor_hash)}
        assert read(bench.publisher(), folder, file.name) == b"10\r\n"

    def test_the_same_file_again_is_adopted(self, bench: Bench, tmp_path: Path) -> None:
        folder, file = onboarded(bench), sample(tmp_path, b"00,1\r\n")
        first = place(bench.publisher(), folder, file)
        again = place(bench.publisher(), folder, file)
        assert again.adopted
        assert again.item_id == first.item_id
        assert bench.standing(folder) == {NAME: b"00,1\r\n"}

    def test_an_equal_file_that_somebody_else_put_there_is_adopted(self, bench: Bench, tmp_path: Path) -> None:
        folder, file = onboarded(bench), sample(tmp_path, b"00,1\r\n")
        bench.put(folder, NAME, b"00,1\r\n")
        assert place(bench.publisher(), folder, file).adopted

    @pytest.mark.parametrize("other", [b"00,2\r\n", b"", b"00,1\r\n99\r\n"], ids=["same-size", "shorter", "longer"])
    def test_a_name_with_other_bytes_is_taken_and_they_stay(self, bench: Bench, tmp_path: Path, other: bytes) -> None:
        folder, file = onboarded(bench), sample(tmp_path, b"00,1\r\n")
        bench.put(folder, NAME, other)
        with pytest.raises(NameTakenError):
            place(bench.publisher(), folder, file)
        assert bench.standing(folder) == {NAME: other}

    def test_a_name_that_a_folder_has_is_taken(self, bench: Bench, tmp_path: Path) -> None:
        folder, file = onboarded(bench), sample(tmp_path, b"00,1\r\n")
        bench.put_folder(folder, NAME)
        with pytest.raises(NameTakenError):
            place(bench.publisher(), folder, file)

    def test_nothing_is_placed_where_the_bytes_are_not_the_fingerprint(self, bench: Bench, tmp_path: Path) -> None:
        folder, file = onboarded(bench), sample(tmp_path, b"00,1\r\n")
        other = sample(tmp_path, b"00,2\r\n")
        with pytest.raises(DestinationError):
            bench.publisher().place(folder, NAME, other.path, file.fingerprint)
        assert bench.standing(folder) == {}
        assert not place(bench.publisher(), folder, file).adopted

    def test_a_content_that_is_gone_is_no_missing_folder(self, bench: Bench, tmp_path: Path) -> None:
        folder = onboarded(bench)
        absent = Fingerprint(1, "0" * 64, "A" * 27 + "=")
        with pytest.raises(DestinationError) as refused:
            bench.publisher().place(folder, NAME, tmp_path / "gone.csv", absent)
        assert not isinstance(refused.value, FolderMissingError | NotFoundError)
        assert bench.standing(folder) == {}

    def test_a_folder_that_is_gone_gets_nothing_and_is_not_made(self, bench: Bench, tmp_path: Path) -> None:
        folder, file = onboarded(bench), sample(tmp_path, b"00,1\r\n")
        bench.remove_folder(folder)
        with pytest.raises(FolderMissingError):
            place(bench.publisher(), folder, file)
        assert folder.name not in bench.administrator().folders()

    def test_files_of_two_recipients_don_t_meet(self, bench: Bench, tmp_path: Path) -> None:
        one, two = onboarded(bench), onboarded(bench, "PXX002", "Beta Power")
        place(bench.publisher(), one, sample(tmp_path, b"one"))
        place(bench.publisher(), two, sample(tmp_path, b"two"))
        assert (bench.standing(one), bench.standing(two)) == ({NAME: b"one"}, {NAME: b"two"})

    def test_what_is_not_there_can_t_be_read(self, bench: Bench) -> None:
        folder = onboarded(bench)
        with pytest.raises(NotFoundError):
            read(bench.publisher(), folder, NAME)

    @pytest.mark.parametrize("name", ["", ".", "..", "../escaped.csv", "a/b.csv", "/etc/escaped.csv", "a\0b.csv"])
    def test_a_name_that_leads_elsewhere_is_refused(self, bench: Bench, tmp_path: Path, name: str) -> None:
        folder, file = onboarded(bench), sample(tmp_path, b"00,1\r\n", name)
        with pytest.raises(DestinationError):
            place(bench.publisher(), folder, file)
        with pytest.raises(DestinationError):
            read(bench.publisher(), folder, name)
        assert bench.standing(folder) == {}
