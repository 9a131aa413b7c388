"""What `report read --to` does and says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.cli.places import files_in
from ecosmig_publish.errors import ExitStatus, UsageError
from ecosmig_publish.recipients import export_files, import_files
from ecosmig_publish.recipients.exporting import FORMATS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ecosmig_publish.cli.invocation import Invocation

_DATABASES = (".sqlite", ".db")


def write_and_show(invocation: Invocation, places: Sequence[Path], target: Path, *, allow_gaps: bool) -> int:
    """Write files into a table or a database, by the target's ending."""
    suffix = target.suffix.lower()
    if suffix in _DATABASES:
        done = import_files(files_in(places), target, allow_gaps=allow_gaps)
        document: dict[str, object] = {
            "written": target,
            "files": done.files,
            "rows": done.rows,
            "copies": done.copies,
        }
        copies = f"; {done.copies:,} were there already" if done.copies else ""
        said = f"{target}: {done.files:,} files with {done.rows:,} rows came in{copies}."
    elif suffix in FORMATS:
        files = files_in(places)
        rows = export_files(files, target)
        document = {"written": target, "files": len(files), "rows": rows, "copies": 0}
        said = f"Wrote {target}: {rows:,} rows of {len(files):,} files."
    else:
        raise UsageError(
            f"--to {target}: unknown ending {target.suffix!r}",
            hint=f"Name a file that ends with one of {', '.join((*FORMATS, *_DATABASES))}.",
        )
    invocation.result(document, lambda: print(said))  # noqa: T201 - the command's result
    return ExitStatus.OK
