"""CSV: how a cell's text becomes a value of the contract, and what is refused."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import pytest

from ecosmig_publish.errors import ExitStatus, SourceError
from ecosmig_publish.migration_data import open_migration_data
from ecosmig_publish.migration_data.check import check_migration_data
from tests.migration_data.made import ESME, on, sound

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "attempt_id,device_id,completed_at,outcome,error_code,error_sub_code,firmware_version,recorded_at"
RECORD = f"1,{ESME},2024-02-01 00:00:00,SUCCESS,,,,2024-02-01 00:00:01"


def written(home: Path, attempts: str | bytes) -> str:
    """Write a sound source whose attempts are this text; return its address."""
    folder = home / "source"
    sound().write_csv(folder)
    text = attempts if isinstance(attempts, bytes) else attempts.encode()
    (folder / "migration_attempts.csv").write_bytes(text)
    return f"csv:{folder}"


def attempts(home: Path, text: str | bytes) -> list[dict[str, Any]]:
    with open_migration_data(written(home, text), base=home) as data:
        rows: list[dict[str, Any]] = data.fetch(data.tables.migration_attempts).to_pylist()
        return rows


def cell(home: Path, column: str, text: str) -> Any:
    record = dict(zip(HEADER.split(","), RECORD.split(","), strict=True)) | {column: text}
    lines = io.StringIO()
    csv.writer(lines, lineterminator="\n").writerow(record.values())
    return attempts(home, f"{HEADER}\n{lines.getvalue()}")[0][column]


def refusal(home: Path, text: str | bytes) -> SourceError:
    with pytest.raises(SourceError) as refused:
        attempts(home, text)
    assert refused.value.exit_status is ExitStatus.SOURCE
    assert refused.value.hint
    assert ESME not in str(refused.value)
    return refused.value


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2024-02-26 04:59:59.900000", "2024-02-26 04:59:59.900000"),
        ("2024-02-26T04:59:59", "2024-02-26 04:59:59"),
        ("2024-02-26T04:59:59Z", "2024-02-26 04:59:59"),
        ("2024-02-26T04:59:59+01:00", "2024-02-26 03:59:59"),
        ("2024-02-26 04:59:59-00:30", "2024-02-26 05:29:59"),
        ("2024-02-26T04:59:59.9999999Z", "2024-02-26 04:59:59.999999"),
        ("2024-02-26 04:59:59.999999999", "2024-02-26 04:59:59.999999"),
        ("2024-02-26", "2024-02-26 00:00:00"),
    ],
)
def test_an_instant_is_read_as_utc_and_cut_to_microseconds(text: str, instant: str, tmp_path: Path) -> None:
    assert cell(tmp_path, "completed_at", text) == on(instant)


@pytest.mark.parametrize(
    "text",
    [
        "26/02/2024",
        "2024-02-30 00:00:00",
        "infinity",
        "epoch",
        "1709000000",
        "12:00:00",
        "2024-02-26 04:59:59 Europe/London",
        " 2024-02-26 04:59:59",
        "2024-02-26 04:59:59,5",
    ],
)
def test_what_is_no_instant_is_empty_rather_than_guessed(text: str, tmp_path: Path) -> None:
    assert cell(tmp_path, "completed_at", text) is None


@pytest.mark.parametrize(("text", "number"), [("5", 5), ("-12", -12), ("007", 7), ("+5", 5)])
def test_an_integer_is_plain_digits(text: str, number: int, tmp_path: Path) -> None:
    assert cell(tmp_path, "error_sub_code", text) == number


@pytest.mark.parametrize("text", ["1.0", "1e3", " 5", "5 ", "0x10", "99999999999999999999"])
def test_what_is_no_integer_is_empty_rather_than_rounded(text: str, tmp_path: Path) -> None:
    assert cell(tmp_path, "error_sub_code", text) is None


@pytest.mark.parametrize("text", ["00123402", "10E0", " ", "NULL", "0"])
def test_a_text_survives_as_it_is(text: str, tmp_path: Path) -> None:
    assert cell(tmp_path, "firmware_version", text) == text


@pytest.mark.parametrize("record", [RECORD, RECORD.replace(",,", ',"",', 1)])
def test_an_empty_cell_is_null_quoted_or_not(record: str, tmp_path: Path) -> None:
    assert attempts(tmp_path, f"{HEADER}\n{record}\n")[0]["error_code"] is None


@pytest.mark.parametrize(("text", "flag"), [("true", True), ("false", False), ("TRUE", True)])
def test_a_flag_is_true_or_false(text: str, flag: bool, tmp_path: Path) -> None:  # noqa: FBT001
    assert _flag(tmp_path, text) is flag


@pytest.mark.parametrize("text", ["t", "1", "yes", "0"])
def test_any_other_flag_is_empty(text: str, tmp_path: Path) -> None:
    assert _flag(tmp_path, text) is None


def _flag(home: Path, text: str) -> Any:
    folder = home / "source"
    sound().write_csv(folder)
    devices = folder / "devices.csv"
    devices.write_text(devices.read_text().replace(",false", f",{text}"))
    with open_migration_data(f"csv:{folder}", base=home) as data:
        return data.fetch(data.tables.devices)["installed_with_ecos"][0].as_py()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a byte order mark", f"\ufeff{HEADER}\n{RECORD}\n"),
        ("CRLF", f"{HEADER}\r\n{RECORD}\r\n"),
        ("no end of the last line", f"{HEADER}\n{RECORD}"),
        ("an extra column with a line break", f'note,{HEADER}\n"a\n""b""",{RECORD}\n'),
    ],
)
def test_the_dialect_leaves_room(name: str, text: str, tmp_path: Path) -> None:
    assert [row["attempt_id"] for row in attempts(tmp_path, text)] == [1], name


