"""The six reports as data, against the tables of the EMRR's Appendix A, written out again here."""

from __future__ import annotations

import pytest

from ecosmig_publish.emrr.catalogue import (
    CATALOGUE,
    CLASSIFICATION,
    DETAIL_RECORD_TYPE,
    HEADER_FIELDS,
    MAX_ROWS_PER_FILE,
    MAX_SEQUENCE,
    TRAILER_FIELDS,
    Field,
)
from ecosmig_publish.emrr.terms import Report

TITLES = {
    "001": "Detail Report: ECoS Migrations Completed Successfully",
    "002": "Detail Report: ECoS Migrations Completed Unsuccessfully",
    "003": "Detail Report: Gaining Supplier Devices History",
    "004": "Summary Report: Device Count by Non-Migratable Device Model",
    "005": "Summary Report: ECoS Migration Activity for the Previous Week",
    "006": "Detailed Report: Newly Installed ECoS Devices",
}

MODEL = "Device Type text 6 | Device Manufacturer text 30 | Device Model text 30 | Firmware Version text 8"
DEVICE = "Device ID text 23 | MPxN text 13"
DETAILS = {
    "001": f"{DEVICE} | {MODEL} | Migration Completion DateTime datetime 15",
    "002": f"{DEVICE} | {MODEL} | Error Code text 5 | Error Sub Code integer 6 | Migration Failed DateTime datetime 15"
    " | Number of Attempts integer 6",
    "003": f"{DEVICE} | {MODEL} | ECoS Status text 9 | Error Code text 5 O | Error Sub Code integer 6 O"
    " | Migration DateTime datetime 15 | Number of Attempts integer 6",
    "004": f"{MODEL} | Non Migratable DateTime datetime 15 | Devices Count integer 9",
    "005": "Migration Activity Date date 8 | Quantity of Migrations Successfully Completed integer 9"
    " | Quantity of Failed Migration Attempts integer 9",
    "006": f"{DEVICE} | Device Status DateTime datetime 15",
}
HEADER = (
    "Record type ('00') text 2 | Report Identifier text 11"
    " | Report Recipient (Responsible Supplier SEC Party ID) text 6 | Report Sequence Number integer 6"
    " | Report Title text 100 | Report Creation DateTime datetime 15"
    " | Report Applicable Start DateTime datetime 15 | Report Applicable End DateTime datetime 15"
    " | DCC Classification text 14"
)
TRAILER = "Record type ('99') text 2 | Rows Count integer 6 | DCC Classification text 14"


def written(fields: tuple[Field, ...]) -> str:
    return " | ".join(
        f"{field.title} {field.kind} {field.max_length}{' O' if field.optional else ''}" for field in fields
    )


@pytest.mark.parametrize("number", TITLES)
def test_titles_are_those_of_the_summary_table(number: str) -> None:
    assert CATALOGUE[Report(f"ECOSMIG-{number}")].title == TITLES[number]


@pytest.mark.parametrize("number", DETAILS)
def test_details_have_the_fields_of_appendix_a_with_kind_length_and_option(number: str) -> None:
    assert written(CATALOGUE[Report(f"ECOSMIG-{number}")].fields) == DETAILS[number]


def test_header_and_trailer_have_the_fields_of_appendix_a() -> None:
    assert (written(HEADER_FIELDS), written(TRAILER_FIELDS)) == (HEADER, TRAILER)


def test_details_have_8_11_12_7_4_and_4_fields_with_their_record_type() -> None:
    assert [len((DETAIL_RECORD_TYPE, *CATALOGUE[report].fields)) for report in Report] == [8, 11, 12, 7, 4, 4]


def test_every_report_is_there_once_in_its_order() -> None:
    assert list(CATALOGUE) == list(Report)
    assert all(definition.report is report for report, definition in CATALOGUE.items())


def test_every_report_names_its_clause_cadence_and_order() -> None:
    for report, definition in CATALOGUE.items():
        assert report in definition.clause
        assert definition.cadence.endswith("UTC")
        assert set(definition.order) <= {field.name for field in definition.fields}


def test_a_title_fits_into_the_header() -> None:
    longest = next(field.max_length for field in HEADER_FIELDS if field.name == "title")
    assert all(len(definition.title) <= longest for definition in CATALOGUE.values())


def test_numbers_of_rows_and_files_have_six_digits() -> None:
    assert MAX_ROWS_PER_FILE == MAX_SEQUENCE == 999_999


def test_the_classification_stands_last_in_header_and_trailer() -> None:
    assert HEADER_FIELDS[-1].allowed == TRAILER_FIELDS[-1].allowed == (CLASSIFICATION,) == ("DCC Controlled",)


def test_names_within_a_record_are_distinct() -> None:
    records = [HEADER_FIELDS, TRAILER_FIELDS, *(definition.fields for definition in CATALOGUE.values())]
    assert all(len({field.name for field in fields}) == len(fields) for fields in records)
