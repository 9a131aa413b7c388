"""What a supplier's data team gets: the same values with the right types, and the rules of a stream kept."""

from __future__ import annotations

import csv
import re
import shutil
import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ecosmig_publish.emrr.catalogue import CATALOGUE
from ecosmig_publish.emrr.reading import read_report
from ecosmig_publish.emrr.records import header_line, trailer_line
from ecosmig_publish.emrr.terms import Period, Report, Signifier
from ecosmig_publish.errors import InvalidFileError, UsageError
from ecosmig_publish.recipients import arrow_schema, data_resource, export_files, import_files, read_table

EXPECTED = Path(__file__).parents[1] / "examples" / "expected"
GUIDE = Path(__file__).parents[2] / "docs" / "recipients.md"
FIRST = EXPECTED / "PXX001" / "ECOSMIG-001_PXX001_1_20240226060000.csv"
_PERIOD = Period(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC))


def _file(folder: Path, sequence: int, *details: bytes, name: str = "") -> Path:
    created_at = datetime(2026, 3, 2, 6, 0, sequence, tzinfo=UTC)
    path = folder / (name or f"ECOSMIG-001_PXX999_{sequence}_20260302060{sequence:03}.csv")
    header = header_line(Report.ECOSMIG_001, Signifier("PXX999"), sequence, created_at, _PERIOD)
    path.write_bytes(header + b"".join(details) + trailer_line(len(details)))
    return path


_DETAIL = b"10,00-DB-12-34-56-78-90-11,1200034567389,ESME,10E0,00050203,04000007,20260301T235959\r\n"
_COMMA = b'10,00-DB-12-34-56-78-90-12,1200034567389,ESME,"A, B",=1+1,04000007,20260301T235959\r\n'


