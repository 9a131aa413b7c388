"""What a plain `audit export` writes."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ecosmig_publish.cli.printable import printable, printable_json
from ecosmig_publish.cli.wired import wired
from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.errors import ExitStatus, UsageError
from ecosmig_publish.evidence.exporting import ACT_COLUMNS, FILE_COLUMNS, CsvWriter, act_row, file_row, write_json
from ecosmig_publish.ledger.exporting import files_of_stream, known_recipients
from ecosmig_publish.ledger.folders import read_folders

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import TextIO

    from ecosmig_publish.cli.invocation import Invocation
    from ecosmig_publish.cli.views.audit_asked import Asked, PlainOptions
    from ecosmig_publish.ledger import Ledger
    from ecosmig_publish.ledger.exporting import DueSpan

CSV, JSON = "csv", "json"
_STDOUT = "-"


def export_plain(invocation: Invocation, asked: Asked, options: PlainOptions) -> int:
    """Export uploads, or acts, to stdout or to a file; nothing is ever held as a whole."""
    out = None if asked.out is None or str(asked.out) == _STDOUT else asked.out
    wants_json = invocation.json if out is None else out.suffix == ".json"
    form = options.form or (JSON if wants_json else CSV)
    _refuse_nonsense(invocation, asked, options, form, out)
    wiring = wired(invocation)
    name, columns = ("acts", ACT_COLUMNS) if options.acts else ("files", FILE_COLUMNS)
    with asked.ledger(wiring) or nullcontext() as ledger:
        if ledger is None:
            rows: Iterator[dict[str, Any]] = iter(())
        elif options.acts:
            rows = (act_row(act) for act in ledger.acts())
        else:
            rows = _files(ledger, asked, asked.span(ledger, wiring))
        if out is not None:
            _to_file(invocation, out, rows, form, name, columns, options)
            return ExitStatus.OK
        told: list[int] = []
        # Whoever reads may go away: then nothing more is written, and that is no fault.
        streaming = replace(invocation, json=False)
        streaming.result({}, lambda: told.append(_write(_on_stdout(form), rows, form, name, columns, options)[1]))
    _say_obeyed(invocation, sum(told), options)
    return ExitStatus.OK


def _refuse_nonsense(invocation: Invocation, asked: Asked, options: PlainOptions, form: str, out: Path | None) -> None:
    if invocation.json and form == CSV and out is None:
        raise UsageError(
            "--json puts one JSON document on stdout, and so would --format csv a table", hint="Name a file: --out FILE"
        )
    if options.spreadsheet and form == JSON:
        raise UsageError("--spreadsheet goes with --format csv", hint="JSON is never altered.")
    if options.acts and (asked.suppliers or asked.reports or asked.since or asked.until):
        raise UsageError(
            "--acts exports the whole chain: only so can it be checked",
            hint="For what concerns some suppliers: ecosmig audit export --evidence --supplier …",
        )
    if out is not None and os.path.lexists(out) and not asked.force:
        raise UsageError(f"{out} is there already", hint="--force writes over it; --out names another file.")


def _files(ledger: Ledger, asked: Asked, span: DueSpan) -> Iterator[dict[str, Any]]:
    with ledger.at_one_moment() as connection:
        folders = {str(signifier): entry for signifier, entry in read_folders(connection).items()}
        for recipient in sorted(asked.suppliers or known_recipients(connection)):
            for report in asked.reports or tuple(Report):
                for known in files_of_stream(connection, report, recipient, span):
                    yield file_row(known, folders.get(recipient))


def _to_file(
    invocation: Invocation,
    out: Path,
    rows: Iterator[dict[str, Any]],
    form: str,
    name: str,
    columns: tuple[str, ...],
    options: PlainOptions,
) -> None:
    with _new_file(out) as file:
        count, obeyed = _write(file, rows, form, name, columns, options)
    document = {"written": out, "format": form, name: count, "size": out.stat().st_size, "obeyed_cells": obeyed}
    said = f"Wrote {out}: {count:,} {name}, {document['size']:,} bytes."
    invocation.result(document, lambda: print(printable(said)))  # noqa: T201
    _say_obeyed(invocation, obeyed, options)


def _write(
    out: TextIO,
    rows: Iterator[dict[str, Any]],
    form: str,
    name: str,
    columns: tuple[str, ...],
    options: PlainOptions,
) -> tuple[int, int]:
    """Write all rows; return how many, and how many cells a spreadsheet would obey."""
    if form == JSON:
        return write_json(out.write, name, rows), 0
    table, count = CsvWriter(out, columns, guarded=options.spreadsheet), 0
    for count, row in enumerate(rows, 1):  # noqa: B007 - it is how many there were
        table.write(row)
    return count, table.obeyed


def _say_obeyed(invocation: Invocation, cells: int, options: PlainOptions) -> None:
    if cells and options.spreadsheet:
        invocation.say(f"{cells:,} cells have an apostrophe before them: this table is for people, not for programs.")
    elif cells:
        invocation.say(
            f"{cells:,} cells begin with = + - or @ and are as they should be; a spreadsheet takes them for formulas: "
            "import the columns as text, or export with --spreadsheet."
        )


class _Screen:
    """Stdout as a terminal or a file takes it; a terminal gets nothing to obey."""

    def __init__(self, shown: Callable[[str], str]) -> None:
        self._shown = shown

    def write(self, text: str) -> int:
        return sys.stdout.write(self._shown(text))


def _on_stdout(form: str) -> Any:
    if form == JSON:
        return _Screen(printable_json)
    if sys.stdout.isatty():
        return _Screen(lambda text: printable(text.replace("\r\n", "\n")))
    # Records end with CRLF, whatever this system ends lines with.
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(newline="")
    return sys.stdout


@contextmanager
def _new_file(out: Path) -> Iterator[TextIO]:
    """Yield a file that takes its name when it is whole."""
    half = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            yield file
        half.replace(out)
    except OSError as error:
        raise UsageError(f"{out} can't be written: {error.strerror}", hint="Name another file: --out") from error
    finally:
        half.unlink(missing_ok=True)
