"""`ecosmig report list | schema | validate | sequence | read`: the six reports and files of them.

None of them needs a configuration.
"""

from pathlib import Path
from typing import Annotated

import typer

from ecosmig_publish.cli.commanding import command, group
from ecosmig_publish.cli.ending import CHANGED_NOTHING
from ecosmig_publish.cli.invocation import Invocation
from ecosmig_publish.errors import ExitStatus


def add_to(app: typer.Typer) -> None:
    """Add the group."""
    reports = group(app, "report", "The six reports: what they are, and whether files of them are right.")
    command(
        reports,
        "list",
        examples=("ecosmig report list", "ecosmig report list --json"),
        interrupted=CHANGED_NOTHING,
    )(list_reports)
    command(
        reports,
        "schema",
        examples=(
            "ecosmig report schema ECOSMIG-002",
            "ecosmig report schema ECOSMIG-002 --json",
            "ecosmig report schema --frictionless > datapackage.json",
        ),
        interrupted=CHANGED_NOTHING,
    )(schema)
    command(
        reports,
        "validate",
        examples=(
            "ecosmig report validate ECOSMIG-001_PXX999_10_20211206060000.csv",
            "ecosmig report validate published --json",
        ),
        statuses=(ExitStatus.FINDING,),
        interrupted=CHANGED_NOTHING,
    )(validate)
    command(
        reports,
        "sequence",
        examples=(
            'ecosmig report sequence "published/PXX999 Example Energy"',
            "ecosmig report sequence published --json",
        ),
        statuses=(ExitStatus.FINDING,),
        interrupted=CHANGED_NOTHING,
    )(sequence)
    command(
        reports,
        "read",
        examples=(
            "ecosmig report read ECOSMIG-001_PXX999_10_20211206060000.csv --json",
            'ecosmig report read "ECOSMIG-001_*.csv" --to successes.parquet',
            'ecosmig report read "PXX999 Example Energy" --to reports.sqlite',
        ),
        statuses=(ExitStatus.FINDING,),
    )(read)


def list_reports(invocation: Invocation) -> int:
    """List the six reports: title, when they fall due, whom they are for, the EMRR's clause."""
    from ecosmig_publish.cli.views.report import show_reports  # noqa: PLC0415 - --help stays quick

    return show_reports(invocation)


def schema(
    invocation: Invocation,
    report: Annotated[
        str | None, typer.Argument(metavar="ECOSMIG-00N", show_default=False, help="Which report; else all six.")
    ] = None,
    frictionless: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--frictionless", help="As a Frictionless Data Package, for other tools.")
    ] = False,
) -> int:
    """Show the fields of a report's records: name, kind, maximum length, whether they may be empty.

    With --json also the dialect, each field's position, format, pattern and allowed values.
    """
    from ecosmig_publish.cli.views.report import show_package, show_schema  # noqa: PLC0415 - --help stays quick

    if frictionless:
        return show_package(invocation, report)
    return show_schema(invocation, report)


def validate(
    invocation: Invocation,
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE", show_default=False, help="Report files, wildcards, folders of *.csv, or - for stdin."
        ),
    ],
) -> int:
    """Check each file field by field, and its name against its header.

    Ends with 0 where all are right, 2 where a file can't be read, 20 on a finding.
    """
    from ecosmig_publish.cli.views.report_files import validate_and_show  # noqa: PLC0415 - --help stays quick

    return validate_and_show(invocation, files)


def sequence(
    invocation: Invocation,
    folders: Annotated[
        list[Path],
        typer.Argument(
            metavar="FOLDER",
            show_default=False,
            help="A recipient's folder or a copy of it; a folder of folders: each of them.",
        ),
    ],
    first: Annotated[int, typer.Option("--first", min=1, help="The number that each stream begins with.")] = 1,
    from_lowest: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--from-lowest", help="Begin each stream with its lowest number: older files were removed.")
    ] = False,
    supplier: Annotated[
        str | None,
        typer.Option(
            "--supplier",
            metavar="SIGNIFIER",
            help="Whose the folder is; else whom its name begins with, else whom most files are for.",
        ),
    ] = None,
) -> int:
    """Check that a folder of files is whole: gap, copy, conflict, name against header, another recipient's file.

    Ends with 0 where all are whole, 2 where a folder can't be read, 20 on a finding.
    """
    from ecosmig_publish.cli.views.report_files import sequence_and_show  # noqa: PLC0415 - --help stays quick

    return sequence_and_show(invocation, folders, first=None if from_lowest else first, supplier=supplier)


def read(
    invocation: Invocation,
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE", show_default=False, help="A report file; with --to also several, wildcards, folders."
        ),
    ],
    rows: Annotated[int, typer.Option("--rows", min=0, help="How many details are shown; --json has all.")] = 20,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to", show_default=False, help="Write the details there: *.parquet, *.arrow, or into a database *.sqlite."
        ),
    ] = None,
    allow_gaps: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--allow-gaps", help="Into a database: take a number that doesn't follow the last one.")
    ] = False,
) -> int:
    """Show a file's header and details by the names of their fields, or turn files into tables.

    With --json as typed values: numbers as numbers, DateTimes in ISO 8601, texts with their leading zeros, empty
    fields as null. --to keeps the types; a database takes each number of a stream once, in order, and all six reports.

    Ends with 2 where a file can't be read, 20 where it is no whole report file, or none that comes next.
    """
    if to is not None:
        from ecosmig_publish.cli.views.report_tables import write_and_show  # noqa: PLC0415 - --help stays quick

        return write_and_show(invocation, files, to, allow_gaps=allow_gaps)
    from ecosmig_publish.cli.views.report_reading import read_and_show  # noqa: PLC0415 - --help stays quick

    return read_and_show(invocation, files, rows)