def _rows(database: Path, query: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(database)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def test_a_file_as_a_table_has_its_types_and_its_leading_zeros() -> None:
    table = read_table(FIRST)

    # The file's one detail: 10,00-DB-…-11,1200034567389,ESME,10E0,00050203,04000007,20240209T230000
    assert table.to_pylist() == [
        {
            "recipient": "PXX001",
            "sequence": 1,
            "row": 1,
            "device_id": "00-DB-12-34-56-78-90-11",
            "mpxn": "1200034567389",
            "device_type": "ESME",
            "manufacturer": "10E0",
            "model": "00050203",
            "firmware_version": "04000007",
            "completed_at": datetime(2024, 2, 9, 23, tzinfo=UTC),
        }
    ]


def test_what_is_optional_is_null_and_what_is_a_day_is_a_date() -> None:
    history = pa.concat_tables([read_table(path) for path in sorted(EXPECTED.glob("*/ECOSMIG-003_*.csv"))])
    activity = pa.concat_tables([read_table(path) for path in sorted(EXPECTED.glob("*/ECOSMIG-005_*.csv"))])
    succeeded = [row for row in history.to_pylist() if row["ecos_status"] == "Success"]

    assert succeeded
    assert {(row["error_code"], row["error_sub_code"]) for row in succeeded} == {(None, None)}
    assert activity.to_pylist()[0]["activity_on"] == date(2024, 2, 26)


@pytest.mark.parametrize("report", list(Report))
def test_a_column_is_nullable_where_the_emrr_calls_its_field_optional(report: Report) -> None:
    schema = arrow_schema(report)
    optional = {field.name for field in CATALOGUE[report].fields if field.optional}

    assert {field.name for field in schema if field.nullable} == optional
    assert schema.names[:3] == ["recipient", "sequence", "row"]


def test_parquet_keeps_what_pandas_would_guess_wrong(tmp_path: Path) -> None:
    target = tmp_path / "successes.parquet"

    rows = export_files([_file(tmp_path, 1, _DETAIL), _file(tmp_path, 2, _COMMA, _DETAIL)], target)

    frame = pd.read_parquet(target)
    assert rows == 3
    assert frame["model"].tolist() == ["00050203", "=1+1", "00050203"]
    assert frame["manufacturer"].tolist() == ["10E0", "A, B", "10E0"]
    assert frame[["sequence", "row"]].to_numpy().tolist() == [[1, 1], [2, 1], [2, 2]]


def test_arrow_holds_the_same_as_parquet(tmp_path: Path) -> None:
    file = _file(tmp_path, 1, _DETAIL, _COMMA)

    export_files([file], tmp_path / "x.arrow")
    export_files([file], tmp_path / "x.parquet")

    arrow = pa.ipc.open_file(tmp_path / "x.arrow").read_all()
    assert arrow.num_rows == 2
    assert arrow.equals(pq.read_table(tmp_path / "x.parquet"))


def test_an_export_is_not_written_over_something(tmp_path: Path) -> None:
    target = tmp_path / "x.parquet"
    target.write_bytes(b"mine")

    with pytest.raises(UsageError, match="is there already"):
        export_files([_file(tmp_path, 1, _DETAIL)], target)

    assert target.read_bytes() == b"mine"


def test_an_export_of_a_file_that_is_cut_off_leaves_nothing(tmp_path: Path) -> None:
    file = _file(tmp_path, 1, _DETAIL)
    file.write_bytes(file.read_bytes()[:-20])

    with pytest.raises(InvalidFileError):
        export_files([file], tmp_path / "x.parquet")

    assert sorted(path.name for path in tmp_path.iterdir()) == [file.name]


def test_files_of_two_reports_are_not_one_table(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="of 2 reports"):
        export_files(sorted(EXPECTED.glob("PXX001/ECOSMIG-00[12]_*.csv")), tmp_path / "x.parquet")


def test_a_database_takes_all_files_of_a_folder_with_their_details(tmp_path: Path) -> None:
    files = sorted(EXPECTED.rglob("*.csv"))
    details = dict.fromkeys(Report, 0)
    for path in files:
        header, rows = read_report([path.read_bytes()])
        details[header.report] += sum(1 for _ in rows)

    done = import_files(files, tmp_path / "r.sqlite")

    assert (done.files, done.copies) == (len(files), 0)
    for number, report in enumerate(Report, 1):
        assert _rows(tmp_path / "r.sqlite", f"SELECT count(*) FROM ecosmig_00{number}") == [(details[report],)]  # noqa: S608 - ours


def test_a_database_keeps_texts_as_they_stand(tmp_path: Path) -> None:
    import_files([_file(tmp_path, 1, _DETAIL, _COMMA)], tmp_path / "r.sqlite")

    assert _rows(tmp_path / "r.sqlite", "SELECT manufacturer, model, completed_at FROM ecosmig_001 ORDER BY row") == [
        ("10E0", "00050203", "2026-03-01T23:59:59Z"),
        ("A, B", "=1+1", "2026-03-01T23:59:59Z"),
    ]


def test_the_same_file_again_is_a_copy_and_changes_nothing(tmp_path: Path) -> None:
    file, database = _file(tmp_path, 1, _DETAIL), tmp_path / "r.sqlite"
    import_files([file], database)

    again = import_files([file], database)

    assert (again.files, again.rows, again.copies) == (0, 0, 1)
    assert _rows(database, "SELECT count(*) FROM ecosmig_001") == [(1,)]


def test_a_known_number_with_other_bytes_is_refused(tmp_path: Path) -> None:
    file, database = _file(tmp_path, 1, _DETAIL), tmp_path / "r.sqlite"
    import_files([file], database)
    _file(tmp_path, 1, _COMMA)

    with pytest.raises(InvalidFileError, match=r"number 1 of this stream came in as .* with other bytes"):
        import_files([file], database)

    assert _rows(database, "SELECT model FROM ecosmig_001") == [("00050203",)]


def test_a_gap_is_refused_and_what_came_before_it_stays(tmp_path: Path) -> None:
    files, database = [_file(tmp_path, number, _DETAIL) for number in (4, 5, 7)], tmp_path / "r.sqlite"

    with pytest.raises(InvalidFileError, match="number 7 doesn't follow 5"):
        import_files(files, database)

    assert _rows(database, "SELECT sequence FROM files ORDER BY 1") == [(4,), (5,)]


def test_a_gap_is_taken_where_it_is_known_of(tmp_path: Path) -> None:
    files, database = [_file(tmp_path, number, _DETAIL) for number in (4, 7)], tmp_path / "r.sqlite"

    done = import_files(files, database, allow_gaps=True)

    assert done.files == 2


def test_files_come_in_by_number_and_not_by_name(tmp_path: Path) -> None:
    files = [_file(tmp_path, number, _DETAIL) for number in (10, 9, 8)]

    done = import_files(files, tmp_path / "r.sqlite")

    assert done.files == 3


def test_of_a_file_that_is_cut_off_nothing_comes_in(tmp_path: Path) -> None:
    file, database = _file(tmp_path, 1, _DETAIL, _COMMA), tmp_path / "r.sqlite"
    file.write_bytes(file.read_bytes().removesuffix(trailer_line(2)))

    with pytest.raises(InvalidFileError, match="no trailer"):
        import_files([file], database)

    assert _rows(database, "SELECT (SELECT count(*) FROM files), (SELECT count(*) FROM ecosmig_001)") == [(0, 0)]


def test_a_file_under_another_files_name_is_refused(tmp_path: Path) -> None:
    file = _file(tmp_path, 1, _DETAIL, name="ECOSMIG-001_PXX999_2_20260302060001.csv")

    with pytest.raises(InvalidFileError, match="its header is that of number 1"):
        import_files([file], tmp_path / "r.sqlite")


def test_what_is_no_database_is_left_as_it_is(tmp_path: Path) -> None:
    database = tmp_path / "r.sqlite"
    database.write_bytes(b"not a database at all, " * 10)

    with pytest.raises(UsageError, match=r"r\.sqlite"):
        import_files([_file(tmp_path, 1, _DETAIL)], database)

    assert database.read_bytes().startswith(b"not a database")


@pytest.mark.parametrize("report", list(Report))
def test_a_file_read_by_its_description_has_the_same_details(report: Report) -> None:
    path = min(EXPECTED.glob(f"*/{report}_*.csv"))
    resource: Any = data_resource(report, path.name)
    dialect, fields = resource["dialect"], [field["name"] for field in resource["schema"]["fields"]]

    # As the standard says: rows of these numbers, and rows that begin with this text, are comments.
    with path.open(newline="", encoding=resource["encoding"]) as file:
        rows = [
            row
            for number, row in enumerate(csv.reader(file, delimiter=dialect["csv"]["delimiter"]), 1)
            if number not in dialect["commentRows"] and not row[0].startswith(dialect["commentChar"])
        ]

    header, details = read_report([path.read_bytes()])
    assert header.report is report
    assert len(rows) == sum(1 for _ in details)
    assert {len(row) for row in rows} == {len(fields)}
    assert fields == ["record_type", *(field.name for field in CATALOGUE[report].fields)]


@pytest.mark.parametrize("number", range(3))
def test_the_code_in_the_guide_reads_a_file(number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)[number]
    name = "ECOSMIG-001_PXX999_10_20211206060000.csv"
    header = header_line(Report.ECOSMIG_001, Signifier("PXX999"), 10, datetime(2021, 12, 6, 6, tzinfo=UTC), _PERIOD)
    (tmp_path / name).write_bytes(header + _DETAIL + trailer_line(1))
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}

    exec(code, names)  # noqa: S102 - what the guide tells people to run

    frame = names["frame"]
    assert len(frame) == 1
    values = frame.row(0) if isinstance(frame, pl.DataFrame) else frame.iloc[0].tolist()
    assert "00050203" in values
    assert "10E0" in values


def test_the_guide_names_commands_that_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ecosmig_publish.cli.main import run  # noqa: PLC0415 - the command line, where it is needed

    shutil.copytree(EXPECTED / "PXX001", tmp_path / "PXX999 Example Energy")
    monkeypatch.chdir(tmp_path)

    status = run(["report", "read", "PXX999 Example Energy", "--to", "reports.sqlite"])

    assert status == 0
    files = len(list((EXPECTED / "PXX001").glob("*.csv")))
    assert _rows(tmp_path / "reports.sqlite", "SELECT count(*) FROM files") == [(files,)]
