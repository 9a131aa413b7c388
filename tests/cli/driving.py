"""The command line, driven in this process as an operator drives it in a folder."""

from __future__ import annotations

import io
import json
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ecosmig_publish.cli.main import run
from tests.cli.documents import check_document

if TYPE_CHECKING:
    from pathlib import Path

MONDAY = "2024-03-04T06:00:00Z"
"""001, 002, 004 and 005 fall due at this instant."""
NOON = "2024-03-04T12:00:00Z"
EVENING = "2024-03-04T18:00:00Z"
MIDNIGHT = "2024-03-05T00:00:00Z"
"""At each of these only 002 falls due."""

CONFIGURATION = """\
start = 2024-03-04T05:00:00Z
[source]
url = "parquet:data"
"""


@dataclass(frozen=True, slots=True)
class Ended:
    """What a command left: its exit status and what it wrote."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)


def ecosmig(home: Path, *arguments: str) -> Ended:
    """Run `ecosmig ARGUMENTS` in the folder `home`; what it gives with `--json` is as its schema says."""
    out, err = io.StringIO(), io.StringIO()
    with chdir(home), redirect_stdout(out), redirect_stderr(err):
        status = run(arguments)
    check_document(arguments, out.getvalue())
    return Ended(status, out.getvalue(), err.getvalue())


def folder_of(home: Path, signifier: str) -> Path:
    """Return a recipient's folder."""
    (folder,) = (home / "published").glob(f"{signifier} *")
    return folder
