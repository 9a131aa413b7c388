"""What `report read` shows: a report file by the names of its fields."""

from __future__ import annotations

import json
import sys
from datetime import date, datetime
from itertools import islice
from textwrap import fill
from typing import TYPE_CHECKING

from ecosmig_publish.cli.places import chunks_of, shown_name
from ecosmig_publish.cli.printable import printable, printable_json
from ecosmig_publish.emrr.catalogue import CATALOGUE
from ecosmig_publish.emrr.reading import read_report
from ecosmig_publish.emrr.values import printed
from ecosmig_publish.errors import ExitStatus, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ecosmig_publish.cli.invocation import Invocation
    from ecosmig_publish.emrr.records import Header
    from ecosmig_publish.emrr.values import Value


_WIDTH = 80


def read_and_show(invocation: Invocation, paths: Sequence[Path], shown: int) -> int:
    """Show one file; nothing of it where it is not whole (`InvalidFileError`)."""
    path, *others = paths
    if others:
        raise UsageError(
            f"{len(paths)} files: one at a time is shown",
            hint="Name one file, or write them into a table: --to reports.sqlite",
        )
    if path.name == "-":
        # It is read twice, so that nothing is shown of a file that turns out not to be whole.
        raise UsageError("stdin can't be read here", hint="Name a file.")
    header, details = _open(path)
    rows = sum(1 for _ in details)
    header, details = _open(path)
    names = [field.name for field in CATALOGUE[header.report].fields]
    if invocation.json:
        _write_document(header, rows, names, details)
    else:
        _say(header, rows, names, islice(details, shown), shown)
    return ExitStatus.OK


def _open(path: Path) -> tuple[Header, Iterator[tuple[Value, ...]]]:
    return read_report(chunks_of(path, lambda _read: None))


def _write_document(header: Header, rows: int, names: list[str], details: Iterator[tuple[Value, ...]]) -> None:
    """Write one JSON document, a detail at a time: a report may have a million."""
    out = sys.stdout
    start = {name: _plain(value) for name, value in _facts(header, rows).items()}
    out.write(printable_json(json.dumps(start, ensure_ascii=False, indent=2)).removesuffix("\n}") + ',\n  "details": [')
    comma = "\n"
    for detail in details:
        record = {name: _plain(value) for name, value in zip(names, detail, strict=True)}
        out.write(f"{comma}    {printable_json(json.dumps(record, ensure_ascii=False))}")
        comma = ",\n"
    out.write("\n  ]\n}\n")
    out.flush()


def _say(header: Header, rows: int, names: list[str], details: Iterator[tuple[Value, ...]], shown: int) -> None:
    lines = [f"{name:<14}{_read_by_people(value)}" for name, value in _facts(header, rows).items()]
    for number, detail in enumerate(details, 1):
        fields = [f"{name} {shown_name(printed(value)) or '-'}" for name, value in zip(names, detail, strict=True)]
        text = f"row {number:,}: {' · '.join(fields)}"
        lines.append(fill(text, _WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False))
    if rows > shown:
        lines.append(f"{shown:,} of {rows:,} rows; --rows shows more, --json all.")
    print(printable("\n".join(lines)))  # noqa: T201 - the command's result


def _facts(header: Header, rows: int) -> dict[str, Value]:
    return {
        "report": header.report.value,
        "title": CATALOGUE[header.report].title,
        "recipient": header.recipient,
        "sequence": header.sequence,
        "created_at": header.created_at,
        "period_start": header.period.start,
        "period_end": header.period.last_second,
        "rows": rows,
    }


def _plain(value: Value) -> str | int | None:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value


def _read_by_people(value: Value) -> str:
    return f"{value:%Y-%m-%d %H:%M:%SZ}" if isinstance(value, datetime) else str(value)
