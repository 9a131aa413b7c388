"""`ecosmig report list | schema | validate | sequence`: the six reports and files of them."""

from pathlib import Path
from typing import Annotated

import typer

from ecosmig_publish.cli.commanding import command, group
from ecosmig_publish.cli.invocation import Invocation


def add_to(app: typer.Typer) -> None:
    """Add the group."""
    reports = group(app, "report", "The six reports: what they are, and whether files of them are right.")
    command(reports, "list")(list_reports)
    command(reports, "schema")(schema)
    command(reports, "validate")(validate)
    command(reports, "sequence")(sequence)


def list_reports(invocation: Invocation) -> int:
    """List the six reports: title, when they fall due, the EMRR's clause."""
    from ecosmig_publish.cli.views.report import show_reports  # noqa: PLC0415 - --help stays quick

    return show_reports(invocation)


def schema(
    invocation: Invocation,
    report: Annotated[str, typer.Argument(metavar="ECOSMIG-00N", help="Which report.")],
) -> int:
    """Show the fields of a report's records: name, kind, maximum length, whether they may be empty.

    Example: ecosmig report schema ECOSMIG-002 --json
    """
    from ecosmig_publish.cli.views.report import show_schema  # noqa: PLC0415 - --help stays quick

    return show_schema(invocation, report)


def validate(
    invocation: Invocation,
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Report files.")],
) -> int:
    """Check each file field by field against the EMRR.

    Exit statuses: 0 all are right · 20 a finding.
    """
    from ecosmig_publish.cli.views.report import validate_and_show  # noqa: PLC0415 - --help stays quick

    return validate_and_show(invocation, files)


def sequence(
    invocation: Invocation,
    folder: Annotated[Path, typer.Argument(help="A recipient's folder, or a copy of it.")],
    first: Annotated[int, typer.Option("--first", min=1, help="The number that each stream begins with.")] = 1,
) -> int:
    """Check that a folder of files is whole: gap, copy, conflict, name against header.

    Exit statuses: 0 whole · 20 a finding.
    """
    from ecosmig_publish.cli.views.report import sequence_and_show  # noqa: PLC0415 - --help stays quick

    return sequence_and_show(invocation, folder, first)
