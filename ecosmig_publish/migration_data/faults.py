"""What the engine's errors mean for the source; none of them quotes a row."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ecosmig_publish.errors import EcosmigError, SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINE = re.compile(r"CSV Error on Line: (\d+)")
_NO_LINE = "CSV Parser state machine reached an invalid state"
"""What the engine says where it can't even name a line."""
_ENGINE = ("duckdb", "_duckdb", "ibis", "sqlglot", "pyarrow")
_STORES = ("botocore", "aiobotocore", "aiohttp", "azure", "gcsfs", "google", "deltalake", "_internal", "pyiceberg")
_FILE = re.compile(r"file\s*=\s*(\S+)")


@contextmanager
def engine_faults(source: str) -> Iterator[None]:
    """Turn what DuckDB or Ibis raises into `SourceError`, the cause kept; an interruption stays one."""
    try:
        yield
    except EcosmigError:
        raise
    except Exception as error:
        if _is_interruption(error):
            raise KeyboardInterrupt from error
        if not _is_of_the_engine(error):
            raise
        raise SourceError(f"{source}: {_without_rows(error)}", hint=_hint(error)) from error


def _is_interruption(error: Exception) -> bool:
    """Whether this is what DuckDB makes of a Ctrl-C that comes while a query runs."""
    return type(error).__name__ == "InterruptException" or str(error) == "Query interrupted"


def _is_of_the_engine(error: Exception) -> bool:
    module = type(error).__module__.partition(".")[0]
    return module in (*_ENGINE, *_STORES) or isinstance(error, OSError)


def _without_rows(error: Exception) -> str:
    """Return what went wrong without the engine's quotations: a line of the source is personal data."""
    text = str(error)
    line, file = _LINE.search(text), _FILE.search(text)
    if line:
        where = f"{file[1]}, " if file else ""
        reason = next((part for part in text.splitlines()[1:] if part and "Original Line" not in part), "")
        return f"{where}line {line[1]}: not RFC 4180 ({_short(reason)})"
    if _NO_LINE in text:
        where = f"{file[1]}: " if file else ""
        return f"{where}not RFC 4180 (its lines end now in LF, now in CRLF, or a quote stands inside a value)"
    return f"{type(error).__name__}: {_short(text)}"


def _short(text: str) -> str:
    first = text.strip().splitlines()[0] if text.strip() else ""
    return re.sub(r'"[^"]*"|\'[^\']*\'', "…", first)[:300] if "onvert" in first or "onversion" in first else first[:300]


def _hint(error: Exception) -> str:
    name = type(error).__name__
    if "OutOfMemory" in name:
        return "Raise [source] memory_limit, or give the spill folder beside the outbox more room."
    if _LINE.search(str(error)) or _NO_LINE in str(error):
        return "Mend that record; RFC 4180 quotes a value that holds a comma, a quote or a line break."
    return "Check the source: ecosmig data check"
