"""Whether details are right: each field, and the rules that single reports keep."""

from __future__ import annotations

import pytest

from ecosmig_publish.emrr.catalogue import CATALOGUE
from ecosmig_publish.emrr.terms import Report
from tests.emrr.made import DETAILS, A, B, C, lines_of, rules_in, with_field

FIELDS = [
    (report[-3:], position, field)
    for report, definition in CATALOGUE.items()
    for position, field in enumerate(definition.fields, 1)
]
NAMES = [f"{number}-{field.name}" for number, _, field in FIELDS]


def changed(number: str, row: int, **texts: str) -> list[tuple[int, str, str]]:
    """What is found where a detail (counted from 0) has other texts in the named fields."""
    names = ["record_type", *(field.name for field in CATALOGUE[Report(f"ECOSMIG-{number}")].fields)]
    details = list(DETAILS[number])
    for name, text in texts.items():
        details[row] = with_field(details[row], names.index(name), text)
    return rules_in(lines_of(number, details))


def alone(number: str, position: int, text: str) -> list[str]:
    """The rules that a file breaks whose one detail has another text in one field."""
    return [rule for _, _, rule in rules_in(lines_of(number, [with_field(DETAILS[number][0], position, text)]))]


@pytest.mark.parametrize(("number", "position", "field"), FIELDS, ids=NAMES)
def test_an_empty_mandatory_field_is_found(number: str, position: int, field: object) -> None:
    optional = number == "003" and getattr(field, "name", "").startswith("error_")
    assert ("empty" in alone(number, position, "")) is not optional


@pytest.mark.parametrize(("number", "position", "field"), FIELDS, ids=NAMES)
def test_a_text_longer_than_its_field_is_found(number: str, position: int, field: object) -> None:
    assert alone(number, position, "1" * (getattr(field, "max_length", 0) + 1))[0] == "too-long"


@pytest.mark.parametrize(
    "text", ["-0", "+5", "007", "00", "1.0", "1e2", " 1", "1 ", "0x1", "\u0661", "\uff11", "-", "x"]
)
@pytest.mark.parametrize(
    ("number", "position"), [("002", 8), ("002", 10), ("003", 11), ("004", 6), ("005", 2), ("005", 3)]
)
def test_what_is_no_integer_in_plain_digits_is_found(number: str, position: int, text: str) -> None:
    assert "not-an-integer" in alone(number, position, text)


@pytest.mark.parametrize(
    "text",
    [
        "20260531",
        "20260531T24000",
        "20260230T000000",
        "20260531T240000",
        "20260531T235960",
        "20260531 120000",
        "2026-05-31T1200",
        "00000101T000000",
        "20261301T000000",
        "2026053\u0661T120000",
        "20260531t120000",
    ],
)
@pytest.mark.parametrize(("number", "position"), [("001", 7), ("002", 9), ("003", 10), ("004", 5), ("006", 3)])
def test_what_is_no_datetime_is_found(number: str, position: int, text: str) -> None:
    assert alone(number, position, text) == ["not-a-datetime"]


@pytest.mark.parametrize("text", ["2026525", "20260532", "2026-5-2", "00000101", "2026052\u0665", "20260525"])
def test_what_is_no_day_is_found(text: str) -> None:
    found = changed("005", 0, activity_on=text)
    assert (found == []) is (text == "20260525")
    assert text == "20260525" or found[0] == (2, "activity_on", "not-a-date")


@pytest.mark.parametrize(
    "text",
    [
        "00-db-12-34-56-78-90-0a",
        "00DB12345678900A",
        "00-DB-12-34-56-78-90",
        "00-DB-12-34-56-78-90-0G",
        "00:DB:12:34:56:78:90:0A",
        "00-DB-12-34-56-78-90-A",
        "0-0DB-12-34-56-78-90-0A",
    ],
)
@pytest.mark.parametrize("number", ["001", "002", "003", "006"])
def test_a_device_id_that_is_not_eight_upper_case_hex_pairs_is_found(number: str, text: str) -> None:
    assert alone(number, 1, text) == ["pattern"]


@pytest.mark.parametrize("text", ["1200034567014", "123", "not-a-number", "0"])
def test_an_mpxn_with_a_wrong_check_digit_or_other_characters_is_right(text: str) -> None:
    assert alone("001", 2, text) == []


@pytest.mark.parametrize("number", DETAILS)
@pytest.mark.parametrize("change", ["one more", "one less"])
def test_a_detail_with_another_number_of_fields_is_found(number: str, change: str) -> None:
    details = list(DETAILS[number])
    details[1] = f"{details[1]}," if change == "one more" else details[1].rpartition(",")[0]
    assert (3, "", "field-count") in rules_in(lines_of(number, details))


def test_a_negative_error_sub_code_is_right_and_its_sign_counts_as_a_character() -> None:
    assert changed("002", 0, error_sub_code="-99999") == []
    assert changed("002", 0, error_sub_code="-999999") == [(2, "error_sub_code", "too-long")]


@pytest.mark.parametrize("number", ["001", "002", "003", "004", "006"])
def test_a_datetime_after_the_end_of_the_period_is_found(number: str) -> None:
    moment = next(field.name for field in CATALOGUE[Report(f"ECOSMIG-{number}")].fields if field.kind == "datetime")
    after = "20260601T050000" if number == "002" else "20260601T000000"
    assert changed(number, 2, **{moment: after}) == [(4, moment, "after-period")]


@pytest.mark.parametrize("number", ["001", "002", "006"])
def test_a_datetime_long_before_the_period_is_right(number: str) -> None:
    moment = "occurred_at" if number == "006" else "completed_at"
    assert changed(number, 0, **{moment: "20200101T000000"}) == []


