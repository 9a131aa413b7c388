"""Names of recipients' folders: whatever the party is called, fit for SharePoint and for a disk."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecosmig_publish.destinations.names import carries_signifier, folder_name
from ecosmig_publish.emrr.terms import Signifier

A = Signifier("PXX001")


@pytest.mark.parametrize(
    ("party_name", "expected"),
    [
        ("Alpha Energy Ltd", "PXX001 Alpha Energy Ltd"),
        ("  Alpha   Energy\t", "PXX001 Alpha Energy"),
        ("A/B: C*", "PXX001 A B C"),
        ("100% & #1 + Sons'", "PXX001 100% & #1 + Sons'"),
        ("", "PXX001"),
        (" . ", "PXX001"),
        ("Dots. .", "PXX001 Dots"),
        ("CON", "PXX001 CON"),
        ("a _vti_ b", "PXX001 a b"),
        ("_VTI_cnf", "PXX001 cnf"),
        ("_v_vti_ti_", "PXX001"),
        ("~$Budget", "PXX001 Budget"),
        ("~~$$x", "PXX001 x"),
        ("Cafe\u0301", "PXX001 Caf\u00e9"),
        ("\u202egro.evil\u202c", "PXX001 gro.evil"),
        ("a\0b\ud83dc", "PXX001 a b c"),
        ("e\u200b\u0301", "PXX001 \u00e9"),
        ("🔌 👨\u200d👩", "PXX001 🔌 👨\u200d👩"),
        ("x" * 500, "PXX001 " + "x" * 121),
        ("界" * 500, "PXX001 " + "界" * 82),
        ("x" * 120 + ".y", "PXX001 " + "x" * 120),
    ],
)
def test_a_folder_is_named_by_signifier_and_party_with_what_is_refused_left_out(party_name: str, expected: str) -> None:
    # 82: the signifier and its blank are 7 bytes, each of these marks 3, and 255 is the most: (255 - 7) // 3.
    assert folder_name(A, party_name) == expected


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=300))
def test_whatever_the_party_is_called_the_name_is_fit_for_sharepoint_and_disk(party_name: str) -> None:
    name = folder_name(A, party_name)
    assert carries_signifier(name, A)
    assert len(name) <= 128
    assert len(name.encode()) <= 255
    assert not re.search(r'["*:<>?/\\|\x00-\x1f\x7f]', name)
    assert "_vti_" not in name.lower()
    assert "~$" not in name
    assert name == name.strip().rstrip(".~")
    assert unicodedata.is_normalized("NFC", name)
    assert folder_name(A, party_name) == name


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=100))
def test_a_cleaned_name_stays_as_it_is_when_it_is_cleaned_again(party_name: str) -> None:
    name = folder_name(A, party_name)
    assert folder_name(A, name.removeprefix(A).removeprefix(" ")) == name


@pytest.mark.parametrize(
    ("name", "carries"),
    [
        ("PXX001", True),
        ("PXX001 ", True),
        ("PXX001 Alpha", True),
        ("PXX0012", False),
        ("PXX0012 Alpha", False),
        ("PXX001-Alpha", False),
        (" PXX001 Alpha", False),
        ("Alpha PXX001", False),
        ("pxx001 Alpha", False),
        ("", False),
    ],
)
def test_a_name_carries_a_signifier_only_as_its_whole_first_word(name: str, carries: bool) -> None:  # noqa: FBT001
    assert carries_signifier(name, A) is carries
