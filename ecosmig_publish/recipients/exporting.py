"""Report files written anew as Parquet or Arrow."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from ecosmig_publish.errors import UsageError
from ecosmig_publish.recipients.files import in_order
from ecosmig_publish.recipients.tables import arrow_schema, batches_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

FORMATS = (".parquet", ".arrow")


def export_files(paths: Iterable[Path], target: Path) -> int:
    """Write the details of files of one report into `target`, `.parquet` or `.arrow`; return how many.

    `target` appears whole or not at all, and isn't overwritten. Raises `InvalidFileError` where a file is no whole
    report file, `UsageError` where they are of several reports or something can't be read or written.
    """
    files = in_order(paths)
    reports = {file.name.report for file in files}
    if len(reports) != 1:
        raise UsageError(
            f"the files are of {len(reports)} reports, and each has columns of its own",
            hint="Write one file for each report, or all of them into one database: --to reports.sqlite",
        )
    schema, rows = arrow_schema(reports.pop()), 0
    with _appearing(target) as half, _writer(half, target.suffix, schema) as writer:
        for file in files:
            for batch in batches_of(file):
                writer.write_batch(batch)
                rows += batch.num_rows
    return rows


def _writer(path: Path, suffix: str, schema: Any) -> Any:
    return pq.ParquetWriter(path, schema) if suffix == ".parquet" else pa.ipc.new_file(path, schema)


@contextmanager
def _appearing(target: Path) -> Iterator[Path]:
    """Yield where to write; what stands there becomes `target` if the context ends well."""
    half = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        if target.exists():
            raise UsageError(f"{target} is there already", hint="Name another file; nothing is overwritten.")
        yield half
        os.link(half, target)
    except OSError as error:
        raise UsageError(f"{target}: {error.strerror}", hint="Name a file that this user can write.") from error
    finally:
        half.unlink(missing_ok=True)
