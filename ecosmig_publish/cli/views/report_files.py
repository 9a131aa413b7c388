"""What `report validate` and `report sequence` show: whether files are right, and folders whole."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import groupby
from textwrap import fill
from typing import TYPE_CHECKING

from ecosmig_publish.cli.places import chunks_of, files_in, folders_in, owner_of, shown_name, size_of, written_name
from ecosmig_publish.cli.printable import printable
from ecosmig_publish.cli.reading_bar import reading_bar
from ecosmig_publish.cli.words import parse_suppliers
from ecosmig_publish.emrr.filename import parse_file_name
from ecosmig_publish.emrr.validation import FileContent, Finding, contents_of, validate_file, validate_sequence
from ecosmig_publish.errors import ExitStatus, InvalidFileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from ecosmig_publish.cli.invocation import Invocation

_WIDTH = 80
_KEPT = 1_000
"""Findings of one file or folder that are listed; the others are counted, so that memory stays bounded."""
_SHOWN = 20
"""Of these, findings that a person is shown."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What one file or folder came to; `findings` are the first of `count`."""

    place: Path
    findings: tuple[Finding, ...]
    count: int


def validate_and_show(invocation: Invocation, places: Sequence[Path]) -> int:
    """Check each file; returns 20 on a finding."""
    files, outcomes = files_in(places), []
    with reading_bar(invocation, total=sum(map(size_of, files))) as read:
        for path in files:
            name = None if path.name == "-" else path.name
            outcomes.append(_outcome(path, validate_file(name, chunks_of(path, read))))
    document = {
        "files": [{"file": written_name(str(it.place)), "findings": it.count} for it in outcomes],
        "findings": [
            {**_shown(finding), "file": written_name(str(it.place))} for it in outcomes for finding in it.findings
        ],
        "count": sum(it.count for it in outcomes),
    }
    invocation.result(document, lambda: _say(outcomes, _counted(len(outcomes), "file"), "right"))
    return _status(outcomes)


def sequence_and_show(
    invocation: Invocation, places: Sequence[Path], *, first: int | None, supplier: str | None
) -> int:
    """Check each folder; returns 20 on a finding. `first` and `supplier` as of `validate_sequence`."""
    named = parse_suppliers([supplier])[0] if supplier is not None else None
    outcomes, described, files = [], [], 0
    for folder in folders_in(places):
        contents = list(contents_of(folder))
        recipient = named or owner_of(folder)
        outcome = _outcome(folder, validate_sequence(contents, first=first, recipient=recipient))
        outcomes.append(outcome)
        files += len(contents)
        described.append(
            {
                "folder": written_name(str(folder)),
                "recipient": recipient,
                "files": len(contents),
                "streams": _streams(contents),
                "findings": outcome.count,
            }
        )
    document = {
        "folders": described,
        "findings": [
            {"folder": written_name(str(it.place)), **_shown(finding)} for it in outcomes for finding in it.findings
        ],
        "count": sum(it.count for it in outcomes),
    }
    looked_at = f"{_counted(files, 'file')} in {_counted(len(outcomes), 'folder')}"
    invocation.result(document, lambda: _say(outcomes, looked_at, "whole"))
    return _status(outcomes)


def _outcome(place: Path, findings: Iterable[Finding]) -> _Outcome:
    kept, count = [], 0
    for finding in findings:
        count += 1
        if count <= _KEPT:
            kept.append(finding)
    return _Outcome(place, tuple(kept), count)


def _shown(finding: Finding) -> dict[str, object]:
    return {**asdict(finding), "file": written_name(finding.file)}


def _status(outcomes: Sequence[_Outcome]) -> int:
    return ExitStatus.FINDING if any(it.count for it in outcomes) else ExitStatus.OK


def _streams(contents: Sequence[FileContent]) -> list[dict[str, object]]:
    """Return the streams that the files' names make up, each with its lowest and highest number."""
    names = []
    for content in contents:
        try:
            names.append(parse_file_name(content.name))
        except InvalidFileError:
            continue
    names.sort(key=lambda name: (name.report, name.recipient, name.sequence))
    streams: list[dict[str, object]] = []
    for (report, recipient), stream in groupby(names, key=lambda name: (name.report, name.recipient)):
        numbers = [name.sequence for name in stream]
        streams.append(
            {
                "report": report,
                "recipient": recipient,
                "files": len(numbers),
                "first": numbers[0],
                "last": numbers[-1],
            }
        )
    return streams


def _say(outcomes: Sequence[_Outcome], looked_at: str, good: str) -> None:
    lines = []
    for it in outcomes:
        if not it.count:
            continue
        lines.append(f"{shown_name(str(it.place))}: {_counted(it.count, 'finding')}")
        lines += [_finding_line(it.place, finding) for finding in it.findings[:_SHOWN]]
        if it.count > _SHOWN:
            more = f"… and {it.count - _SHOWN:,} more"
            lines.append(f"  {more}; --json lists the first {_KEPT:,} of each")
    faulty = sum(1 for it in outcomes if it.count)
    total = _counted(sum(it.count for it in outcomes), "finding")
    lines.append(f"{looked_at}: {f'{total} in {faulty:,} of {len(outcomes):,}' if faulty else good}.")
    print(printable("\n".join(lines)))  # noqa: T201 - the command's result


def _finding_line(place: Path, finding: Finding) -> str:
    where = [f"record {finding.record:,}"] if finding.record else []
    if finding.field:
        where.append(finding.field)
    if place.name not in ("-", finding.file):
        where.insert(0, shown_name(finding.file))
    text = f"{', '.join(where)}: {finding.message} [{finding.rule}]" if where else f"{finding.message} [{finding.rule}]"
    return fill(
        text, _WIDTH, initial_indent="  ", subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
    )


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
