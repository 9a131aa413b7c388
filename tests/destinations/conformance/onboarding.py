"""`onboard`: one folder for each recipient, whatever its party is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.emrr.terms import Signifier
from ecosmig_publish.errors import FolderAccessError, FolderMissingError
from tests.destinations.conformance.bench import NAME, Bench, listed, onboarded, sample
from tests.destinations.conformance.placing import place

if TYPE_CHECKING:
    from pathlib import Path

A, B = Signifier("PXX001"), Signifier("PXX002")

HOSTILE = {
    "climbing": "../..",
    "absolute": "/etc/passwd",
    "drive": r"C:\Windows\System32",
    "long": "Long Name " * 40,
    "long-in-bytes": "株式会社" * 100,
    "temporary": "~$Budget",
    "device": "CON",
    "device-with-extension": "LPT1.csv",
    "dots": "Dots and blanks. . .",
    "only-dots": "....",
    "vti": "a _vti_ b",
    "vti-in-vti": "_v_vti_ti_",
    "tilde-in-tilde": "~~$$x",
    "refused": 'a / b : c * d ? e " f < g > h | i',
    "escapes": "100%25 #1 & sons",
    "emoji": "Power 🔌⚡ 👨‍👩‍👧",
    "half-of-an-emoji": "a\ud83db",
    "right-to-left": "\u202egro.elpmaxe\u202c\u200f",
    "invisible": "\u200b\ufeff\u2060",
    "nul": "a\0b",
    "lines": "a\r\nb\tc",
    "blanks": "   ",
    "nothing": "",
    "decomposed": "Cafe\u0301 E\u0301nergie",
    "desktop": "desktop.ini",
    "lock": ".lock",
}


class TestOnboarding:
    """See `FolderOnboarding`."""

    def test_a_recipient_gets_a_folder_that_says_whose_it_is(self, bench: Bench) -> None:
        done = bench.administrator().onboard(A, "Alpha Energy Ltd", None)
        assert done.made
        assert done.folder.signifier == A
        assert done.folder.name == "PXX001 Alpha Energy Ltd"
        assert bench.administrator().folders() == ["PXX001 Alpha Energy Ltd"]

    def test_repeated_with_the_pin_nothing_changes(self, bench: Bench) -> None:
        folder = onboarded(bench)
        again = bench.administrator().onboard(A, "Alpha Energy Ltd", folder)
        assert (again.folder, again.made) == (folder, False)
        assert len(bench.administrator().folders()) == 1

    def test_repeated_before_the_pin_was_kept_the_folder_is_taken_over(self, bench: Bench) -> None:
        folder = onboarded(bench)
        again = bench.administrator().onboard(A, "Alpha Energy Ltd", None)
        assert (again.folder, again.made) == (folder, False)
        assert len(bench.administrator().folders()) == 1

    def test_a_changed_party_name_neither_moves_nor_doubles_a_folder(self, bench: Bench) -> None:
        folder = onboarded(bench)
        for pinned in (folder, None):
            again = bench.administrator().onboard(A, "Omega Energy plc", pinned)
            assert (again.folder, again.made) == (folder, False)
        assert bench.administrator().folders() == [folder.name]

    @pytest.mark.parametrize("name", ["PXX001", "PXX001 Something else"])
    def test_the_one_folder_of_a_signifier_that_stands_already_is_taken_over(self, bench: Bench, name: str) -> None:
        bench.make_folder(name)
        bench.make_folder("PXX0012 Another")
        bench.make_folder("PXX002 Beta")
        done = bench.administrator().onboard(A, "Alpha Energy Ltd", None)
        assert (done.folder.name, done.made) == (name, False)

    def test_of_two_folders_of_a_signifier_none_is_chosen(self, bench: Bench) -> None:
        bench.make_folder("PXX001 Alpha")
        bench.make_folder("PXX001 Alpha Energy Ltd")
        with pytest.raises(FolderAccessError) as refused:
            bench.administrator().onboard(A, "Alpha Energy Ltd", None)
        assert "PXX001" in str(refused.value)
        assert refused.value.hint

    def test_a_pinned_folder_that_is_gone_is_not_made_again(self, bench: Bench) -> None:
        folder = onboarded(bench)
        bench.remove_folder(folder)
        with pytest.raises(FolderMissingError):
            bench.administrator().onboard(A, "Alpha Energy Ltd", folder)
        assert bench.administrator().folders() == []

    def test_two_recipients_of_one_party_name_have_a_folder_each(self, bench: Bench) -> None:
        assert onboarded(bench, A, "Twin").id != onboarded(bench, B, "Twin").id
        assert bench.administrator().folders() == ["PXX001 Twin", "PXX002 Twin"]

    @pytest.mark.parametrize("party_name", HOSTILE.values(), ids=HOSTILE.keys())
    def test_whatever_a_party_is_called_its_folder_can_be_used_and_found_again(
        self, bench: Bench, tmp_path: Path, party_name: str
    ) -> None:
        done = bench.administrator().onboard(A, party_name, None)
        folder = done.folder
        assert done.made
        assert folder.name == A or folder.name.startswith(f"{A} ")
        assert bench.administrator().folders() == [folder.name]
        bench.publisher().check_folder(folder)
        file = sample(tmp_path, b"00,1\r\n")
        place(bench.publisher(), folder, file)
        assert listed(bench.publisher(), folder) == {NAME: (6, file.fingerprint.quick_xor_hash)}
        for pinned in (folder, None):
            again = bench.administrator().onboard(A, party_name, pinned)
            assert (again.folder, again.made) == (folder, False)
