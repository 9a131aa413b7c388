"""Names and texts of others: a terminal gets nothing to obey, a program gets them as they are."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import duckdb
import pytest

from ecosmig_publish.cli.ending import ended
from ecosmig_publish.cli.invocation import Invocation
from ecosmig_publish.cli.printable import printable, printable_json
from ecosmig_publish.errors import SourceError
from tests.cli.driving import ecosmig, folder_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.driving import Ended

EVIL = "\x1b]0;owned\x07\x1b[31m\u202egnp.exe\u200b [red]x[/red]\x9b2J"
DEVICE, MPXN = "00-DB-12-34-56-78-90-A0", "1200034567013"


def obeyed(ended: Ended) -> list[str]:
    """Return what a terminal would act on, or nobody would see."""
    return [letter for letter in ended.out + ended.err if not letter.isprintable() and letter != "\n"]


def call_a_party(home: Path, name: str) -> None:
    path = home / "data" / "parties.parquet"
    with duckdb.connect() as database:
        database.execute("CREATE TABLE t AS SELECT * FROM read_parquet(?)", [str(path)])
        database.execute("UPDATE t SET party_name = ? WHERE sec_party_id = 'P00001'", [name])
        database.execute(f"COPY t TO '{path}' (FORMAT parquet)")


def test_a_party_name_with_terminal_codes_and_markup_is_shown_written_out(configured: Path) -> None:
    call_a_party(configured, EVIL)
    shown = ecosmig(configured, "supplier", "list")
    assert shown.status == 0
    assert obeyed(shown) == []
    assert "[red]x[/red]" in shown.out.replace("\n", "").replace(" ", "") or "[red]x" in shown.out
    assert "\\x1b" in shown.out


def test_json_gives_a_party_name_as_it_is_and_a_terminal_nothing_to_obey(configured: Path) -> None:
    call_a_party(configured, EVIL)
    shown = ecosmig(configured, "supplier", "list", "--json")
    assert obeyed(shown) == []
    names = {one["signifier"]: one["party_name"] for one in shown.document["suppliers"]}
    assert names["P00001"] == EVIL


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_file_with_terminal_codes_in_its_name_is_told_of_and_not_obeyed(
    published: Path, options: tuple[str, ...]
) -> None:
    (folder_of(published, "P00001") / EVIL.replace("/", "")).write_bytes(b"x")
    found = ecosmig(published, "verify", *options)
    assert found.status == 20
    assert obeyed(found) == []
    assert "gnp.exe" in found.out


def test_a_report_with_terminal_codes_in_its_values_is_read_and_not_obeyed(published: Path) -> None:
    file = next(folder_of(published, "P00001").glob("ECOSMIG-001_*.csv"))
    lines = file.read_bytes().split(b"\r\n")
    fields = lines[1].split(b",")
    fields[4] = b"\x1b[31mX"
    lines[1] = b",".join(fields)
    file.chmod(0o600)
    file.write_bytes(b"\r\n".join(lines))
    for options in ((), ("--json",)):
        shown = ecosmig(published, "report", "read", str(file), *options)
        assert obeyed(shown) == [], options


@pytest.mark.parametrize("text", [EVIL, "\ud800", "plain", "Ünïcode 界 🔌", "a\nb"])
def test_what_is_printed_can_be_seen_and_its_json_says_the_same(text: str) -> None:
    assert all(letter.isprintable() or letter == "\n" for letter in printable(text))
    written = printable_json(json.dumps(text, ensure_ascii=False))
    assert json.loads(written) == text
    assert written.encode()


def failing() -> int:
    """Fail as a source does whose engine quotes a row."""
    cause = RuntimeError(
        f'Conversion Error: row ({DEVICE}, "{MPXN}", 123456) eyJhbGciOiJSUzI1NiJ9.eyJyb2xlcyI6.c2ln \x1b[31m'
    )
    raise SourceError("the source can't be read", hint="Mend it.") from cause


def test_a_traceback_names_the_places_and_shows_no_row_no_token_and_no_terminal_codes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert ended(failing, Invocation(verbose=True)) == 30
    shown = capsys.readouterr().err
    assert "in failing" in shown
    assert "RuntimeError: Conversion Error" in shown
    for secret in (DEVICE, MPXN, "123456", "eyJ", "\x1b"):
        assert secret not in shown, secret


def test_a_fault_shows_its_traceback_with_its_context_too(capsys: pytest.CaptureFixture[str]) -> None:
    def twice() -> int:
        try:
            failing()
        except SourceError:
            return int(sys.maxsize / 0)
        return 0

    assert ended(twice, Invocation(verbose=True)) == 1
    shown = capsys.readouterr().err
    assert shown.index("SourceError") < shown.index("ZeroDivisionError")
    assert MPXN not in shown
