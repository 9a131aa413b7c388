"""`python -m tests.engines.memory postgresql|spark ROWS`: what the client holds while ROWS and ten times ROWS stream.

Each count in a process of its own, which reads attempts in the order of report 001; the peaks of resident memory and
their ratio are told, and how long it took to hand a million rows over, as the leak guard does.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from tests.plain.data import COLUMNS, Data

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_HANDED_OVER = 1_000_000
_ATTEMPTS = """
INSERT INTO migration_attempts
SELECT n, 'DEVICE-' || lpad((n::bigint * 7919 % 1000003)::text, 16, '0'),
       timestamp '2024-01-01' + n * interval '1 second', 'FAILURE', 'E0001', 7, '00123402',
       timestamptz '2024-01-01 00:00Z' + n * interval '1 second'
FROM generate_series(1, {rows}) AS all_of_them (n)
"""


def main() -> int:
    engine, rows, *url = sys.argv[1:]
    if url:
        print(*_read(url[0]))
        return 0
    with (_postgresql if engine == "postgresql" else _spark)() as fill:
        peaks = []
        for count in (int(rows), 10 * int(rows)):
            address = fill(count)
            command = [sys.executable, "-m", "tests.engines.memory", engine, rows, address]
            said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            read, peak, took, handing = said.split()
            peaks.append(float(peak))
            print(
                f"{engine}: {int(read):,} rows in {float(took):.1f} s, peak {peak} MiB; "
                f"{_HANDED_OVER:,} rows handed over in {float(handing):.1f} s",
                flush=True,
            )
    print(f"{engine}: ten times the rows took {peaks[1] / peaks[0]:.2f} times the memory")
    return 0


def _read(url: str) -> tuple[int, str, float, float]:
    import pyarrow as pa

    from ecosmig_publish.migration_data import open_migration_data

    url, _, folder = url.partition(" ")
    tables = {name: f"parquet.`{folder}/{name}.parquet`" for name in COLUMNS} if folder else {}
    with open_migration_data(url, base=Path(), tables=tables, memory_limit="1GB") as data:
        attempts = data.tables.migration_attempts
        began_at = monotonic()
        ordered = attempts.order_by("device_id", attempts.completed_at, "attempt_id")
        rows = sum(batch.num_rows for batch in data.stream(ordered))
        took = monotonic() - began_at
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        numbers = pa.array(range(_HANDED_OVER), pa.int64())
        table = pa.table(
            {"place": numbers, "device_id": numbers.cast(pa.string()), "second": numbers.cast(pa.timestamp("us"))}
        )
        began_at = monotonic()
        with data.keeping() as keep:
            kept = keep(table)
            data.fetch(kept.aggregate(count=kept.count()))
    return rows, f"{peak:.0f}", took, monotonic() - began_at


@contextmanager
def _postgresql() -> Iterator[Callable[[int], str]]:
    from tests.engines.filling import fill
    from tests.postgresql import Server

    with Server.started() as server:
        database = server.fresh_database()

        def filled(rows: int) -> str:
            with server.connection(database) as connection:
                fill(connection, Data())
                connection.execute(_ATTEMPTS.format(rows=rows).encode())
                connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO owner")
            return server.url(database)

        yield filled


@contextmanager
def _spark() -> Iterator[Callable[[int], str]]:
    import duckdb

    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        Data().write_parquet(folder)

        def filled(rows: int) -> str:
            query = (
                _ATTEMPTS.partition("SELECT")[2]
                .format(rows=rows)
                .replace("00Z", "00")
                .replace("timestamptz", "timestamp")
            )
            path = folder / "migration_attempts.parquet"
            names = ", ".join(COLUMNS["migration_attempts"])
            duckdb.sql(f"COPY (SELECT * FROM (SELECT {query}) AS made ({names})) TO '{path}'")
            return f"spark://local[2] {folder}"

        yield filled


if __name__ == "__main__":
    sys.exit(main())