@pytest.mark.parametrize("number", DETAILS)
def test_details_out_of_order_are_found(number: str) -> None:
    # The last two details of 001 differ in their Device, of 006 in nothing.
    first, second, *others = DETAILS[number]
    found = rules_in(lines_of(number, [second, first, *others]))
    assert (3, "", "order") in found


def test_details_of_one_second_go_by_device_id() -> None:
    first, b, c = DETAILS["001"]
    assert rules_in(lines_of("001", [first, c, b])) == [(4, "", "order")]


def test_attempts_of_one_device_and_second_go_by_number_and_not_by_text() -> None:
    nine, ten, other = DETAILS["002"]
    assert rules_in(lines_of("002", [ten, nine, other])) == [(3, "", "order")]


def test_the_order_goes_by_code_point() -> None:
    line = DETAILS["004"][0]
    texts = ["Z", "a", "\u00c4", "\ufffd", "\U0001f50c"]
    details = [with_field(line, 2, text) for text in texts]
    assert rules_in(lines_of("004", details)) == []
    assert rules_in(lines_of("004", [*details[:3], details[4], details[3]])) == [(6, "", "order")]


def test_a_field_that_is_wrong_is_not_also_out_of_order() -> None:
    assert changed("001", 1, completed_at="00000000T000000") == [(3, "completed_at", "not-a-datetime")]


@pytest.mark.parametrize("number", ["001", "006"])
def test_the_same_detail_twice_is_right_where_a_device_may_do_it_twice_in_a_second(number: str) -> None:
    first = DETAILS[number][0]
    assert rules_in(lines_of(number, [first, first])) == []


def test_the_same_attempt_twice_is_found() -> None:
    nine, ten, other = DETAILS["002"]
    assert rules_in(lines_of("002", [nine, nine, ten, other])) == [(3, "", "repeated")]


def test_a_combination_twice_is_found_in_004_whatever_its_count() -> None:
    first, *others = DETAILS["004"]
    again = with_field(first, 6, "2")
    assert rules_in(lines_of("004", [first, again, *others])) == [(3, "", "repeated")]


def test_a_device_twice_is_found_in_003_wherever_it_stands() -> None:
    first, second, third = DETAILS["003"]
    again = with_field(third, 1, C)
    assert C in first
    assert rules_in(lines_of("003", [first, second, again])) == [(4, "device_id", "repeated")]


@pytest.mark.parametrize(("row", "status"), [(0, "Installed"), (1, "Success")])
@pytest.mark.parametrize(("field", "text"), [("error_code", "E1"), ("error_sub_code", "5")])
def test_003_has_codes_for_a_failure_alone(row: int, status: str, field: str, text: str) -> None:
    assert f",{status}," in DETAILS["003"][row]
    assert changed("003", row, **{field: text}) == [(row + 2, field, "not-empty")]


@pytest.mark.parametrize("field", ["error_code", "error_sub_code"])
def test_003_has_both_codes_for_a_failure(field: str) -> None:
    assert changed("003", 2, **{field: ""}) == [(4, field, "empty")]


@pytest.mark.parametrize("status", ["success", "SUCCESS", "Failed", "Installed "])
def test_003_knows_three_statuses(status: str) -> None:
    rule = "too-long" if len(status) > 9 else "not-allowed"
    assert changed("003", 1, ecos_status=status) == [(3, "ecos_status", rule)]


@pytest.mark.parametrize(("row", "attempts"), [(0, "1"), (1, "0"), (2, "0")])
def test_003_has_no_attempts_where_the_status_is_installed_and_only_there(row: int, attempts: str) -> None:
    assert changed("003", row, number_of_attempts=attempts) == [(row + 2, "number_of_attempts", "attempts")]


@pytest.mark.parametrize(
    ("number", "field", "text"),
    [
        ("002", "number_of_attempts", "0"),
        ("002", "number_of_attempts", "-1"),
        ("003", "number_of_attempts", "-1"),
        ("004", "devices_count", "0"),
        ("004", "devices_count", "-1"),
        ("005", "successes", "-1"),
        ("005", "failures", "-1"),
    ],
)
def test_a_count_below_what_the_report_can_hold_is_found(number: str, field: str, text: str) -> None:
    assert changed(number, 2, **{field: text}) == [(4, field, "too-small")]


def test_005_without_its_sunday_is_found() -> None:
    assert rules_in(lines_of("005", DETAILS["005"][:6])) == [(8, "activity_on", "days")]


def test_005_with_an_eighth_day_is_found() -> None:
    assert rules_in(lines_of("005", [*DETAILS["005"], "10,20260601,0,0"])) == [(10, "activity_on", "days")]


def test_005_with_a_day_twice_is_found() -> None:
    details = [DETAILS["005"][0], *DETAILS["005"]]
    assert rules_in(lines_of("005", details)) == [(3, "", "repeated"), (10, "activity_on", "days")]


def test_005_with_the_days_of_another_week_is_found() -> None:
    details = [with_field(line, 1, f"202605{day}") for day, line in enumerate(DETAILS["005"], 18)]
    assert rules_in(lines_of("005", details)) == [(9, "activity_on", "days")]


def test_005_of_a_week_without_any_activity_is_found() -> None:
    details = [f"10,202605{day},0,0" for day in range(25, 32)]
    assert rules_in(lines_of("005", details)) == [(9, "", "no-activity")]


def test_details_are_judged_one_by_one_behind_a_wrong_one() -> None:
    details = [with_field(DETAILS["001"][0], 2, ""), DETAILS["001"][1], with_field(DETAILS["001"][2], 6, "123456789")]
    found = rules_in(lines_of("001", details))
    assert found == [(2, "mpxn", "empty"), (4, "firmware_version", "too-long")]
    assert (A in details[0], B in details[1]) == (True, True)
