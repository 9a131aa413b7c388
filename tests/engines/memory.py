"""`python -m tests.engines.memory postgresql|spark ROWS`: what the client holds while ROWS and ten times ROWS stream.

Each count in a process of its own, which reads attempts in the order of report 001; the peaks of resident memory and
their ratio are told, and how long it took to hand a million rows over, as the leak guard does.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, process_time
from typing import TYPE_CHECKING

from tests.benchmarks.figures import Figures, write_figures
from tests.plain.data import COLUMNS, Data

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_MIB = 1 << 20
_HANDED_OVER = 1_000_000
_ATTEMPTS = """
INSERT INTO migration_attempts
SELECT n, 'DEVICE-' || lpad((n::bigint * 7919 % 1000003)::text, 16, '0'),
       timestamp '2024-01-01' + n * interval '1 second', 'FAILURE', 'E0001', 7, '00123402',
       timestamptz '2024-01-01 00:00Z' + n * interval '1 second'
FROM generate_series(1, {rows}) AS all_of_them (n)
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engine", choices=("postgresql", "spark"))
    parser.add_argument("rows", type=int)
    parser.add_argument("url", nargs="?", help="what a process of its own reads")
    parser.add_argument("--json", type=Path, help="keep the figures in this file")
    options = parser.parse_args()
    engine = options.engine
    if options.url:
        print(*_read(options.url))
        return 0
    found = []
    with (_postgresql if engine == "postgresql" else _spark)() as fill:
        for count in (options.rows, 10 * options.rows):
            command = [sys.executable, "-m", "tests.engines.memory", engine, str(count), fill(count)]
            said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            read, peak, took, cpu, handing = said.split()
            streamed = Figures(f"memory_{engine}", "streaming", int(read), "rows", float(took), float(cpu), int(peak))
            handed = Figures(
                f"memory_{engine}", f"handed over beside {int(read):,}", _HANDED_OVER, "rows", float(handing)
            )
            found += [streamed, handed]
            print(
                f"{engine}: {int(read):,} rows in {float(took):.1f} s, peak {int(peak) / _MIB:.0f} MiB; "
                f"{_HANDED_OVER:,} rows handed over in {float(handing):.1f} s",
                flush=True,
            )
    write_figures(options.json, found)
    few, many = (it.peak_bytes or 0 for it in found if it.peak_bytes)
    print(f"{engine}: ten times the rows took {many / few:.2f} times the memory")
    return 0


def _read(url: str) -> tuple[int, int, float, float, float]:
    """Return rows, the peak in bytes, seconds and CPU seconds that it took, seconds that the handing over took."""
    import pyarrow as pa

    from ecosmig_publish.migration_data import open_migration_data

    url, _, folder = url.partition(" ")
    tables = {name: f"parquet.`{folder}/{name}.parquet`" for name in COLUMNS} if folder else {}
    with open_migration_data(url, base=Path(), tables=tables, memory_limit="1GB") as data:
        attempts = data.tables.migration_attempts
        began_at, used = monotonic(), process_time()
        ordered = attempts.order_by("device_id", attempts.completed_at, "attempt_id")
        rows = sum(batch.num_rows for batch in data.stream(ordered))
        took, used = monotonic() - began_at, process_time() - used
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        numbers = pa.array(range(_HANDED_OVER), pa.int64())
        table = pa.table(
            {"place": numbers, "device_id": numbers.cast(pa.string()), "second": numbers.cast(pa.timestamp("us"))}
        )
        began_at = monotonic()
        with data.keeping() as keep:
            kept = keep(table)
            data.fetch(kept.aggregate(count=kept.count()))
    return rows, peak, took, used, monotonic() - began_at


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
