"""`python -m tests.engines postgresql|spark|delta|iceberg|s3 FIRST LAST`: the worked example and nasty sources there.

Against the expected files and the plain implementation. What that says is what DuckDB gives: `python -m tests.plain`
holds these two equal. Every second source breaks its contract.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from tests.engines.example import play_the_example
from tests.plain.comparing import compare, policy_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.plain.comparing import Place


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("engine", choices=sorted(ENGINES))
    parser.add_argument("first", type=int)
    parser.add_argument("last", type=int)
    options = parser.parse_args()
    files, differing, began_at = 0, [], monotonic()
    with ENGINES[options.engine]() as place:
        print(f"{options.engine}: the worked example, {play_the_example(place)} files the same", flush=True)
        for seed in range(options.first, options.last + 1):
            with tempfile.TemporaryDirectory() as home:
                try:
                    files += compare(seed, Path(home), breaks_contract=seed % 2 == 1, form=place, **policy_of(seed))
                except AssertionError as error:
                    differing.append(seed)
                    print(f"seed {seed}: {str(error)[:400]}", flush=True)
    count = options.last + 1 - options.first
    took = f"{monotonic() - began_at:.0f} s"
    print(f"{options.engine}: {count} sources, {files} files the same, {took}; differing seeds: {differing or 'none'}")
    return bool(differing)


@contextmanager
def postgresql() -> Iterator[Place]:
    """Yield what fills a database that orders texts as a dictionary does."""
    from tests.engines.filling import in_postgresql
    from tests.postgresql import Server

    with Server.started() as server:
        database = server.english_database()
        if database is None:
            print("no locale can be made here: the database orders texts by code point", file=sys.stderr)
            database = server.fresh_database()
        yield in_postgresql(server, database)


@contextmanager
def spark() -> Iterator[Place]:
    """Yield what puts Parquet into the catalog of Spark on this machine."""
    from tests.engines.spark import running

    with running() as place:
        yield place


@contextmanager
def lake(form: str) -> Iterator[Place]:
    """Yield what writes tables of a lake, or puts Parquet into a stand-in for S3."""
    from tests.engines import lake

    with getattr(lake, f"in_{form}")() as place:
        yield place


ENGINES: dict[str, Callable[[], AbstractContextManager[Place]]] = {
    "postgresql": postgresql,
    "spark": spark,
    **{form: partial(lake, form) for form in ("delta", "iceberg", "s3")},
}

if __name__ == "__main__":
    sys.exit(main())