def test_columns_may_stand_in_any_order(tmp_path: Path) -> None:
    names, cells = ",".join(reversed(HEADER.split(","))), ",".join(reversed(RECORD.split(",")))
    assert attempts(tmp_path, f"{names}\n{cells}\n")[0]["device_id"] == ESME


@pytest.mark.parametrize("cells", [RECORD.rpartition(",")[0], RECORD + ",more"])
def test_a_record_with_too_few_or_too_many_cells_is_named_by_its_line(cells: str, tmp_path: Path) -> None:
    assert "migration_attempts.csv, line 3: not RFC 4180" in str(refusal(tmp_path, f"{HEADER}\n{RECORD}\n{cells}\n"))


def test_lines_that_end_in_two_ways_are_refused_with_the_file(tmp_path: Path) -> None:
    refused = refusal(tmp_path, f"{HEADER}\n{RECORD}\r\n{RECORD}\n")
    assert "migration_attempts.csv: not RFC 4180 (its lines end now in LF, now in CRLF" in str(refused)


def test_a_quote_that_is_never_closed_swallows_no_rows(tmp_path: Path) -> None:
    text = f"{HEADER}\n{RECORD.replace('SUCCESS', chr(34) + 'SUCCESS')}\n{RECORD}\n"
    assert "a quote is never closed" in str(refusal(tmp_path, text))


@pytest.mark.parametrize("place", ["header", "record"])
def test_another_encoding_is_refused(place: str, tmp_path: Path) -> None:
    text = f"{HEADER}{',é' if place == 'header' else ''}\n{RECORD.replace('SUCCESS', 'SUCCÈS')}\n"
    assert "not UTF-8" in str(refusal(tmp_path, text.encode("latin-1")))


@pytest.mark.parametrize("name", ["outcome", "Outcome"])
def test_a_column_named_twice_is_refused(name: str, tmp_path: Path) -> None:
    assert "names no columns, or one twice" in str(refusal(tmp_path, f"{HEADER},{name}\n{RECORD},x\n"))


def test_a_misspelt_column_is_named_with_its_nearest(tmp_path: Path) -> None:
    text = f"{HEADER.replace('outcome', 'OUTCOM')}\n{RECORD}\n"
    assert "table migration_attempts: column outcome is missing; is it 'OUTCOM'?" in str(refusal(tmp_path, text))


def test_a_header_without_any_known_column_is_one_breach(tmp_path: Path) -> None:
    assert "1 breach of" in str(refusal(tmp_path, HEADER.replace(",", ";") + "\n"))


def test_a_table_may_be_empty(tmp_path: Path) -> None:
    assert attempts(tmp_path, f"{HEADER}\n") == []


def test_cells_of_the_wrong_type_are_counted_with_their_first_records(tmp_path: Path) -> None:
    broken = RECORD.replace("2024-02-01 00:00:00", "yesterday")
    lines = [HEADER, RECORD, *([broken] * 5)]
    with open_migration_data(written(tmp_path, "\n".join(lines)), base=tmp_path) as data:
        (fault,) = [it for it in check_migration_data(data, examples=2) if it.rule == "wrong-type"]
    assert (fault.table, fault.columns, fault.count, fault.examples) == (
        "migration_attempts",
        ("completed_at",),
        5,
        ("record 2", "record 3"),
    )


def test_a_span_whose_end_can_not_be_read_makes_nobody_responsible(tmp_path: Path) -> None:
    folder = tmp_path / "source"
    sound().write_csv(folder)
    spans = folder / "responsibilities.csv"
    # The one span that has an end: PXX999's of the ESME.
    spans.write_text(spans.read_text().replace(",2024-01-01 00:00:00.000000\n", ",soon\n"))
    with open_migration_data(f"csv:{folder}", base=tmp_path) as data:
        rows = data.fetch(data.tables.responsibilities).to_pylist()
    assert [row["effective_from"] for row in rows if row["sec_party_id"] == "PXX999" and row["device_id"] == ESME] == [
        None
    ]
