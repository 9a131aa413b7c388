"""The highest numbers in a folder of years: read in full are only the names that may carry them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosmig_publish.emrr.terms import Signifier
from ecosmig_publish.workflows.following import head_of, highest_heads

OWNER = Signifier("PXX001")
_NAMES = st.builds(
    lambda report, owner, number, rest: f"{report}_{owner}_{number}_{rest}",
    st.sampled_from(["ECOSMIG-001", "ECOSMIG-002", "ECOSMIG-007", "notes"]),
    st.sampled_from([OWNER, "PXX002", "123456"]),
    st.sampled_from(["1", "2", "9", "10", "09", "999999", "1000000", "٣", "x", ""]),
    st.sampled_from(["20240304060000.csv", "20240304060001.csv", "20249904060000.csv", "20240304060000.csv.old"]),
)


@given(st.lists(_NAMES | st.just("x"), max_size=12))
def test_they_are_those_that_reading_every_name_shows(names: list[str]) -> None:
    heads = {head for name in names if (head := head_of(OWNER, name)) is not None}
    highest = {head.report: max(it.sequence for it in heads if it.report is head.report) for head in heads}

    assert set(highest_heads(OWNER, names)) == {it for it in heads if it.sequence == highest[it.report]}


@pytest.mark.parametrize("first", [1, 2])
def test_two_names_of_one_number_are_both_told(first: int) -> None:
    names = [f"ECOSMIG-001_{OWNER}_{number}_2024030406000{second}.csv" for number, second in ((2, 0), (2, 1), (1, 0))]
    assert [it.name for it in highest_heads(OWNER, names[:first])] == names[:first]
